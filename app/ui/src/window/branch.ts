// Which branch's node this window uses in place of one of its own. Owns the page's side of it: what is asked of the program, and that
// everything begins anew with another node.
import { problemOf } from '@comptoir/kit';
import { queryOptions } from '@tanstack/react-query';
import * as ipc from './ipc';
import { inWindow } from './window';

export const branchQuery = queryOptions({
  queryKey: ['branch'],
  queryFn: async () => (inWindow ? await ipc.branch() : null),
  staleTime: Infinity,
});

/** What the program refuses with is a problem as the node would have answered it. */
async function asked(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (refused) {
    throw problemOf(refused, 409);
  }
  // Nothing that this page holds is of the node that stands behind it now.
  window.location.assign('/');
}

export const enterBranch = (link: string): Promise<void> => asked(ipc.enterBranch(link));
export const leaveBranch = (): Promise<void> => asked(ipc.leaveBranch());

/** The link in what was pasted; what was pasted where there is none: the program says what is wrong with it. */
export const linkIn = (text: string): string => /comptoir:\/\/node\/\S+/i.exec(text)?.[0] ?? text.trim();
