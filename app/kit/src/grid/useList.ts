// A list of records of one kind, alive. Owns how its pages are asked for.
import { keys } from '../api/queries';
import { listRecords, type Pairs } from '../api/records';
import type { PageStore, ReadPage } from './PageStore';
import { usePages } from './usePages';

export function useList(kind: string, pairs: Pairs): PageStore {
  const reading = (asked: string): ReadPage => {
    const query = JSON.parse(asked) as Pairs;
    // On the way to a far page one column is enough, and no sum.
    const bare = query.flatMap<Pairs[number]>(([name, value]) =>
      name === 'totals' ? [] : [[name, name === 'columns' ? (value.split(',')[0] ?? value) : value]],
    );
    return (after, rows, onTheWay, signal) =>
      listRecords(
        kind,
        [...(onTheWay ? bare : query), ['limit', String(rows)], ...(after === undefined ? [] : ([['after', after]] as Pairs))],
        signal,
      );
  };
  return usePages(keys.list(kind), JSON.stringify(pairs), reading);
}
