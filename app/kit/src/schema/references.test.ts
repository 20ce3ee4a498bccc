// Reference fields are found in records and in lines, and what they name is told once.
import { expect, it } from 'vitest';
import type { RecordShown } from '../api/types';
import { kindSchema } from './kindSchema';
import { namedBy, references } from './references';

const schema = kindSchema({
  'x-kind': 'move',
  properties: {
    party: { 'x-ui': { kind: 'reference', target: 'party' } },
    note: { 'x-ui': { kind: 'text' } },
    lines: { 'x-line-fields': { item: { kind: 'reference', target: 'item' }, quantity: { kind: 'decimal' } } },
    custom: { properties: { agent: { 'x-ui': { kind: 'reference', target: 'party' } } } },
  },
});
const line = (key: string, item: string, archived = false) => ({ key, position: 0, archived, item, quantity: '1' });
const record = {
  archived: false,
  fields: { party: 'P', note: 'Q' },
  custom: { agent: null },
  lines: { lines: [line('a', 'I'), line('b', 'I'), line('c', 'J', true)] },
} as unknown as RecordShown;

it('reference fields are those of the record, of its lines and the organisation’s own', () => {
  expect(references(schema).map(({ path, target }) => `${path}>${target}`).sort()).toEqual(['custom.agent>party', 'lines.item>item', 'party>party']);
});

it('what is named is told once, and not by lines that are set aside', () => {
  expect(namedBy(schema, record).map(({ reference, id }) => `${reference.path}=${id}`).sort()).toEqual(['lines.item=I', 'party=P']);
});
