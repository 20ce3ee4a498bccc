// The form of an own field shows the rules that fields of its type have, and takes its default as such a field would. Owns which
// rule belongs to which type, as the node has it too; the node judges.
import type { Field, Fit } from '@comptoir/kit';

/** The rules of each type; what no type names, every type has. */
const RULES: Record<string, readonly string[]> = {
  text: ['pattern', 'length'],
  number: ['min', 'max', 'decimals'],
  date: ['min', 'max'],
  choice: ['choices'],
  reference: ['target'],
  money: ['min', 'max'],
  'yes-no': [],
};
const OF_SOME = new Set(Object.values(RULES).flat());
/** Said once, so that values keep their meaning. */
const FIXED = new Set(['kind', 'key', 'type', 'target']);
const HELD: Record<string, Field['kind']> = { number: 'decimal', date: 'date', money: 'money' };

export const customFieldFit: Fit = (schema, form) => {
  const chosen = form.value('type');
  const type = typeof chosen === 'string' ? chosen : '';
  const fits = (path: string) => !OF_SOME.has(path) || (RULES[type] ?? []).includes(path);
  const choices = form.lines('choices');
  const fit = (field: Field): Field => {
    const held = ['default', 'min', 'max'].includes(field.path) ? HELD[type] : undefined;
    const fixed = FIXED.has(field.path) && !form.isNew ? { fixed: true } : {};
    if (held) return { ...field, ...fixed, kind: held };
    if (field.path !== 'default') return { ...field, ...fixed };
    if (type === 'yes-no') return { ...field, choices: ['true', 'false'] };
    if (type === 'choice') {
      const values = choices.map((line) => String(line.value ?? '')).filter((value) => value !== '');
      return { ...field, choices: values };
    }
    const target = form.value('target');
    if (type === 'reference' && typeof target === 'string' && target !== '') return { ...field, kind: 'reference', target };
    return field;
  };
  return {
    ...schema,
    fields: schema.fields.filter((field) => fits(field.path)).map(fit),
    lines: schema.lines
      .filter((lines) => fits(lines.list))
      .map((lines) => ({ ...lines, fields: lines.fields.map((field) => (field.path === 'value' ? { ...field, fixed: true } : field)) })),
  };
};
