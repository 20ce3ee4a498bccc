// A list that is alive: its pages, read again when an event names its kind. Owns the marriage of page store and query cache.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { keys } from '../api/queries';
import { listRecords, type Pairs } from '../api/records';
import { PAGE_ROWS, PageStore } from './PageStore';

export function useList(kind: string, pairs: Pairs): PageStore {
  const client = useQueryClient();
  const asked = JSON.stringify(pairs);
  const store = useMemo(() => {
    const query = JSON.parse(asked) as Pairs;
    return new PageStore((after) =>
      listRecords(kind, [...query, ['limit', String(PAGE_ROWS)], ...(after === undefined ? [] : ([['after', after]] as Pairs))]),
    );
  }, [kind, asked]);
  useEffect(() => {
    // The cache holds no rows: this entry only lets events find the list.
    const queryKey = [...keys.list(kind), 'pages', asked];
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
  }, [client, kind, asked, store]);
  useSyncExternalStore(store.subscribe, store.snapshot);
  return store;
}
