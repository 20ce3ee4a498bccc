// What a form shows and sends once it fits.
import { expect, it } from 'vitest';
import type { RecordShown } from '../api/types';
import type { KindSchema } from '../schema/kindSchema';
import type { Draft } from './draft';
import { stateOf, within } from './fit';

const record: RecordShown = {
  id: 'i', kind: 'k', scope: 's', title: 't', archived: false, conflicts: [],
  fields: { type: 'choice' },
  lines: { choices: [{ key: 'a', position: 1, archived: false, value: 's' }, { key: 'b', position: 2, archived: true, value: 'm' }] },
};
const draft: Draft = {
  set: { type: 'text', 'choices.a.value': 'small', decimals: 2 },
  base: { type: 'choice', 'choices.a.value': 's', decimals: null },
  add: [{ list: 'choices', key: 'new', fields: { value: 'l' } }],
};

it('is what is typed over what is stored', () => {
  const form = stateOf(draft, record);
  expect([form.isNew, form.value('type'), form.value('name')]).toEqual([false, 'text', null]);
  expect(form.lines('choices').map((line) => line.value)).toEqual(['small', 'l']);
  expect(stateOf(draft, undefined).lines('choices').map((line) => line.value)).toEqual(['l']);
});

it('sends nothing that it does not show', () => {
  const type = { path: 'type' } as KindSchema['fields'][number];
  const schema: KindSchema = { kind: 'k', writeClass: 'reference', fields: [type], lines: [] };
  expect(within(draft, schema)).toEqual({ set: { type: 'text' }, base: { type: 'choice' }, add: [] });
});
