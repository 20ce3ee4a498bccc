// What headquarters' console asks, as a screen must know it before anybody decides. Owns what is asked for, and what approving it comes to;
// never says any of it in words.
import type { Schemas } from '@comptoir/kit';
import { actsOn, type RemovalAct, type Site } from './removal';

type SiteNamed = Schemas['SiteNamed'];
type Scope = Schemas['ScopeShown'];

/** What is asked, and about what. */
export type Asked =
  | { act: 'invite'; site: SiteNamed }
  | { act: 'suspend' | 'resume' | 'revoke'; site: SiteNamed }
  | { act: 'rotate'; scope: string }
  | { act: 'unknown' };

/** What a request asks; an act without its subject is as little known as one of a newer console. */
export function askedIn({ act, site, scope }: Pick<Schemas['ConsoleRequestShown'], 'act' | 'site' | 'scope'>): Asked {
  switch (act) {
    case 'invite':
    case 'suspend':
    case 'resume':
    case 'revoke':
      return site ? { act, site } : { act: 'unknown' };
    case 'rotate':
      return scope ? { act, scope } : { act: 'unknown' };
    default:
      return { act: 'unknown' };
  }
}

/** What an approval does, to what is there. */
export type Approval = { act: 'invite'; site: SiteNamed } | { act: RemovalAct; site: Site } | { act: 'rotate'; scope: Scope };

/** What approving comes to; nothing where the site or the scope is not there, or stands otherwise: it can only be declined. */
export function approvalOf(asked: Asked, sites: Site[], scopes: Scope[]): Approval | undefined {
  switch (asked.act) {
    case 'invite':
      return asked;
    case 'suspend':
    case 'resume':
    case 'revoke': {
      const site = sites.find(({ code }) => code === asked.site.code);
      return site && actsOn(site).includes(asked.act) ? { act: asked.act, site } : undefined;
    }
    case 'rotate': {
      const scope = scopes.find(({ name }) => name === asked.scope);
      return scope && { act: 'rotate', scope };
    }
    case 'unknown':
      return undefined;
  }
}
