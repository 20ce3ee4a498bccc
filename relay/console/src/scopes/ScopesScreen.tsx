// Who holds which scope, and where its bytes may go, as the roster has it. Owns the filter and the order, which stand in the address.
import { Group, Text, TextInput, Title } from '@mantine/core';
import { Grid, nextSort, useGo, useKeys, type Rows } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useRef } from 'react';
import type { Schemas } from '../api/client';
import { scopesQuery } from '../api/queries';
import { listOf, valueOf, withValues, type Pairs } from '../shell/place';
import { Refused } from '../shell/Refused';
import { useTyped } from '../shell/useTyped';
import { useWords } from '../words/useWords';
import { drawnColumns, found, inOrder } from './columns';

export interface ScopesScreenProps {
  pairs: Pairs;
  change: (pairs: Pairs, replace: boolean) => void;
}

export function ScopesScreen({ pairs, change }: ScopesScreenProps) {
  const words = useWords();
  const go = useGo();
  const scopes = useQuery(scopesQuery);
  const field = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => field.current?.focus() });
  const [written, sorted] = [valueOf(pairs, 'filter'), valueOf(pairs, 'sort')];
  const [typed, type] = useTyped(written, (filter) => change(withValues(pairs, { filter }), true));
  const asked = useDeferredValue(typed);
  const sort = useMemo(() => sorted.split(',').filter((term) => term !== ''), [sorted]);
  const shown = useMemo(() => inOrder(found(scopes.data?.scopes ?? [], asked, words), sort, words), [scopes.data, asked, sort, words]);
  const columns = useMemo(() => drawnColumns(words), [words]);
  const rows = useMemo<Rows<Schemas['ScopeShown']>>(() => ({ total: scopes.data ? shown.length : undefined, row: (index) => shown[index] }), [scopes.data, shown]);
  const all = scopes.data?.scopes.length ?? 0;
  if (scopes.error && !scopes.data) return <Refused title={words.text('held.title')} error={scopes.error} />;
  return (
    <>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Title order={1} size="h3">
          {words.text('held.title')}
        </Title>
        <Text size="sm" role="status">
          {words.text('held.count', { shown: shown.length, all })}
        </Text>
      </Group>
      <Text size="sm" mb="sm">
        {words.text('held.what')}
      </Text>
      <TextInput
        ref={field}
        mb="sm"
        type="search"
        label={words.text('held.filter')}
        description={words.text('held.filter.what')}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <Grid<Schemas['ScopeShown']>
        label={words.text('held.title')}
        store={rows}
        question={`${typed}|${sorted}`}
        columns={columns}
        sort={sort}
        onSort={(key, further) => change(withValues(pairs, { sort: nextSort(sort, key, further).join(',') }), true)}
        open={(scope) => go(listOf(scope.sites))}
        href={(scope) => listOf(scope.sites)}
        empty={words.text(all === 0 ? 'held.none' : 'grid.nothingFound')}
      />
    </>
  );
}
