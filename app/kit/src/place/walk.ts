// From record to record in the order of the list that was left, or of the kind's plain list where none was. Owns what is remembered of
// it, for this window; behind what is remembered the node is asked.
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/queries';
import { listRecords, type Pairs } from '../api/records';

export interface Walk {
  kind: string;
  pairs: Pairs;
  ids: string[];
  /** Where the record that was opened stands in the list. */
  first: number;
}

export type Step = -1 | 1;

const KEY = 'comptoir.walk';

export function rememberWalk(walk: Walk): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(walk));
  } catch {
    // Without it one goes back to the list, and loses nothing.
  }
}

export function walkOf(kind: string): Walk | undefined {
  try {
    const walk = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Walk | null;
    return walk?.kind === kind ? walk : undefined;
  } catch {
    return undefined;
  }
}

/** The record before (-1) or after (1) this one, as far as it is remembered. */
export function neighbour(walk: Walk | undefined, id: string, step: Step): string | undefined {
  const at = walk?.ids.indexOf(id) ?? -1;
  return at < 0 ? undefined : walk?.ids[at + step];
}

/** The walk with the record that the node says stands beside this one, which is at its end. */
export function further(walk: Walk, id: string, step: Step, next: string): Walk {
  if (walk.ids.at(step === 1 ? -1 : 0) !== id) return walk;
  return { ...walk, ids: step === 1 ? [...walk.ids, next] : [next, ...walk.ids] };
}

/** Which records, in which order: all that pages and columns add is left out. */
const listed = (walk: Walk | undefined, id: string): Pairs =>
  (walk?.ids.includes(id) ? walk.pairs : []).filter(([name]) => !['columns', 'totals', 'after', 'before', 'limit'].includes(name));

const besideQuery = (kind: string, id: string, step: Step, pairs: Pairs) =>
  queryOptions({
    queryKey: [...keys.list(kind), 'beside', id, step, pairs],
    // Where the list cannot be asked there is no way on, and the record is none the worse for it.
    queryFn: async ({ signal }) => {
      const page = await listRecords(kind, [...pairs, [step === 1 ? 'after' : 'before', id], ['limit', '1']], signal);
      return page.records[0]?.id ?? null;
    },
    retry: false,
  });

/** The records beside this one, where there are any, and the way to them. */
export function useWalk(kind: string, id: string, go: (id: string) => void): { before: boolean; after: boolean; step: (step: Step) => void } {
  const client = useQueryClient();
  const walk = walkOf(kind);
  const pairs = listed(walk, id);
  const known = { before: neighbour(walk, id, -1), after: neighbour(walk, id, 1) };
  const before = useQuery({ ...besideQuery(kind, id, -1, pairs), enabled: known.before === undefined });
  const after = useQuery({ ...besideQuery(kind, id, 1, pairs), enabled: known.after === undefined });
  const step = async (step: Step) => {
    let next = step === 1 ? known.after : known.before;
    if (next === undefined) {
      // The key may come before the answer.
      next = (await client.query({ ...besideQuery(kind, id, step, pairs), staleTime: 'static' }).catch(() => null)) ?? undefined;
      if (next !== undefined && walk) rememberWalk(further(walk, id, step, next));
    }
    if (next !== undefined) go(next);
  };
  return {
    before: (known.before ?? before.data ?? null) !== null,
    after: (known.after ?? after.data ?? null) !== null,
    step: (way) => void step(way),
  };
}
