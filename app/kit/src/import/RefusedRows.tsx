// The rows of a file that were, or would be, left out: which, for which cell, why.
import { Code, Table, Text } from '@mantine/core';
import type { ImportReport } from '../api/types';
import type { KindSchema } from '../schema/kindSchema';
import { useWords } from '../words/useWords';

const DRAWN = 100;

export function RefusedRows({ refused, total, schema }: { refused: ImportReport['refused']; total: number; schema: KindSchema }) {
  const words = useWords();
  if (refused.length === 0) return null;
  return (
    <div>
      <Table.ScrollContainer minWidth={480}>
        <Table fz="sm" aria-label={words.text('import.refused')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="end" w={70}>
                {words.text('import.row')}
              </Table.Th>
              <Table.Th>{words.text('import.column')}</Table.Th>
              <Table.Th>{words.text('import.value')}</Table.Th>
              <Table.Th>{words.text('import.why')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refused.slice(0, DRAWN).map((row) => (
              <Table.Tr key={`${row.row}-${row.column ?? ''}`}>
                <Table.Td ta="end">{words.count(row.row)}</Table.Td>
                <Table.Td>{row.column ? words.path(schema, row.column) : ''}</Table.Td>
                <Table.Td maw={220} style={{ overflowWrap: 'anywhere' }}>
                  <bdi>{row.params?.value ?? ''}</bdi>
                </Table.Td>
                <Table.Td>
                  {words.problem(row.code)} <Code>{row.code}</Code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {total > DRAWN ? <Text size="sm">{words.text('import.further', { count: total - DRAWN })}</Text> : null}
    </div>
  );
}
