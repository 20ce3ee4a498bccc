// Removing a site and letting it back, as a screen must know it before it is asked for. Owns which acts are offered, what would count
// after each, and what follows from it; never says any of it in words.
import type { Schemas } from '@comptoir/kit';

export type Site = Schemas['SiteStanding'];
export type RemovalAct = 'suspend' | 'resume' | 'revoke' | 'adopt';

/** What can be done to a site by headquarters, which removes no site of its own node. */
export function actsOn({ here, standing, past_cut }: Site): RemovalAct[] {
  if (here) return [];
  const adopt: RemovalAct[] = past_cut > 0 ? ['adopt'] : [];
  if (standing === 'member') return ['suspend', 'revoke'];
  return standing === 'suspended' ? ['resume', ...adopt, 'revoke'] : adopt;
}

/** One log: how many of its entries are here, how many count now, and how many would. */
export interface CutLine {
  scope: string;
  /** Which of several histories of the site in this scope it is, from 1; a restored node began another. */
  history?: number;
  held: number;
  now: number;
  then: number;
}

/** The cut of each log, before it is made. A removal leaves it where it lies or would lie; resumed or adopted, all that is here counts. */
export function cutOf({ logs }: Site, act: RemovalAct): CutLine[] {
  const letsCount = act === 'resume' || act === 'adopt';
  const isOneOf = (scope: string) => logs.filter((log) => log.scope === scope).length > 1;
  return logs.map(({ scope, held, counts }, at) => ({
    scope,
    ...(isOneOf(scope) ? { history: logs.slice(0, at + 1).filter((log) => log.scope === scope).length } : {}),
    held,
    now: counts,
    then: letsCount ? held : counts,
  }));
}

export type Consequence = 'cut' | 'stays' | 'unaware' | 'keys' | 'resumable' | 'good' | 'all' | 'catchesUp' | 'held' | 'notHeld' | 'removed';

/** What follows from an act, in the order in which it matters. */
export function consequences({ standing }: Site, act: RemovalAct): Consequence[] {
  switch (act) {
    case 'suspend':
      return ['cut', 'unaware', 'keys', 'resumable'];
    case 'revoke':
      // Of a site that is suspended the cut was made and the keys were changed then.
      return standing === 'suspended' ? ['stays', 'good'] : ['cut', 'unaware', 'keys', 'good'];
    case 'resume':
      return ['all', 'catchesUp'];
    case 'adopt':
      return ['held', 'notHeld', 'removed'];
  }
}

/** A revocation cannot be taken back: it is asked for by the code of the site. */
export const isConfirmed = (act: RemovalAct, code: string, typed: string): boolean => act !== 'revoke' || typed.trim() === code;
