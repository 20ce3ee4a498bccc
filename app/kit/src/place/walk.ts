// From record to record in the order of the list that was left. Owns what is remembered of it, for this window.
import type { Pairs } from '../api/records';

export interface Walk {
  kind: string;
  pairs: Pairs;
  ids: string[];
  /** Where the first of them stands in the list. */
  first: number;
}

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

/** The record before (-1) or after (1) this one. */
export function neighbour(kind: string, id: string, step: -1 | 1): string | undefined {
  const walk = walkOf(kind);
  const at = walk?.ids.indexOf(id) ?? -1;
  return at < 0 ? undefined : walk?.ids[at + step];
}
