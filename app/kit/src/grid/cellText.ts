// What a cell of a list says, to who reads it and to the clipboard.
import type { Scalar } from '../api/client';
import type { ListedRecord } from '../api/types';
import { editable } from '../format/numbers';
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

/** What a cell is on the clipboard: numbers without groups, amounts with their currency's code, days in the form that is the same
 *  everywhere. Spreadsheets read them so, and so does what is pasted here. */
export function copiedText(words: Words, column: Column, record: ListedRecord): string {
  const value = record.fields[column.path];
  const { kind } = column.field;
  if (value === null || value === undefined || Array.isArray(value) || column.field.widget === MARK) return cellText(words, column, record);
  if (kind === 'int' || kind === 'decimal' || kind === 'money') return editable(String(value), words.intl.locale);
  return kind === 'date' ? String(value) : cellText(words, column, record);
}
