// What is read of the relay, by one name each, and the cache that it is kept in. Owns when a request is tried again, and that a session
// that has ended takes with it what was read in it.
import { Problem } from '@comptoir/kit';
import { keepPreviousData, MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';

export const keys = {
  session: ['session'] as const,
  sites: ['sites'] as const,
  relay: ['relay'] as const,
  alarms: ['alarms'] as const,
  requests: ['requests'] as const,
  history: ['history'] as const,
  traffic: ['traffic'] as const,
  accounts: ['accounts'] as const,
  audit: ['audit'] as const,
};

export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: () => answer(api.GET('/api/v1/session')) });
export const sitesQuery = queryOptions({ queryKey: keys.sites, queryFn: () => answer(api.GET('/api/v1/sites')) });
/** How often the relay keeps a sample: plots have a new point then, and nobody tells it. */
const SAMPLE_MS = 5 * 60_000;

export const historyQuery = (code: string) => queryOptions({ queryKey: [...keys.history, code], refetchInterval: SAMPLE_MS, queryFn: () => answer(api.GET('/api/v1/sites/{code}/history', { params: { path: { code } } })) });
/** A part of what sites say of themselves, and asked again with that. */
export const journalQuery = (code: string) => queryOptions({ queryKey: [...keys.sites, code, 'journal'], queryFn: () => answer(api.GET('/api/v1/sites/{code}/journal', { params: { path: { code } } })) });
export const alarmsQuery = (all: boolean) => queryOptions({ queryKey: [...keys.alarms, all], queryFn: () => answer(api.GET('/api/v1/alarms', { params: { query: { all } } })) });
export const requestsQuery = queryOptions({ queryKey: keys.requests, queryFn: () => answer(api.GET('/api/v1/requests')) });
/** The roster's word on them changes with the sites. */
export const scopesQuery = queryOptions({ queryKey: [...keys.sites, 'scopes'], queryFn: () => answer(api.GET('/api/v1/scopes')) });
export const trafficQuery = queryOptions({ queryKey: keys.traffic, refetchInterval: SAMPLE_MS, queryFn: () => answer(api.GET('/api/v1/relay/traffic')) });
export const relayQuery = queryOptions({ queryKey: keys.relay, queryFn: () => answer(api.GET('/api/v1/relay')) });
export const accountsQuery = queryOptions({ queryKey: keys.accounts, queryFn: () => answer(api.GET('/api/v1/accounts')) });

export interface AuditAsked {
  account?: string;
  act?: string;
  since?: string;
  until?: string;
  before?: number;
}

export const auditQuery = (asked: AuditAsked) =>
  queryOptions({
    queryKey: [...keys.audit, asked],
    queryFn: () => answer(api.GET('/api/v1/audit', { params: { query: asked } })),
    placeholderData: keepPreviousData,
  });

/** Whether the relay no longer knows who asks. */
export const isOver = (error: unknown): boolean => error instanceof Problem && error.code === 'unauthorised';

const heard = (error: unknown) => {
  if (isOver(error)) signedOut();
};

export const client = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => (query.queryKey[0] === keys.session[0] ? undefined : heard(error)) }),
  mutationCache: new MutationCache({ onError: heard }),
  defaultOptions: { queries: { refetchOnWindowFocus: false, retry: (count, error) => count < 2 && error instanceof Problem && error.status === 0 } },
});

/** Nobody is signed in any more: who comes next may see less. The address stays, and leads back to the same place. */
export function signedOut(): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
  void client.resetQueries({ queryKey: keys.session });
}

/** Does what changes something, and hears when the session has ended. */
export async function done<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    heard(error);
    throw error;
  }
}
