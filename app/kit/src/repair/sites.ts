// Two sites held against each other by the hashes that each has of its scopes. Owns the text that is passed from one to the other
// (what `comptoir-node digest --json` prints is one too) and the judgement; sends nothing.
import type { Schemas } from '../api/client';

export type SiteDigest = Schemas['Digest'] & {
  /** The site's code; the command does not say it. */
  site?: string;
};

/** Each entry of a scope, and what follows from them. */
export type Likeness =
  /** The same, and understood alike. */
  | 'alike'
  /** One has what has not reached the other yet. */
  | 'behind'
  /** Both have the same and make another thing of it. */
  | 'apart';

export interface Compared {
  scope: string;
  likeness: Likeness;
}

const isHashes = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((hash) => typeof hash === 'string');

/** The digest that a person brought from another site; undefined if it is none. */
export function readDigest(text: string): SiteDigest | undefined {
  try {
    const read = JSON.parse(text) as Partial<Record<'site' | 'scopes' | 'state', unknown>> | null;
    if (!isHashes(read?.scopes) || !isHashes(read.state)) return undefined;
    const { scopes, state, site } = read;
    return { scopes, state, ...(typeof site === 'string' ? { site } : {}) };
  } catch {
    return undefined;
  }
}

export const writeDigest = (digest: SiteDigest): string => JSON.stringify(digest);

/** The scopes that both have, what is wrong first. */
export function compared(own: SiteDigest, other: SiteDigest): Compared[] {
  const weight: Record<Likeness, number> = { apart: 0, behind: 1, alike: 2 };
  return Object.keys(own.scopes)
    .filter((scope) => Object.hasOwn(other.scopes, scope))
    .map((scope) => ({ scope, likeness: likeness(own, other, scope) }))
    .sort((one, next) => weight[one.likeness] - weight[next.likeness] || one.scope.localeCompare(next.scope));
}

function likeness(own: SiteDigest, other: SiteDigest, scope: string): Likeness {
  if (own.scopes[scope] !== other.scopes[scope]) return 'behind';
  const [mine, theirs] = [own.state[scope], other.state[scope]];
  return mine !== undefined && theirs !== undefined && mine !== theirs ? 'apart' : 'alike';
}
