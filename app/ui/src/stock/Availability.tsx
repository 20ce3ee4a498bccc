// What there is of each item, at which site, and how fresh that is: all sites side by side for one figure, or all figures of one
// site. What is asked stands in the address. Owns the columns, and how pages of availability become rows of the grid.
import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { answer, api, DataGrid, keys, listRecords, madeColumn, PAGE_ROWS, SearchField, useGo, useKeys, usePages, useWords, type Column, type ReadPage, type Schemas } from '@comptoir/kit';
import { useMemo, useRef } from 'react';
import { Freshness, freshText, useFreshness } from './Freshness';
import { changedWritten, readWritten, stockPaths } from './places';
import { SiteSelect } from './SiteSelect';

const FIGURES = ['available', 'on_hand', 'reserved', 'promised', 'incoming', 'outgoing'] as const;
type Figure = (typeof FIGURES)[number];
const isFigure = (text: string): text is Figure => FIGURES.some((figure) => figure === text);

type Fields = Record<string, string>;

function rowOf(item: Schemas['ItemAvailability']) {
  const fields: Fields = { name: item.name, sku: item.sku, unit: item.unit };
  const put = (prefix: string, of: Schemas['OnHandAtSite']) => {
    for (const figure of FIGURES) fields[`${prefix}.${figure}`] = of[figure];
  };
  put('total', item.total);
  for (const of of item.sites) put(`site.${of.site}`, of);
  return { id: item.item, scope: '', title: item.name, archived: false, conflicts: 0, fields };
}

/** How pages are read. Availability counts nothing: how many items there are, the list of items says. */
function reading(asked: string): ReadPage {
  const { search = '', site = '' } = JSON.parse(asked) as { search?: string; site?: string };
  let total = 0;
  return async (after, skip, signal) => {
    const query = { ...(skip > 0 ? { limit: 1, skip } : { limit: PAGE_ROWS }), ...(search ? { search } : {}), ...(site ? { site } : {}), ...(after === undefined ? {} : { after }) };
    const [page, counted] = await Promise.all([
      answer(api.GET('/api/v1/stock/availability', { params: { query }, signal })),
      after === undefined ? listRecords('item', [...(search ? ([['search', search]] as [string, string][]) : []), ['columns', 'sku'], ['limit', '1']], signal) : undefined,
    ]);
    if (counted) total = counted.total;
    return { total, records: page.items.map(rowOf), columns: [], next: page.next ?? null };
  };
}

export function Availability({ written, change }: { written: string; change: (written: string, replace: boolean) => void }) {
  const words = useWords();
  const go = useGo();
  const searchField = useRef<HTMLInputElement>(null);
  const asked = readWritten(written);
  const { search = '', site = '' } = asked;
  const figure: Figure = isFigure(asked.show ?? '') ? (asked.show as Figure) : 'available';
  const sites = useFreshness();
  const store = usePages([...keys.stock, 'availability'], JSON.stringify({ search, site }), reading);
  const put = (changes: Record<string, string>, replace = false) => change(changedWritten(written, changes), replace);
  useKeys({ '/': () => searchField.current?.focus() });
  const fresh = JSON.stringify(sites.map((site) => [site.code, freshText(words, site)]));
  const columns = useMemo<Column[]>(() => {
    const named = [
      madeColumn('name', 'text', words.text('stock.item')),
      madeColumn('sku', 'text', words.text('stock.code'), 'code'),
      madeColumn('unit', 'text', words.text('stock.unit'), 'unit'),
    ];
    if (site !== '') return [...named, ...FIGURES.map((figure) => madeColumn(`total.${figure}`, 'decimal', words.text(`stock.figure.${figure}`)))];
    const bySite = (JSON.parse(fresh) as [string, string][]).map(([code, text]) => madeColumn(`site.${code}.${figure}`, 'decimal', `${code} · ${text}`));
    return [...named, madeColumn(`total.${figure}`, 'decimal', words.text('stock.total')), ...bySite];
  }, [words, site, figure, fresh]);
  return (
    <Stack gap="sm" h="100%" mih={0}>
      <Title order={1} size="h3">
        {words.text('stock.availability')}
      </Title>
      <Group gap="sm" align="center">
        <SearchField
          inputRef={searchField}
          value={search}
          change={(search) => put({ search }, true)}
          down={() => document.querySelector<HTMLElement>('[role="grid"]')?.focus()}
        />
        <SiteSelect value={site} all={words.text('stock.allSites')} change={(site) => put({ site })} />
        {site === '' ? (
          <SegmentedControl
            size="sm"
            aria-label={words.text('stock.figure')}
            data={FIGURES.map((figure) => ({ value: figure, label: words.text(`stock.figure.${figure}`) }))}
            value={figure}
            onChange={(show) => put({ show: show === 'available' ? '' : show })}
          />
        ) : null}
      </Group>
      <Freshness {...(site === '' ? {} : { only: site })} />
      <DataGrid
        label={words.text('stock.availability')}
        store={store}
        columns={columns}
        sort={[]}
        open={(record) => go(stockPaths.item(record.id))}
        href={(record) => stockPaths.item(record.id)}
        empty={<Text>{words.text(search === '' ? 'stock.noItems' : 'grid.nothingFound')}</Text>}
      />
      <Text size="sm" c="dimmed" role="status" mih={22}>
        {store.total === undefined ? '' : words.text('stock.items', { count: store.total })}
      </Text>
    </Stack>
  );
}
