// The catalogues hold against each other, against the code that uses them, and against what the node can name.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asked, differing, unreadable, unused } from './asked';
import enCommon from './en/common.json';
import enSetup from './en/setup.json';
import enStock from './en/stock.json';
import enText from './en/text.json';
import enWindow from './en/window.json';
import { english } from '../words/catalogue';
import { french } from '../words/french';

const APP = resolve(import.meta.dirname, '../../..');
const openapi = JSON.parse(readFileSync(join(APP, '../node/openapi.json'), 'utf8')) as { components: { schemas: Record<string, Schema> } };

interface Hints {
  label: string;
  choices: string[];
  group: string;
}
interface Schema {
  'x-kind'?: string;
  enum?: string[];
  properties?: Record<string, { 'x-ui'?: Hints; 'x-line-fields'?: Record<string, Hints> }>;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'messages' ? [] : sources(path);
    return /\.(tsx?|rs)$/.test(entry.name) && !/\.test\./.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}
// The window's own program words its tray and its notices from the same catalogues.
const code = ['kit/src', 'ui/src', 'src'].flatMap((folder) => sources(join(APP, folder))).join('\n');

const kinds = Object.values(openapi.components.schemas).filter((schema) => schema['x-kind'] !== undefined);
const hints = kinds.flatMap((kind) =>
  Object.values(kind.properties ?? {}).flatMap((property) => [...(property['x-ui'] ? [property['x-ui']] : []), ...Object.values(property['x-line-fields'] ?? {})]),
);
const lists = kinds.flatMap((kind) => Object.entries(kind.properties ?? {}).flatMap(([name, property]) => (property['x-line-fields'] ? [name] : [])));
const lacking = (ids: string[]) => [...new Set(ids)].filter((id) => !(id in english) || !(id in french));

describe('messages', () => {
  it('are the same in both languages, and ask for the same values', () => {
    expect(Object.keys(french).sort()).toEqual(Object.keys(english).sort());
    expect(differing(english, french)).toEqual([]);
  });

  it('are compared by what they ask for, whatever words stand within a plural', () => {
    expect(asked('{n, plural, one {One {kind} row} other {# rows of {place}}} · {name}')).toEqual(['kind', 'n', 'name', 'place']);
    expect(asked('{n, plural, one {une ligne} other {{n} lignes}}')).toEqual(['n']);
    expect(asked('{a, number} {b, select, x {} other {<i>{c}</i>}}')).toEqual(['a', 'b', 'c']);
  });

  it('can be read in both', () => {
    expect([...unreadable('en', english), ...unreadable('fr', french)]).toEqual([]);
  });

  it('are all used', () => {
    expect(unused(Object.keys({ ...enCommon, ...enText, ...enSetup, ...enStock, ...enWindow }), code)).toEqual([]);
  });

  it('word every field, choice, list and kind that the node names', () => {
    expect(lacking(hints.map((field) => `field.${field.label}`))).toEqual([]);
    expect(lacking(hints.flatMap((field) => field.choices.map((choice) => `choice.${field.label}.${choice}`)))).toEqual([]);
    expect(lacking(hints.map((field) => `group.${field.group || 'general'}`))).toEqual([]);
    expect(lacking(lists.map((list) => `lines.${list}`))).toEqual([]);
    expect(lacking(kinds.flatMap((kind) => [`kind.${kind['x-kind']}`, `kind.one.${kind['x-kind']}`]))).toEqual([]);
  });

  it('word every refusal, every problem and every item of the inbox', () => {
    const problems = readFileSync(join(APP, '../node/src/problem.rs'), 'utf8');
    const own = [...problems.matchAll(/^ {4}\w+, "([a-z-]+)", \w+, \d+/gm)].map((match) => match[1] ?? '');
    expect(own.length).toBeGreaterThan(30);
    expect(lacking([...own, ...(openapi.components.schemas.Code?.enum ?? [])].map((code) => `problem.${code}`))).toEqual([]);
    const items = openapi.components.schemas.ItemKind?.enum ?? [];
    expect(lacking(items.flatMap((kind) => [`item.${kind}`, `item.what.${kind}`]))).toEqual([]);
  });

  it('word nothing that the node does not name', () => {
    const labels = new Set(hints.map((field) => `field.${field.label}`));
    expect(Object.keys(english).filter((id) => id.startsWith('field.') && !labels.has(id))).toEqual([]);
  });
});
