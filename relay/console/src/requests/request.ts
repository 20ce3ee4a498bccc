// What was asked of nodes, as screens must know it. Owns what waits, and which request is of what; never says any of it in words.
import type { Schemas } from '../api/client';

export type Request = Schemas['RequestShown'];
export type Asked = Schemas['ActAsked'];
/** What is asked about something that is there. */
export type AskedAbout = Exclude<Asked, { act: 'invite' }>;
/** What somebody at headquarters decides of that. */
export type AskedOfHeadquarters = Exclude<AskedAbout, { act: 'judge-again' }>;

export const waits = (request: Request): boolean => request.answer == null;

const isOf = (request: Request, asked: AskedAbout): boolean =>
  request.act === asked.act &&
  (!('site' in asked) || request.site === asked.site) &&
  (!('scope' in asked) || request.scope === asked.scope) &&
  (!('entry' in asked) || request.entry === asked.entry);

/** The last time that just this was asked, in the relay's own order: what waits first, then the latest. */
export const lastOf = (requests: Request[], asked: AskedAbout): Request | undefined => requests.find((request) => isOf(request, asked));

/** Whether just this waits: the relay takes no second one. */
export function isWaiting(requests: Request[], asked: AskedAbout): boolean {
  const last = lastOf(requests, asked);
  return last !== undefined && waits(last);
}

/** What waits for headquarters to decide about a site. */
export const waitingOn = (requests: Request[], code: string): Request[] =>
  requests.filter((request) => waits(request) && request.act !== 'judge-again' && request.site === code);

/** Whether a scope, as the relay names it, is one whose key headquarters can be asked to renew: not the roster, which has none, and none that has no name. */
export const isRenewable = (scope: string): boolean => scope !== 'roster' && !/^[0-9a-f]{32}$/.test(scope);
