// What may be done about a site from here. Owns which acts are offered, as the site stands and as what waits leaves them; never says any of it in words.
import type { Site } from '../api/client';
import { isWaiting, type AskedOfHeadquarters, type Request } from '../requests/request';
import { standingOf } from './columns';

export type LineAct = 'hold' | 'release';
export type AskedAct = Exclude<AskedOfHeadquarters['act'], 'rotate'>;
export type SiteAct = LineAct | AskedAct;

/** What is offered for several sites at once. To revoke is for good: it is asked for on a site's own page, one by one. */
export const TOGETHER = ['hold', 'release', 'suspend', 'resume'] as const satisfies SiteAct[];

/** What the relay itself does to a line, at once. Headquarters' is not held, a removed site has none; one that is held can be released whatever came since. */
export function lineActOn({ held, headquarters, removed }: Site): LineAct | undefined {
  if (held != null) return 'release';
  return headquarters || removed != null ? undefined : 'hold';
}

/** What headquarters can be asked about a site. It removes no site of its own node, and what is revoked stays so. */
function sensible(site: Site): AskedAct[] {
  switch (standingOf(site)) {
    case 'active':
      return site.headquarters ? [] : ['suspend', 'revoke'];
    case 'suspended':
      return ['resume', 'revoke'];
    case 'revoked':
      return [];
  }
}

/** The same, without what waits already. */
export const asksOn = (site: Site, requests: Request[]): AskedAct[] => sensible(site).filter((act) => !isWaiting(requests, { act, site: site.code }));

/** Those of some sites that an act is offered for. Nothing is asked about any before it is known what waits. */
export const admitting = (act: SiteAct, sites: Site[], requests: Request[] | undefined): Site[] =>
  sites.filter((site) => (act === 'hold' || act === 'release' ? lineActOn(site) === act : requests !== undefined && asksOn(site, requests).includes(act)));

/** Whether a site can be asked to judge an entry again: one that is removed does not come. */
export const mayJudgeAgain = ({ code, removed }: Site, entry: string, requests: Request[]): boolean => removed == null && !isWaiting(requests, { act: 'judge-again', site: code, entry });
