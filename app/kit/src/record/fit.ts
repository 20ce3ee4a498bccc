// A form made to fit what is typed into it: a kind may show only the fields that its other fields leave a meaning. Owns how a form
// is asked; what fits is said by whoever shows the form.
import type { Scalar } from '../api/client';
import type { RecordShown } from '../api/types';
import type { KindSchema } from '../schema/kindSchema';
import { valueAt, type Draft } from './draft';

/** A form as it stands now: what is typed over what is stored. */
export interface FormState {
  isNew: boolean;
  value: (path: string) => Scalar;
  /** The lines of a list, those that are out of use aside. */
  lines: (list: string) => Record<string, Scalar>[];
}

export type Fit = (schema: KindSchema, form: FormState) => KindSchema;

export function stateOf(draft: Draft, record: RecordShown | undefined): FormState {
  const value = (path: string) => (path in draft.set ? (draft.set[path] ?? null) : valueAt(record, path));
  return {
    isNew: record === undefined,
    value,
    lines: (list) => {
      const stored = (record?.lines[list] ?? []).map((line) =>
        Object.fromEntries(Object.keys(line).map((name) => [name, value(`${list}.${line.key}.${name}`) ?? line[name] ?? null])),
      );
      const added = draft.add.filter((line) => line.list === list).map((line) => line.fields);
      return [...stored, ...added].filter((line) => line.archived !== true);
    },
  };
}

/** The draft less what the form does not show: a field that lost its meaning is not sent. */
export function within(draft: Draft, schema: KindSchema): Draft {
  const shown = new Set(schema.fields.map((field) => field.path));
  const lists = new Set(schema.lines.map((lines) => lines.list));
  const isShown = (path: string) => shown.has(path) || lists.has(path.split('.')[0] ?? '');
  const kept = (values: Record<string, Scalar>) => Object.fromEntries(Object.entries(values).filter(([path]) => isShown(path)));
  return { set: kept(draft.set), base: kept(draft.base), add: draft.add.filter((line) => lists.has(line.list)) };
}
