// Where a record lives, and where else it could: in the scope of its kind, between a site and headquarters, or in a scope that the
// organisation defined. Owns what this site can choose among; the node judges.
import type { Schemas } from '../api/client';

type Organisation = Schemas['Organisation'];
type Scope = Schemas['ScopeShown'];

/** Seen by this site and headquarters alone. */
export const PRIVATE = 'private';

/** The scopes that the organisation defined and this site holds. */
export function definedHere(organisation: Organisation | undefined): Scope[] {
  const here = organisation?.sites.find((site) => site.here)?.code ?? '';
  return organisation?.scopes.filter((scope) => scope.defined && scope.holders.includes(here)) ?? [];
}

/** The scope of a record that fewer see than those of its kind; nothing of any other. */
export function apart(organisation: Organisation | undefined, scope: string): Scope | undefined {
  const found = organisation?.scopes.find((known) => known.id === scope);
  return found && (found.defined || found.name.startsWith(`${PRIVATE}:`)) ? found : undefined;
}

/** The defined scopes in which a record can be shared: everybody sees them who sees it now, and somebody besides. */
export const widerThan = (organisation: Organisation | undefined, now: Scope): Scope[] =>
  definedHere(organisation).filter((scope) => scope.id !== now.id && now.holders.every((site) => scope.holders.includes(site)));
