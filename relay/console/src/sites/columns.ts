// What the table of sites says of one: each column once, for the screen, for order, for the clipboard and for a file. A further column is
// one more line here, and its heading in the messages.
import type { GridColumn } from '@comptoir/kit';
import type { Schemas, Site } from '../api/client';
import { inOrderOf, type Ordered } from '../shell/ordered';
import type { OwnId } from '../words/catalogue';
import type { Words } from '../words/useWords';

type Health = Schemas['HealthShown'];

export interface SiteColumn extends Ordered<Site> {
  heading: OwnId;
  width: [number, number];
  isNumeric?: boolean;
  text: (site: Site, words: Words, nowMs: number) => string;
  /** In a file, where it is other than on the screen. */
  file?: (site: Site) => string | number;
}

const entries = (site: Site): number => site.scopes.reduce((sum, scope) => sum + scope.entries, 0);

/** How its line is; that it is held goes before all else. */
export const stateOf = (site: Site): 'online' | 'held' | 'offline' | 'unseen' => (site.held != null ? 'held' : site.connected ? 'online' : site.seen == null ? 'unseen' : 'offline');
export const standingOf = (site: Site): 'active' | 'suspended' | 'revoked' => (site.removed === 'suspended' || site.removed === 'revoked' ? site.removed : 'active');

/** What a site says of itself as a number; what never said it comes last. */
const told = (key: string, heading: OwnId, of: (health: Health) => number | null | undefined, say: (words: Words, number: number) => string = (words, number) => words.count(number)): SiteColumn => ({
  key,
  heading,
  width: [100, 0],
  isNumeric: true,
  order: (site) => (site.health ? (of(site.health) ?? null) : null),
  text: (site, words) => {
    const number = site.health ? of(site.health) : null;
    return number == null ? '' : say(words, number);
  },
  file: (site) => (site.health ? of(site.health) : null) ?? '',
});

/** The version alone: `comptoir-node/0.1.0` is 0.1.0. */
export const versionOf = (site: Site): string => site.health?.software.split('/').at(-1) ?? '';

/** How far each of a site's logs is held, in a line. */
const held = (site: Site, words: Words): string => site.scopes.map((scope) => `${words.scope(scope.name)} ${words.count(scope.entries)}`).join(' · ');

export const COLUMNS: SiteColumn[] = [
  { key: 'code', heading: 'sites.code', width: [84, 0], order: (site) => site.code, text: (site) => site.code },
  { key: 'state', heading: 'sites.state', width: [100, 0], order: (site) => ['online', 'held', 'offline', 'unseen'].indexOf(stateOf(site)), text: (site, words) => words.text(`sites.state.${stateOf(site)}`), file: stateOf },
  { key: 'seen', heading: 'sites.seen', width: [140, 0], order: (site) => (site.seen == null ? null : Date.parse(site.seen)), text: (site, words, nowMs) => (site.seen == null ? '' : words.ago(site.seen, nowMs)), file: (site) => site.seen ?? '' },
  { key: 'name', heading: 'sites.name', width: [170, 2], order: (site) => site.name, text: (site) => site.name },
  { key: 'country', heading: 'sites.country', width: [110, 1], order: (site) => site.country, text: (site, words) => words.country(site.country), file: (site) => site.country },
  { key: 'law', heading: 'sites.law', width: [110, 1], order: (site) => site.jurisdiction, text: (site, words) => words.country(site.jurisdiction), file: (site) => site.jurisdiction },
  { key: 'standing', heading: 'sites.standing', width: [100, 0], order: standingOf, text: (site, words) => words.text(`sites.standing.${standingOf(site)}`), file: standingOf },
  told('outbox', 'sites.outbox', (health) => health.outbox),
  told('lag', 'sites.lag', (health) => health.lag),
  told('conflicts', 'sites.conflicts', (health) => health.conflicts),
  told('quarantined', 'sites.quarantined', (health) => health.quarantined),
  told('disk', 'sites.disk', (health) => health.disk_free_bytes, (words, bytes) => words.bytes(bytes)),
  { key: 'backup', heading: 'sites.backup', width: [120, 0], order: (site) => (site.health?.backup == null ? null : Date.parse(site.health.backup)), text: (site, words, nowMs) => (site.health?.backup == null ? '' : words.ago(site.health.backup, nowMs)), file: (site) => site.health?.backup ?? '' },
  told('clock', 'sites.clock', (health) => Math.round(health.clock_skew_ms / 1_000), (words, seconds) => words.seconds(seconds)),
  { key: 'version', heading: 'sites.version', width: [90, 0], order: (site) => versionOf(site) || null, text: versionOf },
  { key: 'entries', heading: 'sites.entries', width: [110, 0], isNumeric: true, order: entries, text: (site, words) => words.count(entries(site)), file: entries },
  { key: 'held', heading: 'sites.held', width: [220, 3], order: (site) => site.scopes.length, text: held, file: (site) => site.scopes.map((scope) => `${scope.name} ${scope.entries}`).join('; ') },
];

export const inOrder = (sites: Site[], sort: string[], locale: string): Site[] => inOrderOf(sites, sort, COLUMNS, locale);

/** The columns as the grid draws them, at a moment. */
export function drawnColumns(words: Words, nowMs: number): GridColumn<Site>[] {
  return COLUMNS.map(({ key, heading, width, isNumeric, text, file }) => ({
    key,
    heading: words.text(heading),
    width,
    ...(isNumeric ? { isNumeric } : {}),
    cell: (site) => text(site, words, nowMs),
    copied: (site) => (isNumeric && file ? String(file(site)) : text(site, words, nowMs)),
  }));
}

/** What is shown as the rows of a file, headings first: moments and codes as programs read them. */
export const fileRows = (sites: Site[], words: Words, nowMs: number): (string | number)[][] => [
  COLUMNS.map((column) => words.text(column.heading)),
  ...sites.map((site) => COLUMNS.map(({ text, file }) => (file ? file(site) : text(site, words, nowMs)))),
];
