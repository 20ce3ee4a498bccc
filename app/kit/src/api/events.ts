// The stream of events: refreshes just what an event names, and tells how far an import is. How the stream comes is the transport's affair.
import type { QueryClient } from '@tanstack/react-query';
import { keys } from './queries';
import type { Schemas } from './client';
import { transport } from './transport';

export type ImportProgress = Extract<Schemas['Event'], { event: 'import' }>;

const importListeners = new Set<(progress: ImportProgress) => void>();

/** Hears how far imports are; the answer ends it. */
export function onImport(listener: (progress: ImportProgress) => void): () => void {
  importListeners.add(listener);
  return () => importListeners.delete(listener);
}

/** Records by which figures of stock are named, or reduced: a draft sets aside. */
const KINDS_OF_STOCK = new Set(['item', 'location', 'pool', 'move']);
const KINDS_THAT_SHAPE = new Set(['custom-field', 'label', 'stage', 'module-switch']);

/** First answers that something overtook. */
const overtaken = new WeakSet<Promise<unknown>>();

/** Has all of a key that is shown asked again. A first answer that is on its way is not broken off by that, and may be older than what happened: what
 * it says is asked again once it is here, once for all that happened meanwhile. */
function askAgain(client: QueryClient, queryKey: readonly unknown[]): void {
  const first = client.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching', predicate: (query) => query.state.data === undefined });
  void client.invalidateQueries({ queryKey });
  for (const { promise, queryKey: exactly } of first) {
    if (!promise || overtaken.has(promise)) continue;
    overtaken.add(promise);
    void promise.then(() => client.invalidateQueries({ queryKey: exactly, exact: true }), () => undefined);
  }
}

/** What an event makes stale. */
export function refresh(client: QueryClient, event: Schemas['Event']): void {
  const stale = (queryKey: readonly unknown[]) => askAgain(client, queryKey);
  switch (event.event) {
    case 'records':
      stale(keys.list(event.kind));
      if (event.ids.length === 0) {
        stale(['record', event.kind]);
        stale(['history', event.kind]);
      }
      for (const id of event.ids) {
        stale(keys.record(event.kind, id));
        stale(keys.history(event.kind, id));
      }
      stale(keys.inbox);
      stale(keys.log);
      stale(keys.merges);
      stale(keys.batches);
      stale(keys.demo);
      stale(keys.status);
      stale(keys.sites);
      // What is written while the line is down is told by this alone.
      stale(keys.outbox);
      // Postings are named as records are, by kinds of their own: `stock.move`.
      if (event.kind.startsWith('stock.') || KINDS_OF_STOCK.has(event.kind)) stale(keys.stock);
      if (event.kind === 'site-request') stale(keys.siteRequests);
      if (KINDS_THAT_SHAPE.has(event.kind)) {
        stale(keys.kinds);
        stale(['schema']);
      }
      break;
    case 'organisation':
      stale(keys.organisation);
      stale(keys.sites);
      stale(keys.invitations);
      // New keys of this site may have been bound.
      stale(keys.rosterKeys);
      // This site may have been suspended, or resumed.
      stale(keys.status);
      stale(keys.log);
      stale(keys.merges);
      break;
    case 'console':
      stale(keys.consoleRequests);
      break;
    case 'import':
      for (const listener of importListeners) listener(event);
      break;
    case 'status':
      stale(keys.status);
      // What arrives and has no effect no other event tells.
      stale(keys.sites);
      stale(keys.outbox);
      stale(keys.log);
      stale(keys.merges);
      break;
    case 'missed':
      stale([]);
      break;
  }
}

/** Listens until the answer is called. What was read before the stream was open may have changed since: it is read anew. */
export function listen(client: QueryClient, connected: (up: boolean) => void): () => void {
  return transport().events({
    up: () => {
      connected(true);
      refresh(client, { event: 'missed' });
    },
    down: () => {
      connected(false);
      // Whether the node is away or has forgotten this browser, the status tells.
      void client.invalidateQueries({ queryKey: keys.status });
    },
    event: (event) => refresh(client, event),
  });
}
