// What the table of scopes says of one: each column once, for the screen, for order and for the clipboard. Owns what a filter finds.
import type { GridColumn } from '@comptoir/kit';
import type { Schemas } from '../api/client';
import { inOrderOf } from '../shell/ordered';
import { plain, termsOf } from '../shell/plain';
import type { OwnId } from '../words/catalogue';
import type { Words } from '../words/useWords';

type Scope = Schemas['ScopeShown'];

interface ScopeColumn {
  key: string;
  heading: OwnId;
  width: [number, number];
  isNumeric?: boolean;
  order: (scope: Scope, words: Words) => string | number;
  text: (scope: Scope, words: Words) => string;
}

const laws = (scope: Scope, words: Words): string =>
  scope.jurisdictions.length === 0 ? words.text('held.anywhere') : words.intl.formatList(scope.jurisdictions.map(words.country), { type: 'unit' });

const COLUMNS: ScopeColumn[] = [
  { key: 'scope', heading: 'scopes.scope', width: [170, 2], order: (scope, words) => words.scope(scope.name), text: (scope, words) => words.scope(scope.name) },
  { key: 'name', heading: 'scopes.name', width: [130, 1], order: (scope) => scope.name, text: (scope) => scope.name },
  { key: 'law', heading: 'held.law', width: [170, 2], order: laws, text: laws },
  { key: 'sites', heading: 'held.at', width: [170, 3], order: (scope) => scope.sites.length, text: (scope) => scope.sites.join(' ') },
  { key: 'kept', heading: 'held.kept', width: [120, 1], order: (scope) => scope.kept_out.length, text: (scope) => scope.kept_out.join(' ') },
  { key: 'relay', heading: 'held.relay', width: [150, 1], order: (scope) => Number(scope.relay), text: (scope, words) => words.text(scope.relay ? 'held.relay.yes' : 'held.relay.no') },
  { key: 'entries', heading: 'scopes.entries', width: [100, 0], isNumeric: true, order: (scope) => scope.entries, text: (scope, words) => words.count(scope.entries) },
];

/** Each word stands in the scope's name, or is the code of a site that holds it. */
export function found(scopes: Scope[], typed: string, words: Words): Scope[] {
  const terms = termsOf(typed);
  const fits = (scope: Scope) => {
    const names = plain(`${scope.name} ${words.scope(scope.name)}`);
    return terms.every((term) => names.includes(term) || scope.sites.some((site) => plain(site) === term));
  };
  return scopes.filter(fits);
}

export const inOrder = (scopes: Scope[], sort: string[], words: Words): Scope[] =>
  inOrderOf(scopes, sort, COLUMNS.map(({ key, order }) => ({ key, order: (scope: Scope) => order(scope, words) })), words.intl.locale);

/** The columns as the grid draws them. */
export function drawnColumns(words: Words): GridColumn<Scope>[] {
  return COLUMNS.map(({ key, heading, width, isNumeric, text }) => ({
    key,
    heading: words.text(heading),
    width,
    ...(isNumeric ? { isNumeric } : {}),
    cell: (scope) => text(scope, words),
    copied: (scope) => text(scope, words),
  }));
}
