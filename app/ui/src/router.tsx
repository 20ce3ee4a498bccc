// Which path shows which screen. The query of a list is kept as it is written: it is the list's own.
import { InboxScreen, ImportWizard, NewRecord, RecordList, RecordScreen, RepairScreen, SyncScreen, type Fit, type Pairs } from '@comptoir/kit';
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ImportsScreen } from './imports/ImportsScreen';
import { UpdateEdition } from './reference/UpdateEdition';
import { customFieldFit } from './settings/customFieldFit';
import { SettingsScreen } from './settings/SettingsScreen';
import { Failed } from './shell/Failed';
import { NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';
import { postedFieldsOf, StockExtra } from './stock/RecordExtras';
import { stockRoutes } from './stock/routes';

/** Kinds of which the program carries an edition. */
const EDITIONS = new Set(['country', 'subdivision', 'currency']);
/** Kinds whose forms show what fits the rest of the record. */
const FITS: Record<string, Fit> = { 'custom-field': customFieldFit };

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, validateSearch: (search): { written: string } => ({ written: typeof search.written === 'string' ? search.written : '' }) });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw redirect({ to: '/records/$kind', params: { kind: 'party' }, search: { written: '' } });
  },
});

const list = createRoute({ getParentRoute: () => root, path: '/records/$kind', component: ListPlace });
const create = createRoute({ getParentRoute: () => root, path: '/records/$kind/new', component: NewPlace });
const bring = createRoute({ getParentRoute: () => root, path: '/records/$kind/import', component: ImportPlace });
const record = createRoute({ getParentRoute: () => root, path: '/records/$kind/$id', component: RecordPlace });
const inbox = createRoute({ getParentRoute: () => root, path: '/inbox', component: InboxScreen });
const sync = createRoute({ getParentRoute: () => root, path: '/sync', component: SyncScreen });
const repair = createRoute({ getParentRoute: () => root, path: '/sync/repair', component: RepairScreen });
const imports = createRoute({ getParentRoute: () => root, path: '/imports', component: ImportsScreen });
const settings = createRoute({ getParentRoute: () => root, path: '/settings/$part', component: SettingsPlace });

function ListPlace() {
  const { kind } = list.useParams();
  const { written } = list.useSearch();
  const navigate = list.useNavigate();
  const pairs = useMemo<Pairs>(() => [...new URLSearchParams(written)], [written]);
  const marks = postedFieldsOf(kind);
  return (
    <RecordList
      kind={kind}
      pairs={pairs}
      {...(EDITIONS.has(kind) ? { extra: <UpdateEdition /> } : {})}
      {...(marks ? { marks } : {})}
      change={(pairs, replace) => void navigate({ search: { written: new URLSearchParams(pairs).toString() }, replace })}
    />
  );
}

function NewPlace() {
  const { kind } = create.useParams();
  const { written } = create.useSearch();
  const presets = useMemo<Pairs>(() => [...new URLSearchParams(written)], [written]);
  return <NewRecord key={`${kind}?${written}`} kind={kind} presets={presets} fit={FITS[kind]} />;
}

function ImportPlace() {
  const { kind } = bring.useParams();
  return <ImportWizard key={kind} kind={kind} />;
}

function RecordPlace() {
  const { kind, id } = record.useParams();
  const omit = postedFieldsOf(kind);
  return <RecordScreen kind={kind} id={id} extra={(record, dirty) => <StockExtra record={record} dirty={dirty} />} fit={FITS[kind]} {...(omit ? { omit } : {})} />;
}

function SettingsPlace() {
  const { part } = settings.useParams();
  return <SettingsScreen part={part} />;
}

export const router = createRouter({
  routeTree: root.addChildren([home, list, create, bring, record, inbox, sync, repair, imports, settings, ...stockRoutes(root)]),
  parseSearch: (search) => ({ written: search.replace(/^\?/, '') }),
  stringifySearch: (search) => (typeof search.written === 'string' && search.written !== '' ? `?${search.written}` : ''),
  defaultErrorComponent: Failed,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
