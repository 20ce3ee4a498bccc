// What screens read, under the names by which events refresh it. Owns the query keys; nothing else names them.
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { answer, api } from './client';
import { readHistory, readRecord } from './records';
import { kindSchema, type KindSchema } from '../schema/kindSchema';
import type { InboxItem } from './types';

export const keys = {
  setup: ['setup'] as const,
  countries: ['countries'] as const,
  demo: ['demo'] as const,
  invitations: ['invitations'] as const,
  siteRequests: ['site-requests'] as const,
  consoleRequests: ['console-requests'] as const,
  status: ['status'] as const,
  organisation: ['organisation'] as const,
  /** How the sites stand, and how far what they wrote counts. */
  sites: ['sites'] as const,
  outbox: ['outbox'] as const,
  log: ['log'] as const,
  merges: ['merges'] as const,
  lan: ['lan'] as const,
  entry: ['entry'] as const,
  account: ['account'] as const,
  /** Under the kind's list: an event that names accounts refreshes it. */
  staff: ['list', 'account', 'staff'] as const,
  /** Under the list of accounts, too: a locked account lets no token in. */
  tokens: ['list', 'account', 'tokens'] as const,
  rosterKeys: ['roster-keys'] as const,
  /** Under the list of roles: an event that names roles refreshes it. */
  roles: ['list', 'role', 'all'] as const,
  accesses: ['accesses'] as const,
  inbox: ['inbox'] as const,
  batches: ['batches'] as const,
  /** Everything that follows from what was posted about stock. */
  stock: ['stock'] as const,
  kinds: ['kinds'] as const,
  schema: (kind: string) => ['schema', kind] as const,
  list: (kind: string) => ['list', kind] as const,
  record: (kind: string, id: string) => ['record', kind, id] as const,
  history: (kind: string, id: string) => ['history', kind, id] as const,
};

/** How setting the node up stands: asked again and again, since no events come before there is a node. */
export const setupQuery = queryOptions({
  queryKey: keys.setup,
  queryFn: () => answer(api.GET('/api/v1/setup')),
  refetchInterval: (query) => (query.state.data?.state === 'ready' ? false : 1_000),
  staleTime: 0,
  gcTime: 0,
});
/** What countries usually mean for a site. */
export const countryDefaultsQuery = queryOptions({
  queryKey: keys.countries,
  queryFn: async () => (await answer(api.GET('/api/v1/setup/countries'))).countries,
});
export const demoQuery = queryOptions({ queryKey: keys.demo, queryFn: () => answer(api.GET('/api/v1/demo')) });
/** The door on the local network; asked again while somebody looks, since others come in meanwhile. */
export const lanQuery = queryOptions({
  queryKey: keys.lan,
  queryFn: () => answer(api.GET('/api/v1/lan')),
  refetchInterval: (query) => (query.state.status === 'success' ? 5_000 : false),
  retry: false,
});
/** Whether people sign in by name and password: asked before anybody is signed in. */
export const entryQuery = queryOptions({ queryKey: keys.entry, queryFn: () => answer(api.GET('/api/v1/account/entry')), staleTime: 0 });
/** Who one is. */
export const accountQuery = queryOptions({ queryKey: keys.account, queryFn: () => answer(api.GET('/api/v1/account')), staleTime: 0 });
/** Who signs in at this site. */
export const staffQuery = queryOptions({
  queryKey: keys.staff,
  queryFn: async () => (await answer(api.GET('/api/v1/staff'))).staff,
  staleTime: 0,
});
/** Tokens for scripts, without their secrets; what one was used for no event tells. */
export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async () => (await answer(api.GET('/api/v1/staff/tokens'))).tokens,
  staleTime: 0,
});
/** The keys that the organisation is governed with; what commands did to them no event tells. */
export const rosterKeysQuery = queryOptions({
  queryKey: keys.rosterKeys,
  queryFn: () => answer(api.GET('/api/v1/keys')),
  staleTime: 0,
  retry: false,
});
/** The roles that accounts can have. */
export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: async () => (await answer(api.GET('/api/v1/staff/roles'))).roles,
  staleTime: 0,
});
export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async () => (await answer(api.GET('/api/v1/invitations'))).invitations,
});
/** Sites that are asked for. */
export const siteRequestsQuery = queryOptions({
  queryKey: keys.siteRequests,
  queryFn: async () => (await answer(api.GET('/api/v1/site-requests'))).requests,
});
/** What headquarters' console asks. For whoever may do everything. */
export const consoleRequestsQuery = queryOptions({
  queryKey: keys.consoleRequests,
  queryFn: async () => (await answer(api.GET('/api/v1/console-requests'))).requests,
});
export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: () => answer(api.GET('/api/v1/status')),
  refetchInterval: 30_000,
});
export const organisationQuery = queryOptions({
  queryKey: keys.organisation,
  queryFn: () => answer(api.GET('/api/v1/organisation')),
});
export const sitesQuery = queryOptions({
  queryKey: keys.sites,
  queryFn: async () => (await answer(api.GET('/api/v1/sites'))).sites,
});
export const outboxQuery = queryOptions({ queryKey: keys.outbox, queryFn: () => answer(api.GET('/api/v1/outbox')) });
export const logQuery = queryOptions({ queryKey: keys.log, queryFn: () => answer(api.GET('/api/v1/log')) });
export const mergesQuery = queryOptions({ queryKey: keys.merges, queryFn: () => answer(api.GET('/api/v1/merges')) });
export const batchesQuery = queryOptions({
  queryKey: keys.batches,
  queryFn: async () => (await answer(api.GET('/api/v1/batches'))).batches,
});
export const inboxQuery = queryOptions({
  queryKey: keys.inbox,
  queryFn: async () => (await answer(api.GET('/api/v1/inbox'))).items as unknown as InboxItem[],
});
export const kindsQuery = (lang: string) =>
  queryOptions({
    queryKey: [...keys.kinds, lang],
    queryFn: async () => (await answer(api.GET('/api/v1/kinds', { params: { query: { lang } } }))).kinds,
    placeholderData: keepPreviousData,
  });
/** Whether one's roles allow this with records of a kind; not before that is known. */
export function useMay(kind: string, verb: 'see' | 'edit' | 'post' | 'import' | 'export'): boolean {
  const { locale } = useIntl();
  const kinds = useQuery(kindsQuery(locale));
  return kinds.data?.find((known) => known.kind === kind)?.may.includes(verb) ?? false;
}
export const schemaQuery = (kind: string, lang: string) =>
  queryOptions({
    queryKey: [...keys.schema(kind), lang],
    queryFn: async (): Promise<KindSchema> =>
      kindSchema(
        await answer(api.GET('/api/v1/kinds/{kind}/schema', { params: { path: { kind }, query: { lang } } })),
      ),
    staleTime: 60_000,
  });
export const recordQuery = (kind: string, id: string, at?: string) =>
  queryOptions({
    queryKey: [...keys.record(kind, id), at ?? ''],
    queryFn: () => readRecord(kind, id, at ? { at } : {}),
  });
export const historyQuery = (kind: string, id: string) =>
  queryOptions({ queryKey: keys.history(kind, id), queryFn: () => readHistory(kind, id) });

/** Records of any kind by a few letters. */
export function useSearch(words: string) {
  return useQuery({
    queryKey: ['search', words],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/search', { params: { query: { q: words } }, signal })),
    enabled: words.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 2_000,
  });
}
