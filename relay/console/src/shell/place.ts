// Where things are in the console, and what stands behind `?` of such a place.

export type Pairs = [string, string][];

export const places = {
  sites: '/sites',
  site: (code: string) => `/sites/${encodeURIComponent(code)}`,
  requests: '/requests',
  alarms: '/alarms',
  scopes: '/scopes',
  relay: '/relay',
  accounts: '/accounts',
  audit: '/audit',
  setup: '/set-up',
};

/** More of them are not named one by one. */
const MOST_NAMED = 40;

/** The list of just these sites; of all, where they are many. */
export const listOf = (codes: string[]): string => (codes.length === 0 || codes.length > MOST_NAMED ? places.sites : `${places.sites}?${new URLSearchParams({ filter: `site:${codes.join(',')}` }).toString()}`);

export const valueOf = (pairs: Pairs, name: string): string => pairs.find(([own]) => own === name)?.[1] ?? '';

/** The pairs with these values instead; what is empty is left out. */
export function withValues(pairs: Pairs, values: Record<string, string>): Pairs {
  const others = pairs.filter(([name]) => !Object.hasOwn(values, name));
  return [...others, ...Object.entries(values).filter(([, value]) => value !== '')];
}
