// Unsaved work on a record: what was typed, over the record as the node has it. Owns how it is kept (in this browser, at once, so
// that a crash loses nothing) and how it becomes a request. Fields that nobody touched are never sent.
import { MAX_BODY_BYTES, type Scalar } from '../api/client';
import type { Pairs } from '../api/records';
import type { Changes, RecordShown } from '../api/types';
import { keep } from '../place/kept';

export interface AddedLine {
  list: string;
  /** Until the node gives it one of its own. */
  key: string;
  fields: Record<string, Scalar>;
}

export interface Draft {
  set: Record<string, Scalar>;
  /** What stood there when it was typed over. */
  base: Record<string, Scalar>;
  add: AddedLine[];
  /** Where a record that is being made shall live, if not where those of its kind do. */
  scope?: string | undefined;
}

export const emptyDraft: Draft = { set: {}, base: {}, add: [] };

export const isEmpty = (draft: Draft): boolean =>
  Object.keys(draft.set).length === 0 && draft.scope === undefined && draft.add.every((line) => isBlank(line));

export const isBlank = (line: AddedLine): boolean =>
  Object.values(line.fields).every((value) => value === '' || value === null || value === false);

/** The value that a record has at a path: `name`, `custom.size`, `addresses.KEY.city`. */
export function valueAt(record: RecordShown | undefined, path: string): Scalar {
  if (!record) return null;
  const [first = '', second, third] = path.split('.');
  if (first === 'custom' && second !== undefined) return record.custom?.[second] ?? null;
  if (path === 'archived') return record.archived;
  if (third !== undefined) return record.lines[first]?.find((line) => line.key === second)?.[third] ?? null;
  return record.fields[path] ?? null;
}

/** Nothing, empty text, and no are alike to who looks at a form. */
export const alike = (one: Scalar | undefined, other: Scalar | undefined): boolean => {
  const plain = (value: Scalar | undefined) => (value === '' || value === undefined || value === false ? null : value);
  return plain(one) === plain(other);
};

export function edited(draft: Draft, record: RecordShown | undefined, path: string, value: Scalar): Draft {
  const now = valueAt(record, path);
  if (alike(value, now)) return without(draft, path);
  const base = path in draft.base ? draft.base : { ...draft.base, [path]: now };
  return { ...draft, set: { ...draft.set, [path]: value }, base };
}

/** The draft less one field. */
export function without(draft: Draft, path: string): Draft {
  const others = (values: Record<string, Scalar>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => name !== path));
  return { ...draft, set: others(draft.set), base: others(draft.base) };
}

/** The draft less what the record says by now, whoever saved it. */
export function settled(draft: Draft, record: RecordShown): Draft {
  const there = Object.keys(draft.set).filter((path) => alike(draft.set[path], valueAt(record, path)));
  return there.reduce(without, draft);
}

/** The draft of a record that begins with fields which a link says: they go before what was typed for another one. */
export const begun = (draft: Draft, presets: Pairs): Draft => presets.reduce((draft, [path, value]) => edited(draft, undefined, path, value), draft);

/** Whether there is nothing in it that a person typed: what a record begins with is nobody's work. */
export const isUntouched = (draft: Draft, presets: Pairs): boolean =>
  isEmpty(presets.reduce((draft, [path, value]) => (alike(draft.set[path], value) ? without(draft, path) : draft), draft));

/** What is sent. Blank lines are left out, and so are blank fields of a line that is added. */
export function toChanges(draft: Draft): Changes {
  const add: Record<string, Record<string, Scalar>[]> = {};
  for (const line of draft.add) {
    if (isBlank(line)) continue;
    const filled = Object.entries(line.fields).filter(([, value]) => value !== '' && value !== null);
    (add[line.list] ??= []).push(Object.fromEntries(filled));
  }
  return {
    ...(Object.keys(draft.set).length > 0 ? { set: draft.set } : {}),
    ...(Object.keys(add).length > 0 ? { add } : {}),
  };
}

/** Fields that somebody else changed under the draft: what is there now is neither what was typed over nor what was typed. */
export function overtaken(draft: Draft, record: RecordShown): string[] {
  return Object.keys(draft.set).filter((path) => {
    const now = valueAt(record, path);
    return !alike(now, draft.base[path]) && !alike(now, draft.set[path]);
  });
}

/** Every path at which two states of a record differ. */
export function differences(one: RecordShown, other: RecordShown): string[] {
  const paths = new Set<string>();
  const compare = (prefix: string, before: Record<string, Scalar>, after: Record<string, Scalar>) => {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (name !== 'key' && name !== 'position' && !alike(before[name], after[name])) paths.add(prefix + name);
    }
  };
  compare('', one.fields, other.fields);
  compare('custom.', one.custom ?? {}, other.custom ?? {});
  if (one.archived !== other.archived) paths.add('archived');
  for (const list of new Set([...Object.keys(one.lines), ...Object.keys(other.lines)])) {
    const before = new Map((one.lines[list] ?? []).map((line) => [line.key, line]));
    const after = new Map((other.lines[list] ?? []).map((line) => [line.key, line]));
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      compare(`${list}.${key}.`, before.get(key) ?? {}, after.get(key) ?? {});
    }
  }
  return [...paths];
}

const PLACES = 'comptoir.draft.';
const place = (kind: string, id: string) => `${PLACES}${kind}.${id}`;

/** Whether a place of this browser's storage is a draft's, and this one's. */
export const isPlaceOf = (key: string | null, kind: string, id: string): boolean => key === place(kind, id);

export interface KeptDraft {
  kind: string;
  /** The record's, or a name that its window drew for one that is being made. */
  id: string;
  draft: Draft;
}

/** Everything that was typed in this browser and not saved. */
export function keptDrafts(): KeptDraft[] {
  const kept: KeptDraft[] = [];
  for (let at = 0; at < localStorage.length; at++) {
    const key = localStorage.key(at) ?? '';
    // A kind holds no full stop, and neither does an id.
    const [kind, id] = key.startsWith(PLACES) ? key.slice(PLACES.length).split('.') : [];
    if (kind === undefined || id === undefined) continue;
    const draft = keptDraft(kind, id);
    if (!isEmpty(draft)) kept.push({ kind, id, draft });
  }
  return kept.sort((one, other) => one.kind.localeCompare(other.kind) || one.id.localeCompare(other.id));
}

/** What was kept of an earlier visit, or of a window that crashed. */
export function keptDraft(kind: string, id: string): Draft {
  try {
    const kept = JSON.parse(localStorage.getItem(place(kind, id)) ?? 'null') as Partial<Draft> | null;
    return kept ? { ...emptyDraft, ...kept } : emptyDraft;
  } catch {
    return emptyDraft;
  }
}

/** Whether it could be kept. What no request could carry is not: it could never be saved, and would slow down every window. */
export function keepDraft(kind: string, id: string, draft: Draft): boolean {
  try {
    const text = isEmpty(draft) ? undefined : JSON.stringify(draft);
    if (text !== undefined && text.length > MAX_BODY_BYTES) return false;
    keep(place(kind, id), text);
    return true;
  } catch {
    return false;
  }
}

/** What a draft calls the record, as far as it says: by its title, else by the first text in it. */
export function nameOf(draft: Draft, title: string | undefined): string {
  const named = title === undefined ? undefined : draft.set[title];
  const first = Object.values(draft.set).find((value) => typeof value === 'string' && value.trim() !== '');
  return String((named === '' ? undefined : named) ?? first ?? '');
}

/** The field at fault among those of a draft: the node names an added line by a key that it has just drawn. */
export function faultPath(draft: Draft, field: string, value: string | undefined): string {
  const [list = '', key, name] = field.split('.');
  if (name === undefined || draft.add.some((line) => line.key === key)) return field;
  const added = draft.add.filter((line) => line.list === list && name in line.fields);
  const known = Object.keys(draft.set).some((path) => path.startsWith(`${list}.${key}.`));
  if (known || added.length === 0) return field;
  const same = added.find((line) => String(line.fields[name]) === value) ?? added[0];
  return same ? `${list}.${same.key}.${name}` : field;
}
