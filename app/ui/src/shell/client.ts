// The cache of what was read. Owns when a request is tried again, and hears when the session has ended.
import { Problem } from '@comptoir/kit';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

/** The session has ended, or somebody must sign in by name. */
export type Ended = 'unauthorised' | 'sign-in-needed';

const endListeners = new Set<(how: Ended) => void>();

/** Hears that the node no longer knows this browser, or who works in it. */
export function onSessionEnd(listener: (how: Ended) => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

const heard = (error: unknown) => {
  if (error instanceof Problem && (error.code === 'unauthorised' || error.code === 'sign-in-needed')) for (const listener of endListeners) listener(error.code);
};

export const client = new QueryClient({
  queryCache: new QueryCache({ onError: heard }),
  mutationCache: new MutationCache({ onError: heard }),
  defaultOptions: {
    queries: {
      // Events say when something is stale.
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      // The node is on this machine: it answers whether there is a line or not, and is asked whatever the system says of one.
      networkMode: 'always',
      retry: (count, error) => count < 2 && error instanceof Problem && error.status === 0,
    },
  },
});
