// A list that is alive: its pages, read again when an event names its kind. Owns the marriage of page store and query cache.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { keys } from '../api/queries';
import { listRecords, type Pairs } from '../api/records';
import { PageStore } from './PageStore';

export function useList(kind: string, pairs: Pairs): PageStore {
  const client = useQueryClient();
  const asked = JSON.stringify(pairs);
  const store = useMemo(() => {
    const query = JSON.parse(asked) as Pairs;
    // On the way to a far page one column is enough, and no sum.
    const bare = query.flatMap<Pairs[number]>(([name, value]) =>
      name === 'totals' ? [] : [[name, name === 'columns' ? (value.split(',')[0] ?? value) : value]],
    );
    return new PageStore((after, rows, onTheWay, signal) =>
      listRecords(
        kind,
        [...(onTheWay ? bare : query), ['limit', String(rows)], ...(after === undefined ? [] : ([['after', after]] as Pairs))],
        signal,
      ),
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
  useEffect(() => store.want(0, 0), [store]);
  useSyncExternalStore(store.subscribe, store.snapshot);
  // Until the first rows of another question are here, those of the one before stay.
  const shown = useRef<{ kind: string; store: PageStore }>(undefined);
  const here = store.total !== undefined || store.error !== undefined;
  const before = shown.current?.kind === kind ? shown.current.store : undefined;
  const now = here || !before ? store : before;
  useEffect(() => {
    shown.current = { kind, store: now };
  });
  return now;
}
