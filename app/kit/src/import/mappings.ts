// Mappings that were kept under a name: what the columns of a file of some shape are here. Owns reading them, and laying one over the
// columns of the file at hand.
import { queryOptions } from '@tanstack/react-query';
import { keys } from '../api/queries';
import { listRecords, readRecord } from '../api/records';

/** The kind of record that keeps them. */
export const MAPPINGS = 'import-mapping';

export interface KeptMapping {
  id: string;
  columns: { source: string; target: string }[];
  /** It says what empty cells mean, which the node fills in. */
  hasDefaults: boolean;
}

const MOST = '200';

/** Those of a kind of record, by name. */
export const mappingsQuery = (kind: string) =>
  queryOptions({
    queryKey: [...keys.list(MAPPINGS), 'of', kind],
    queryFn: async () => {
      const page = await listRecords(MAPPINGS, [['kind[eq]', kind], ['columns', 'name'], ['sort', 'name'], ['limit', MOST]]);
      return page.records.map(({ id, title }) => ({ value: id, label: title }));
    },
  });

export async function readMapping(id: string): Promise<KeptMapping> {
  const { lines } = await readRecord(MAPPINGS, id);
  const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
  const inUse = (lines.columns ?? []).filter((line) => !line.archived);
  return {
    id,
    columns: inUse.map((line) => ({ source: text(line.source), target: text(line.target) })).filter(({ source }) => source !== ''),
    hasDefaults: inUse.some((line) => text(line.default) !== ''),
  };
}

const plain = (name: string) => name.trim().toLowerCase();

/** What the columns of a file are by a kept mapping; the others stay as they are. And those that it names and the file lacks. */
export function laidOver(kept: KeptMapping, columns: string[], present: Record<string, string>): { mapping: Record<string, string>; lacking: string[] } {
  const mapping = { ...present };
  for (const column of columns) {
    const known = kept.columns.find(({ source }) => plain(source) === plain(column));
    if (known) mapping[column] = known.target;
  }
  const has = new Set(columns.map(plain));
  return { mapping, lacking: kept.columns.filter(({ source, target }) => target !== '' && !has.has(plain(source))).map(({ source }) => source) };
}
