// A list of records with everything around it: search, filters, views, columns, totals, files out, pasting in. What is listed
// stands in the URL; this owns nothing of it.
import { Button, Checkbox, Group, Menu, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { kindsQuery, organisationQuery, schemaQuery, useMay } from '../api/queries';
import type { Pairs } from '../api/records';
import type { ListedRecord } from '../api/types';
import { useKeys } from '../keys/useKeys';
import { paths, useGo } from '../place/place';
import { rememberWalk, walkOf } from '../place/walk';
import { ProblemAlert } from '../problem/ProblemAlert';
import type { KindSchema } from '../schema/kindSchema';
import { formatMoney, useWords, type Words } from '../words/useWords';
import { MARK } from './cellText';
import { DataGrid } from './DataGrid';
import { ExportMenu } from './ExportMenu';
import { FilterBar } from './FilterBar';
import { allColumns, everything, isSummed, nextSort, readQuery, shownColumns, writeQuery, type Column, type ListQuery } from './listQuery';
import { planPaste, type PastePlan } from './paste';
import { PasteDialog } from './PasteDialog';
import { SearchField } from './SearchField';
import { useList } from './useList';
import { useQueryNow } from './useQueryNow';
import { ViewsMenu } from './ViewsMenu';

export interface RecordListProps {
  kind: string;
  pairs: Pairs;
  change: (pairs: Pairs, replace: boolean) => void;
  /** What a module adds that is special to the kind. */
  extra?: ReactNode;
  /** Fields by which the program refers to something: what they say is for nobody, but whether they say something is shown. */
  marks?: ReadonlySet<string>;
}

export function RecordList({ kind, pairs, change, extra, marks }: RecordListProps) {
  const words = useWords();
  const schema = useQuery(schemaQuery(kind, words.intl.locale));
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const about = kinds.data?.find((known) => known.kind === kind);
  if (schema.error) return <ProblemAlert error={schema.error} />;
  if (!schema.data || !kinds.data) return null;
  const label = words.kind(kind, about?.label);
  return <Loaded key={kind} kind={kind} pairs={pairs} change={change} extra={extra} {...(marks ? { marks } : {})} schema={schema.data} label={label} title={about?.title} />;
}

type LoadedProps = RecordListProps & { schema: Parameters<typeof FilterBar>[0]['schema']; label: string; title: string | undefined };

/** A column of lines that is called as another column says of which lines it is. */
function toldApart(columns: Column[], words: Words, schema: KindSchema): Column[] {
  const names = columns.map((column) => words.field(column.field));
  const isAlone = (at: number) => names.indexOf(names[at] ?? '') === names.lastIndexOf(names[at] ?? '');
  return columns.map((column, at) => (!column.ofLines || isAlone(at) ? column : { ...column, field: { ...column.field, text: words.path(schema, column.path) } }));
}

function Loaded({ kind, pairs: address, change: changeAddress, extra, marks, schema, label, title }: LoadedProps) {
  const { now: pairs, put: change, settle } = useQueryNow(address, changeAddress);
  const words = useWords();
  const go = useGo();
  const searchField = useRef<HTMLInputElement>(null);
  const language = words.intl.locale.slice(0, 2);
  const query = useMemo(() => readQuery(pairs), [pairs]);
  const offered = useMemo(() => (marks ? { ...schema, fields: schema.fields.map((field) => (marks.has(field.path) ? { ...field, widget: MARK } : field)) } : schema), [marks, schema]);
  // The same columns stay the same while other things are asked, so that no row is drawn again for a letter that is typed.
  const chosen = query.columns?.join(',');
  const columns = useMemo(
    () => toldApart(shownColumns(offered, { ...everything, columns: chosen?.split(',') }, title, language), words, offered),
    [offered, chosen, title, language, words],
  );
  const summed = columns.filter((column) => isSummed(column.field)).map((column) => column.path);
  const asked = useMemo<Pairs>(
    () => [
      ...writeQuery({ ...query, columns: undefined }),
      ['columns', columns.map((column) => column.path).join(',')],
      ...(summed.length > 0 ? ([['totals', summed.join(',')]] as Pairs) : []),
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [query, columns, summed.join()],
  );
  const store = useList(kind, asked);
  const organisation = useQuery(organisationQuery);
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  const mayEdit = useMay(kind, 'edit');
  const mayImport = useMay(kind, 'import');
  const mayExport = useMay(kind, 'export');
  const mayWrite = mayEdit && (schema.writeClass !== 'reference' || isHeadquarters);
  const [plan, setPlan] = useState<PastePlan>();
  const [problem, setProblem] = useState<unknown>();
  const put = (changed: Partial<ListQuery>, replace = false) => change(writeQuery({ ...query, ...changed }), replace);
  const active = useRef(0);
  const start = useMemo(() => {
    const walk = walkOf(kind);
    return walk && JSON.stringify(walk.pairs) === JSON.stringify(pairs) ? walk.first : 0;
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind]);

  const open = (record: ListedRecord, index: number) => {
    // Two hundred to each side are enough to walk through by key.
    const ids: string[] = [];
    for (let at = Math.max(0, index - 200); at < index + 200; at++) {
      const row = store.row(at);
      if (row) ids.push(row.id);
    }
    settle();
    rememberWalk({ kind, pairs, ids, first: index });
    go(paths.record(kind, record.id));
  };
  useKeys({
    '/': () => searchField.current?.focus(),
    n: mayWrite ? () => go(paths.create(kind)) : undefined,
  });
  const narrowed = query.search !== '' || query.filters.length > 0 || query.conflicts || query.archived;
  return (
    <Stack gap="sm" h="100%" mih={0}>
      <Group justify="space-between" wrap="wrap">
        <Title order={1} size="h3">
          {label}
        </Title>
        <Group gap="xs">
          {extra}
          <ViewsMenu kind={kind} pairs={pairs} apply={(pairs) => change(pairs, false)} />
          <ColumnsMenu all={allColumns(offered)} shown={columns} change={(chosen) => put({ columns: chosen })} />
          {mayExport ? <ExportMenu kind={kind} pairs={asked.filter(([name]) => name !== 'totals')} count={store.total ?? 0} fail={setProblem} /> : null}
          {mayWrite && mayImport ? (
            <Button variant="default" size="sm" onClick={() => go(paths.import(kind))}>
              {words.text('grid.import')}
            </Button>
          ) : null}
          {mayWrite ? (
            <Button size="sm" onClick={() => go(paths.create(kind))}>
              {words.text('grid.new')}
            </Button>
          ) : null}
        </Group>
      </Group>
      <Group gap="sm" align="center">
        <SearchField
          inputRef={searchField}
          value={query.search}
          change={(search) => put({ search }, true)}
          down={() => document.querySelector<HTMLElement>('[role="grid"]')?.focus()}
        />
        <FilterBar schema={schema} filters={query.filters} change={(filters) => put({ filters })} />
        <Checkbox size="sm" label={words.text('grid.archived')} checked={query.archived} onChange={(event) => put({ archived: event.currentTarget.checked })} />
        <Checkbox size="sm" label={words.text('grid.conflicts')} checked={query.conflicts} onChange={(event) => put({ conflicts: event.currentTarget.checked })} />
        {narrowed ? (
          <Button size="compact-sm" variant="subtle" onClick={() => put({ search: '', filters: [], archived: false, conflicts: false })}>
            {words.text('grid.clear')}
          </Button>
        ) : null}
      </Group>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      <DataGrid
        label={label}
        store={store}
        columns={columns}
        sort={query.sort}
        start={start}
        onActive={(index) => (active.current = index)}
        onSort={(path, further) => put({ sort: nextSort(query.sort, path, further) })}
        open={open}
        href={(record) => paths.record(kind, record.id)}
        {...(mayWrite ? { paste: (targets, text) => setPlan(planPaste(targets, text, words.intl.locale)) } : {})}
        empty={
          <Stack align="center" gap="xs">
            <Text>{words.text(narrowed ? 'grid.nothingFound' : 'grid.nothingYet')}</Text>
            {!narrowed && mayWrite ? (
              <Button size="sm" variant="light" onClick={() => go(paths.create(kind))}>
                {words.text('grid.new')}
              </Button>
            ) : null}
          </Stack>
        }
      />
      <Group gap="lg" mih={22}>
        <Text size="sm" c="dimmed" role="status">
          {store.total === undefined ? '' : words.text('grid.count', { count: store.total })}
        </Text>
        {Object.entries(store.totals).map(([path, totals]) =>
          totals.length > 0 ? (
            <Text size="sm" key={path} style={{ fontVariantNumeric: 'tabular-nums' }}>
              {words.text('label', { name: words.path(schema, path) })} {totals.map((total) => formatMoney(words.intl, total)).join(' · ')}
            </Text>
          ) : null,
        )}
      </Group>
      {plan ? <PasteDialog kind={kind} plan={plan} close={() => setPlan(undefined)} /> : null}
    </Stack>
  );
}

function ColumnsMenu({ all, shown, change }: { all: Column[]; shown: Column[]; change: (columns: string[]) => void }) {
  const words = useWords();
  const chosen = shown.map((column) => column.path);
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="default" size="sm">
          {words.text('grid.columns')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={440} style={{ overflowY: 'auto' }}>
        {all.map((column) => {
          const on = chosen.includes(column.path);
          return (
            <Menu.CheckboxItem
              key={column.path}
              checked={on}
              disabled={on && chosen.length === 1}
              onChange={() => change(on ? chosen.filter((path) => path !== column.path) : [...chosen, column.path])}
            >
              {words.field(column.field)}
            </Menu.CheckboxItem>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
