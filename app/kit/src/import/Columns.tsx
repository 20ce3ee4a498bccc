// The step of an import that says what the columns of the file are: one by one, or by a mapping that was kept; and of a workbook
// which sheet is meant. Owns the choices; what they are sent as is the wizard's.
import { Group, Select, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import type { FileHeader } from './header';
import { laidOver, mappingsQuery, readMapping, type KeptMapping } from './mappings';
import type { Target } from './targets';

const LEAVE_OUT = '';

export interface ColumnsProps {
  kind: string;
  header: FileHeader;
  offered: Target[];
  mapping: Record<string, string>;
  map: (mapping: Record<string, string>) => void;
  kept: KeptMapping | undefined;
  keep: (kept: KeptMapping | undefined) => void;
  /** Another sheet of the workbook. */
  choose: (sheet: string) => void;
}

export function Columns({ kind, header, offered, mapping, map, kept, keep, choose }: ColumnsProps) {
  const words = useWords();
  const mappings = useQuery(mappingsQuery(kind));
  const [problem, setProblem] = useState<unknown>();
  const take = async (id: string | null) => {
    setProblem(undefined);
    if (id === null) return keep(undefined);
    try {
      const found = await readMapping(id);
      keep(found);
      map(laidOver(found, header.columns.filter((column) => column !== ''), mapping).mapping);
    } catch (error) {
      setProblem(error);
    }
  };
  const lacking = kept ? laidOver(kept, header.columns, {}).lacking : [];
  return (
    <>
      {header.form === 'vcard' ? <Text size="sm">{words.text('import.vcard')}</Text> : null}
      {header.form === 'xlsx' && header.columns.length === 0 ? <Text size="sm">{words.text('import.xlsx')}</Text> : null}
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      <Group align="end">
        {(header.sheets?.length ?? 0) > 1 ? (
          <Select
            size="sm"
            w={240}
            label={words.text('import.sheet')}
            data={header.sheets ?? []}
            value={header.sheet ?? null}
            allowDeselect={false}
            onChange={(sheet) => sheet !== null && sheet !== header.sheet && choose(sheet)}
          />
        ) : null}
        {header.columns.length > 0 && (mappings.data?.length ?? 0) > 0 ? (
          <Select
            size="sm"
            w={320}
            label={words.text('import.kept')}
            placeholder={words.text('import.kept.choose')}
            data={mappings.data ?? []}
            value={kept?.id ?? null}
            searchable
            clearable
            onChange={(id) => void take(id)}
          />
        ) : null}
      </Group>
      {lacking.length > 0 ? (
        <Text size="sm">
          {words.text('import.kept.lacking')} <Names of={lacking} />
        </Text>
      ) : null}
      {header.columns.length > 0 ? (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('import.inFile')}</Table.Th>
                <Table.Th>{words.text('import.sample')}</Table.Th>
                <Table.Th>{words.text('import.here')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {header.columns.map((column, at) =>
                column === '' ? null : (
                  <Table.Tr key={column}>
                    <Table.Td>
                      <bdi>{column}</bdi>
                    </Table.Td>
                    <Table.Td maw={220}>
                      <Text size="sm" c="dimmed" truncate>
                        <bdi>{header.sample.map((row) => row[at] ?? '').filter((cell) => cell !== '').join(' · ')}</bdi>
                      </Text>
                    </Table.Td>
                    <Table.Td w={330}>
                      <Select
                        size="sm"
                        aria-label={words.text('import.columnHere', { column })}
                        data={offered}
                        value={mapping[column] || null}
                        placeholder={words.text('import.leaveOut')}
                        searchable
                        clearable
                        limit={80}
                        onChange={(target) => map({ ...mapping, [column]: target ?? LEAVE_OUT })}
                      />
                    </Table.Td>
                  </Table.Tr>
                ),
              )}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </>
  );
}

/** Names out of a file, each for itself: none turns the others' writing round. */
export function Names({ of }: { of: string[] }) {
  return of.map((name, at) => (
    <span key={name}>
      {at > 0 ? ', ' : ''}
      <bdi>{name}</bdi>
    </span>
  ));
}
