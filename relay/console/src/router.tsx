// Which path shows which screen. The query of a screen is kept as it is written: it is the screen's own.
import type { Pairs } from './shell/place';
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { useMemo } from 'react';
import { AccountsScreen } from './accounts/AccountsScreen';
import { AlarmsScreen } from './alarms/AlarmsScreen';
import { AuditScreen } from './audit/AuditScreen';
import { RelayScreen } from './relay/RelayScreen';
import { RequestsScreen } from './requests/RequestsScreen';
import { ScopesScreen } from './scopes/ScopesScreen';
import { SetupScreen } from './setup/SetupScreen';
import { Failed } from './shell/Failed';
import { NotFound } from './shell/NotFound';
import { OfRole } from './shell/OfRole';
import { Shell } from './shell/Shell';
import { SiteScreen } from './sites/SiteScreen';
import { SitesScreen } from './sites/SitesScreen';

const validateSearch = (search: Record<string, unknown>): { written: string } => ({ written: typeof search.written === 'string' ? search.written : '' });

const root = createRootRoute({ validateSearch, notFoundComponent: NotFound });
const setup = createRoute({ getParentRoute: () => root, path: '/set-up', component: SetupScreen });
/** Everything that is seen by who is signed in. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Shell });
const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw redirect({ to: '/sites', search: { written: '' } });
  },
});
const sites = createRoute({ getParentRoute: () => inside, path: '/sites', component: SitesPlace });
const site = createRoute({ getParentRoute: () => inside, path: '/sites/$code', component: SitePlace });
const requests = createRoute({ getParentRoute: () => inside, path: '/requests', component: RequestsScreen });
const alarms = createRoute({ getParentRoute: () => inside, path: '/alarms', component: AlarmsScreen });
const scopes = createRoute({ getParentRoute: () => inside, path: '/scopes', component: ScopesPlace });
const relay = createRoute({ getParentRoute: () => inside, path: '/relay', component: RelayScreen });
const accounts = createRoute({ getParentRoute: () => inside, path: '/accounts', component: AccountsPlace });
const audit = createRoute({ getParentRoute: () => inside, path: '/audit', component: AuditPlace });

const usePairs = (written: string): Pairs => useMemo(() => [...new URLSearchParams(written)], [written]);
const writtenAs = (pairs: Pairs) => ({ written: new URLSearchParams(pairs).toString() });

function SitesPlace() {
  const navigate = sites.useNavigate();
  return <SitesScreen pairs={usePairs(sites.useSearch().written)} change={(pairs, replace) => void navigate({ search: writtenAs(pairs), replace })} />;
}

function ScopesPlace() {
  const navigate = scopes.useNavigate();
  return <ScopesScreen pairs={usePairs(scopes.useSearch().written)} change={(pairs, replace) => void navigate({ search: writtenAs(pairs), replace })} />;
}

function SitePlace() {
  return <SiteScreen code={site.useParams().code} />;
}

function AccountsPlace() {
  return (
    <OfRole role="administrator" name="accounts.title">
      <AccountsScreen />
    </OfRole>
  );
}

function AuditPlace() {
  const navigate = audit.useNavigate();
  return (
    <OfRole role="administrator" name="audit.title">
      <AuditScreen pairs={usePairs(audit.useSearch().written)} change={(pairs, replace) => void navigate({ search: writtenAs(pairs), replace })} />
    </OfRole>
  );
}

export const router = createRouter({
  routeTree: root.addChildren([setup, inside.addChildren([home, sites, site, requests, alarms, scopes, relay, accounts, audit])]),
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
