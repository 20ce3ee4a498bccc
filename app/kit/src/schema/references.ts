// Which records name which: the reference fields of a kind, and what a record holds in them. Owns the reading of schema and record;
// asks nothing of the node.
import { valueAt } from '../record/draft';
import type { RecordShown } from '../api/types';
import type { Field, KindSchema, Lines } from './kindSchema';

export interface Reference {
  /** As lists are filtered by it: `supplier`, `relations.to`. */
  path: string;
  field: Field;
  lines?: Lines;
  target: string;
}

/** The fields of a kind that name records. */
export function references(schema: KindSchema): Reference[] {
  const naming = (fields: Field[], lines?: Lines): Reference[] =>
    fields.flatMap((field) =>
      field.kind === 'reference' && field.target
        ? [{ path: lines ? `${lines.list}.${field.path}` : field.path, field, target: field.target, ...(lines ? { lines } : {}) }]
        : [],
    );
  return [...naming(schema.fields), ...schema.lines.flatMap((lines) => naming(lines.fields, lines))];
}

export interface Named {
  reference: Reference;
  id: string;
}

/** The records that a record names, each field once for each of them. */
export function namedBy(schema: KindSchema, record: RecordShown): Named[] {
  const named = references(schema).flatMap((reference) => {
    const values = reference.lines
      ? (record.lines[reference.lines.list] ?? []).filter((line) => !line.archived).map((line) => line[reference.field.path])
      : [valueAt(record, reference.path)];
    return values.flatMap((id) => (typeof id === 'string' && id !== '' ? [{ reference, id }] : []));
  });
  const seen = new Set<string>();
  return named.filter(({ reference, id }) => {
    const key = `${reference.path} ${id}`;
    return !seen.has(key) && seen.add(key);
  });
}
