// How much is held, by scope; whoever may act asks for a new key of one.
import { Table, Text } from '@mantine/core';
import type { Schemas } from '../api/client';
import { NewKey } from '../requests/NewKey';
import { useWords } from '../words/useWords';
import { useMay } from './role';

export function ScopeTable({ scopes }: { scopes: Schemas['ScopeStatus'][] }) {
  const words = useWords();
  const mayAct = useMay('operator');
  if (scopes.length === 0) return <Text size="sm">{words.text('scopes.none')}</Text>;
  return (
    <Table.ScrollContainer minWidth={360} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('scopes.scope')}</Table.Th>
            <Table.Th>{words.text('scopes.name')}</Table.Th>
            <Table.Th ta="end">{words.text('scopes.logs')}</Table.Th>
            <Table.Th ta="end">{words.text('scopes.entries')}</Table.Th>
            {mayAct ? (
              <Table.Th>
                <span className="visually-hidden">{words.text('scopes.acts')}</span>
              </Table.Th>
            ) : null}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scopes.map((scope) => (
            <Table.Tr key={scope.name}>
              <Table.Td>{words.scope(scope.name)}</Table.Td>
              <Table.Td>
                <bdi>{scope.name}</bdi>
              </Table.Td>
              <Table.Td ta="end">{words.count(scope.logs)}</Table.Td>
              <Table.Td ta="end">{words.count(scope.entries)}</Table.Td>
              {mayAct ? (
                <Table.Td ta="end">
                  <NewKey scope={scope.name} />
                </Table.Td>
              ) : null}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
