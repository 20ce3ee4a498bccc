// One thing done about each of several sites, as a request of its own: the audit log tells each, and what is refused of one is done of the others.
// Owns how many are on their way at a time, and what ends all of it early; neither makes the requests nor words what came of them.
import { asProblem, type Problem } from '@comptoir/kit';

/** A browser has six connections to one place: the list is read, and the stream of changes listened to, meanwhile. */
export const AT_ONCE = 4;

/** What is refused of one in such a way would be refused of every other. */
const OF_ALL = new Set(['relay-unreachable', 'unauthorised', 'not-granted', 'too-long', 'too-many-requests', 'storage-failed']);

/** A site of which it was not done, and why not. */
export interface Refusal {
  site: string;
  problem: Problem;
}

export interface Ended {
  done: string[];
  refused: Refusal[];
}

export interface Watching {
  /** Hears how many are behind it. */
  told: (count: number) => void;
  /** Whether nothing more is to be begun. */
  isStopped: () => boolean;
}

/** Sites that were not begun because somebody stopped it are in neither list. */
export async function together(sites: string[], act: (site: string) => Promise<void>, { told, isStopped }: Watching): Promise<Ended> {
  const ended: Ended = { done: [], refused: [] };
  const waiting = [...sites];
  let ofAll: Problem | undefined;
  const one = async (site: string) => {
    try {
      await act(site);
      ended.done.push(site);
    } catch (error) {
      const problem = asProblem(error);
      if (OF_ALL.has(problem.code)) ofAll = problem;
      ended.refused.push({ site, problem });
    }
    told(ended.done.length + ended.refused.length);
  };
  const work = async () => {
    while (!ofAll && !isStopped()) {
      const site = waiting.shift();
      if (site === undefined) return;
      await one(site);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const problem = ofAll;
  if (problem) ended.refused.push(...waiting.map((site) => ({ site, problem })));
  return ended;
}

/** Refusals of one kind together, each with its sites, as they came. */
export function byProblem(refused: Refusal[]): { problem: Problem; sites: string[] }[] {
  const kinds = new Map<string, { problem: Problem; sites: string[] }>();
  for (const { site, problem } of refused) {
    const kind = kinds.get(problem.code) ?? { problem, sites: [] };
    kind.sites.push(site);
    kinds.set(problem.code, kind);
  }
  return [...kinds.values()];
}
