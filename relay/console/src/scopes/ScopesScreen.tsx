// Who holds which scope, and where its bytes may go, as the roster has it. Owns the filter and the order, which stand in the address.
import { Group, Text, Title } from '@mantine/core';
import { Grid, useGo, type Rows } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import type { Schemas } from '../api/client';
import { scopesQuery } from '../api/queries';
import { FilterField } from '../shell/FilterField';
import { listOf } from '../shell/place';
import { Refused } from '../shell/Refused';
import { useListPlace, type ListPlaceProps } from '../shell/useListPlace';
import { useWords } from '../words/useWords';
import { drawnColumns, found, inOrder } from './columns';

export function ScopesScreen(props: ListPlaceProps) {
  const words = useWords();
  const go = useGo();
  const scopes = useQuery(scopesQuery);
  const place = useListPlace(props);
  const { sort } = place;
  const asked = useDeferredValue(place.typed);
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
      <FilterField place={place} label={words.text('held.filter')} description={words.text('held.filter.what')} />
      <Grid<Schemas['ScopeShown']>
        label={words.text('held.title')}
        store={rows}
        question={place.question}
        columns={columns}
        sort={sort}
        onSort={place.onSort}
        open={(scope) => go(listOf(scope.sites))}
        href={(scope) => listOf(scope.sites)}
        empty={words.text(all === 0 ? 'held.none' : 'grid.nothingFound')}
      />
    </>
  );
}
