// What a cell of a list says.
import type { Scalar } from '../api/client';
import type { ListedRecord } from '../api/types';
import type { Words } from '../words/useWords';
import type { Column } from './listQuery';

/** The widget of a field of which a list shows alone whether it is filled in. */
export const MARK = 'mark';

export function cellText(words: Words, column: Column, record: ListedRecord): string {
  const value = record.fields[column.path];
  const one = (value: Scalar): string => {
    if (value === false) return '';
    if (column.field.widget === MARK) return value === null || value === '' ? '' : words.value(undefined, true);
    if (column.field.kind === 'reference') return record.titles?.[column.path] ?? '';
    return words.value(column.field, value).replace(/\s*\n\s*/g, ', ');
  };
  return Array.isArray(value) ? value.map(one).filter((text) => text !== '').join(', ') : one(value ?? null);
}
