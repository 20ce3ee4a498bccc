// A list that is alive: its pages, read again when an event makes its key stale. Owns the marriage of page store and query cache.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { PageStore, type ReadPage, type ReadSums } from './PageStore';

/** `about` is what is listed: of another question about it, what was there stays until its first rows are here. */
export function usePages(
  about: readonly unknown[],
  asked: string,
  reading: (asked: string) => ReadPage,
  adding?: (asked: string) => ReadSums | undefined,
): PageStore {
  const client = useQueryClient();
  const name = JSON.stringify(about);
  // How it is read follows from what is asked.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const store = useMemo(() => new PageStore(reading(asked), adding?.(asked)), [name, asked]);
  useEffect(() => {
    // The cache holds no rows: this entry only lets events find the list.
    const queryKey = [...(JSON.parse(name) as unknown[]), 'pages', asked];
    client.setQueryData(queryKey, 0);
    const stop = client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'invalidate') return;
      if (JSON.stringify(event.query.queryKey) === JSON.stringify(queryKey)) {
        client.setQueryData(queryKey, (count: number | undefined) => (count ?? 0) + 1);
        store.refresh();
      }
    });
    return () => {
      stop();
      store.drop();
      client.removeQueries({ queryKey, exact: true });
    };
  }, [client, name, asked, store]);
  useEffect(() => store.want(0, 0), [store]);
  useSyncExternalStore(store.subscribe, store.snapshot);
  // Until the first rows of another question are here, those of the one before stay.
  const shown = useRef<{ name: string; store: PageStore }>(undefined);
  const here = store.total !== undefined || store.error !== undefined;
  const before = shown.current?.name === name ? shown.current.store : undefined;
  const now = here || !before ? store : before;
  useEffect(() => {
    shown.current = { name, store: now };
  });
  return now;
}
