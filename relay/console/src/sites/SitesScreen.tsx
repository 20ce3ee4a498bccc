// The sites: who they are, whether they are here, how they stand. Owns the filter and the order, which stand in the address.
import { Button, Group, Text, Title } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { Grid, transport, useGo, type Rows } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Site } from '../api/client';
import { sitesQuery } from '../api/queries';
import { FilterField } from '../shell/FilterField';
import { places } from '../shell/place';
import { Refused } from '../shell/Refused';
import { useMay } from '../shell/role';
import { useListPlace, type ListPlaceProps } from '../shell/useListPlace';
import { useWords } from '../words/useWords';
import { ChosenBar } from './ChosenBar';
import { drawnColumns, fileRows, inOrder } from './columns';
import { csvFile } from './csv';
import { fitsFilter, FILTER_NAMES, FILTER_STATES, readFilter } from './filter';
import { useChosen } from './useChosen';

/** How often `2 minutes ago` is said anew. */
const CLOCK_MS = 15_000;
/** The same in every language, as the names of a filter are. */
const EXAMPLE = 'is:offline version:<1.2 -site:PAR';

const codeOf = (site: Site): string => site.code;

export function SitesScreen(props: ListPlaceProps) {
  const words = useWords();
  const go = useGo();
  const sites = useQuery(sitesQuery);
  const [nowMs, setNowMs] = useState(() => Date.now());
  useInterval(() => setNowMs(Date.now()), CLOCK_MS, { autoInvoke: true });
  const place = useListPlace(props);
  const { typed, sort } = place;
  const filter = useMemo(() => readFilter(typed), [typed]);
  const asked = useDeferredValue(filter);
  const shown = useMemo(() => inOrder((sites.data?.sites ?? []).filter((site) => fitsFilter(asked, site)), sort, words.intl.locale), [sites.data, asked, sort, words]);
  const columns = useMemo(() => drawnColumns(words, nowMs), [words, nowMs]);
  const rows = useMemo<Rows<Site>>(() => ({ total: sites.data ? shown.length : undefined, row: (index) => shown[index] }), [sites.data, shown]);
  const mayAct = useMay('operator');
  const choice = useChosen(useMemo(() => (sites.data ? new Set(shown.map(codeOf)) : undefined), [sites.data, shown]));
  const chosen = useMemo(() => shown.filter((site) => choice.chosen.has(site.code)), [shown, choice.chosen]);
  const filed = chosen.length > 0 ? chosen : shown;
  const all = sites.data?.sites.length ?? 0;
  if (sites.error && !sites.data) return <Refused title={words.text('sites.title')} error={sites.error} />;
  return (
    <>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Title order={1} size="h3">
          {words.text('sites.title')}
        </Title>
        <Group gap="sm">
          <Text size="sm" role="status">
            {words.text('sites.count', { shown: shown.length, all })}
          </Text>
          <Button size="sm" variant="default" disabled={shown.length === 0} onClick={() => void transport().keep(csvFile(fileRows(filed, words, nowMs)), 'comptoir-sites.csv')}>
            {chosen.length > 0 ? words.text('sites.csv.chosen', { count: chosen.length }) : 'CSV'}
          </Button>
        </Group>
      </Group>
      <FilterField
        place={place}
        label={words.text('sites.filter')}
        description={words.text('sites.filter.what', { names: FILTER_NAMES.join(': ') + ':', states: FILTER_STATES.join(', ') })}
        placeholder={EXAMPLE}
        error={filter.faults.length > 0 ? words.text('sites.filter.fault', { terms: filter.faults.join(' ') }) : undefined}
      />
      <Grid<Site>
        label={words.text('sites.title')}
        store={rows}
        question={place.question}
        columns={columns}
        sort={sort}
        onSort={place.onSort}
        open={(site) => go(places.site(site.code))}
        href={(site) => places.site(site.code)}
        {...(mayAct ? { choosing: { chosen: choice.chosen, onChosen: choice.choose, keyOf: codeOf } } : {})}
        empty={words.text(all === 0 ? 'sites.none' : 'grid.nothingFound')}
      />
      {mayAct ? <ChosenBar sites={chosen} choice={choice} /> : null}
    </>
  );
}
