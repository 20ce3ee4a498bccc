// The stream of events: refreshes just what an event names, and tells how far an import is. Owns the one event source of a page.
import type { QueryClient } from '@tanstack/react-query';
import { keys } from './queries';
import type { Schemas } from './client';

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

/** What an event makes stale. */
export function refresh(client: QueryClient, event: Schemas['Event']): void {
  const stale = (queryKey: readonly unknown[]) => void client.invalidateQueries({ queryKey });
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
      stale(keys.batches);
      stale(keys.demo);
      stale(keys.status);
      // Postings are named as records are, by kinds of their own: `stock.move`.
      if (event.kind.startsWith('stock.') || KINDS_OF_STOCK.has(event.kind)) stale(keys.stock);
      if (KINDS_THAT_SHAPE.has(event.kind)) {
        stale(keys.kinds);
        stale(['schema']);
      }
      break;
    case 'organisation':
      stale(keys.organisation);
      stale(keys.invitations);
      stale(keys.log);
      break;
    case 'import':
      for (const listener of importListeners) listener(event);
      break;
    case 'status':
      stale(keys.status);
      stale(keys.outbox);
      stale(keys.log);
      break;
    case 'missed':
      void client.invalidateQueries();
      break;
  }
}

const AGAIN_MS = 3_000;

/** Listens until the answer is called. A stream that broke is opened again, and everything read anew, since some was missed. */
export function listen(client: QueryClient, connected: (up: boolean) => void): () => void {
  let broke = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const open = () => {
    source = new EventSource('/api/v1/events');
    source.onopen = () => {
      connected(true);
      if (broke) refresh(client, { event: 'missed' });
      broke = false;
    };
    source.onerror = () => {
      broke = true;
      connected(false);
      // Whether the node is away or has forgotten this browser, the status tells.
      void client.invalidateQueries({ queryKey: keys.status });
      // A browser gives up on a stream that was refused; the node may be there again soon, or the session.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    };
    for (const name of ['records', 'organisation', 'import', 'status', 'missed']) {
      source.addEventListener(name, (frame: MessageEvent<string>) =>
        refresh(client, JSON.parse(frame.data) as Schemas['Event']),
      );
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
