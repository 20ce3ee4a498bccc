// The form of an own field, by its type.
import type { Field, FormState, KindSchema, Scalar } from '@comptoir/kit';
import { describe, expect, it } from 'vitest';
import { customFieldFit } from './customFieldFit';

const field = (path: string): Field => ({
  path, label: `custom-field.${path}`, kind: 'text', choices: [], choiceTexts: {}, group: '', order: 0, required: false, listed: false, filterable: false, isCustom: false,
});
const paths = ['kind', 'key', 'type', 'label_fr', 'required', 'default', 'target', 'min', 'max', 'pattern', 'length', 'decimals'];
const schema: KindSchema = {
  kind: 'custom-field',
  writeClass: 'reference',
  fields: paths.map(field),
  lines: [{ list: 'choices', group: '', order: 0, fields: [field('value'), field('label_fr')] }],
};
const form = (values: Record<string, Scalar>, isNew = true): FormState => ({
  isNew,
  value: (path) => values[path] ?? null,
  lines: () => [{ value: 's' }, { value: 'l' }, { value: '' }],
});
const rules = (type: string) => {
  const fitted = customFieldFit(schema, form({ type, target: 'item' }));
  return [...fitted.fields.map((field) => field.path), ...fitted.lines.map((lines) => lines.list)].filter((path) => !['kind', 'key', 'type', 'label_fr', 'required', 'default'].includes(path));
};
const taken = (type: string) => customFieldFit(schema, form({ type, target: 'item' })).fields.find((field) => field.path === 'default');

describe('the form of an own field', () => {
  it('asks for the rules of its type alone', () => {
    expect(rules('text')).toEqual(['pattern', 'length']);
    expect(rules('number')).toEqual(['min', 'max', 'decimals']);
    expect(rules('date')).toEqual(['min', 'max']);
    expect(rules('money')).toEqual(['min', 'max']);
    expect(rules('reference')).toEqual(['target']);
    expect(rules('choice')).toEqual(['choices']);
    expect(rules('yes-no')).toEqual([]);
    expect(rules('')).toEqual([]);
  });

  it('takes the default as the field would take a value', () => {
    expect([taken('number')?.kind, taken('date')?.kind, taken('money')?.kind, taken('text')?.kind]).toEqual(['decimal', 'date', 'money', 'text']);
    expect(taken('choice')?.choices).toEqual(['s', 'l']);
    expect(taken('yes-no')?.choices).toEqual(['true', 'false']);
    expect([taken('reference')?.kind, taken('reference')?.target]).toEqual(['reference', 'item']);
  });

  it('keeps what stays for ever once it is made', () => {
    const fixed = (isNew: boolean) => customFieldFit(schema, form({ type: 'text' }, isNew)).fields.filter((field) => field.fixed).map((field) => field.path);
    expect([fixed(true), fixed(false)]).toEqual([[], ['kind', 'key', 'type']]);
  });
});
