// The columns that an import can fill, by their names here; and which of them a column of the file probably is.
import type { Field, KindSchema, Lines } from '../schema/kindSchema';

export interface Target {
  value: string;
  label: string;
}

export function targets(schema: KindSchema, fieldName: (field: Field) => string, linesName: (lines: Lines) => string): Target[] {
  const own = schema.fields.filter((field) => field.widget !== 'computed').map((field) => ({ value: field.path, label: fieldName(field) }));
  const ofLines = schema.lines.flatMap((lines) =>
    lines.fields.map((field) =>
      lines.list === 'addresses'
        ? { value: field.path, label: `${linesName(lines)} · ${fieldName(field)}` }
        : { value: `${lines.list}.1.${field.path}`, label: `${linesName(lines)} · ${fieldName(field)}` },
    ),
  );
  return [...own, ...ofLines, { value: 'id', label: 'id' }];
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s_'’.-]+/g, '');

export function guess(column: string, offered: Target[]): string {
  const wanted = plain(column);
  const known = offered.find((target) => plain(target.value) === wanted || plain(target.label) === wanted || plain(target.label.split(' · ').at(-1) ?? '') === wanted);
  return known?.value ?? '';
}
