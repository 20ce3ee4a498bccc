// How much is held, by scope, so many as can be read; whoever may act asks for a new key of one.
import { Table, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Schemas } from '../api/client';
import { NewKey } from '../requests/NewKey';
import { useWords } from '../words/useWords';
import { inOrderOf } from './ordered';
import { plain, termsOf } from './plain';
import { useMay } from './role';

/** Where there are more, the others are found by their names. */
const MOST_SHOWN = 100;
const BY_NAME = [{ key: 'name', order: ({ name }: Schemas['ScopeStatus']) => name }];

export function ScopeTable({ scopes }: { scopes: Schemas['ScopeStatus'][] }) {
  const words = useWords();
  const mayAct = useMay('operator');
  const [typed, type] = useState('');
  const asked = useDeferredValue(typed);
  const shown = useMemo(() => {
    const terms = termsOf(asked);
    const found = scopes.filter(({ name }) => terms.every((term) => plain(`${name} ${words.scope(name)}`).includes(term)));
    return inOrderOf(found, ['name'], BY_NAME, words.intl.locale).slice(0, MOST_SHOWN);
  }, [scopes, asked, words]);
  if (scopes.length === 0) return <Text size="sm">{words.text('scopes.none')}</Text>;
  return (
    <>
      {scopes.length > MOST_SHOWN ? (
        <TextInput
          mb="xs"
          type="search"
          label={words.text('scopes.find')}
          description={<span role="status">{words.text('scopes.shown', { shown: shown.length, all: scopes.length })}</span>}
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
        />
      ) : null}
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
            {shown.map((scope) => (
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
    </>
  );
}
