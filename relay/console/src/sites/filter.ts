// What is typed to find sites, such as `is:offline -site:PAR law:SN`: terms that all hold, a `-` before one that must not. Owns reading it, and
// which sites fit. Words without a name are looked for in code and name. What is not understood is told, and not left out in silence.
import type { Site } from '../api/client';
import { plain } from '../shell/plain';
import { versionOf } from './columns';

const DAY_MS = 86_400_000;

const isStates: Record<string, (site: Site) => boolean> = {
  online: (site) => site.connected,
  offline: (site) => !site.connected,
  unseen: (site) => !site.connected && site.seen == null,
  held: (site) => site.held != null,
  headquarters: (site) => site.headquarters,
  active: (site) => site.removed == null,
  suspended: (site) => site.removed === 'suspended',
  revoked: (site) => site.removed === 'revoked',
};

/** Versions by their parts: 1.10 is later than 1.9. */
function compareVersions(one: string, other: string): number {
  const [first, second] = [one, other].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  const length = Math.max(first?.length ?? 0, second?.length ?? 0);
  for (let at = 0; at < length; at++) {
    const by = (first?.[at] ?? 0) - (second?.[at] ?? 0);
    if (by !== 0) return by;
  }
  return 0;
}

const COMPARED = /^(<=|>=|<|>|=)?(\d+(?:\.\d+)*)$/;

/** `>5` and the like; without a sign the very value. Nothing fits a site that says nothing of it. */
function compared(value: string, own: string | null | undefined): boolean {
  const [, sign = '=', wanted = ''] = COMPARED.exec(value) ?? [];
  if (own == null || own === '' || wanted === '') return false;
  const by = compareVersions(own, wanted);
  return { '=': by === 0, '<': by < 0, '>': by > 0, '<=': by <= 0, '>=': by >= 0 }[sign] ?? false;
}

const number = (of: (health: NonNullable<Site['health']>) => number) => ({
  fits: (site: Site, value: string) => compared(value, site.health ? String(of(site.health)) : null),
  isCompared: true,
});

/** Whole days since the last backup; none of a site that knows of none. */
const backupDays = (site: Site): string | null => (site.health?.backup == null ? null : String(Math.max(0, Math.floor((Date.now() - Date.parse(site.health.backup)) / DAY_MS))));

/** What a term can name: whether a site fits a value of it, and which values there are where they are few. */
const NAMES: Record<string, { fits: (site: Site, value: string) => boolean; of?: string[]; isCompared?: boolean }> = {
  is: { fits: (site, value) => isStates[value]?.(site) ?? false, of: Object.keys(isStates) },
  site: { fits: (site, value) => plain(site.code) === value },
  name: { fits: (site, value) => plain(site.name).includes(value) },
  country: { fits: (site, value) => plain(site.country) === value },
  law: { fits: (site, value) => plain(site.jurisdiction) === value },
  version: { fits: (site, value) => compared(value, versionOf(site)), isCompared: true },
  outbox: number((health) => health.outbox),
  lag: number((health) => health.lag),
  conflicts: number((health) => health.conflicts),
  quarantined: number((health) => health.quarantined),
  backup: { fits: (site, value) => compared(value, backupDays(site)), isCompared: true },
  holds: { fits: (site, value) => site.scopes.some((scope) => plain(scope.name).includes(value)) },
};

export const FILTER_NAMES = Object.keys(NAMES);
export const FILTER_STATES = Object.keys(isStates);

interface Term {
  isNegated: boolean;
  /** One of these. */
  fits: ((site: Site) => boolean)[];
}

export interface Filter {
  terms: Term[];
  /** What was typed and means nothing. */
  faults: string[];
}

/** A term: an optional `-`, an optional name, and a value, in quotes where it has spaces. */
const TERM = /(-?)(?:([\p{L}]+):)?("[^"]*"?|[^\s"]+)/gu;

/** Reads what was typed. Values with commas between are alternatives. */
export function readFilter(typed: string): Filter {
  const filter: Filter = { terms: [], faults: [] };
  for (const [whole, sign, name, written = ''] of typed.matchAll(TERM)) {
    const values = written.replaceAll('"', '').split(',').map(plain).filter((value) => value !== '');
    if (name === undefined) {
      if (values.length > 0) filter.terms.push({ isNegated: sign === '-', fits: values.map((value) => (site) => plain(site.code).includes(value) || plain(site.name).includes(value)) });
      continue;
    }
    const known = Object.hasOwn(NAMES, name.toLowerCase()) ? NAMES[name.toLowerCase()] : undefined;
    if (!known || values.length === 0 || values.some((value) => (known.of && !known.of.includes(value)) || (known.isCompared && !COMPARED.test(value)))) filter.faults.push(whole);
    else filter.terms.push({ isNegated: sign === '-', fits: values.map((value) => (site) => known.fits(site, value)) });
  }
  return filter;
}

/** Whether a site is among those that are looked for. */
export const fitsFilter = (filter: Filter, site: Site): boolean => filter.terms.every(({ isNegated, fits }) => fits.some((one) => one(site)) !== isNegated);
