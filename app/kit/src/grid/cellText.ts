// What a cell of a list says.
import type { Scalar } from '../api/client';
import type { ListedRecord } from '../api/types';
import type { Words } from '../words/useWords';
import type { Column } from './listQuery';

export function cellText(words: Words, column: Column, record: ListedRecord): string {
  const value = record.fields[column.path];
  const one = (value: Scalar): string => {
    if (value === false) return '';
    if (column.field.kind === 'reference') return record.titles?.[column.path] ?? '';
    return words.value(column.field, value).replace(/\s*\n\s*/g, ', ');
  };
  return Array.isArray(value) ? value.map(one).filter((text) => text !== '').join(', ') : one(value ?? null);
}
