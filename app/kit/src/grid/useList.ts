// A list of records of one kind, alive. Owns how its pages, and its sums, are asked for.
import { keys } from '../api/queries';
import { listRecords, type Pairs } from '../api/records';
import { PAGE_ROWS, type PageStore, type ReadPage, type ReadSums } from './PageStore';
import { usePages } from './usePages';

/** To find a far page, and for sums, one column is enough. */
const bare = (pairs: Pairs) => pairs.map<Pairs[number]>(([name, value]) => [name, name === 'columns' ? (value.split(',')[0] ?? value) : value]);
const paged = (asked: string) => (JSON.parse(asked) as Pairs).filter(([name]) => name !== 'totals');

export function useList(kind: string, pairs: Pairs): PageStore {
  const reading = (asked: string): ReadPage => {
    const query = paged(asked);
    return (after, skip, signal) => {
      const page: Pairs = skip > 0 ? [...bare(query), ['limit', '1'], ['skip', String(skip)]] : [...query, ['limit', String(PAGE_ROWS)]];
      return listRecords(kind, after === undefined ? page : [...page, ['after', after]], signal);
    };
  };
  const adding = (asked: string): ReadSums | undefined => {
    const query = JSON.parse(asked) as Pairs;
    if (!query.some(([name]) => name === 'totals')) return undefined;
    return async (signal) => (await listRecords(kind, [...bare(query), ['limit', '1']], signal)).totals ?? {};
  };
  return usePages(keys.list(kind), JSON.stringify(pairs), reading, adding);
}
