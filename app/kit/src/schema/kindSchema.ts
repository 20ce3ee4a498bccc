// What a kind of record is made of, read from the node's JSON Schema with its hints: the one source of forms, lists, filters and
// imports. Owns the reading; names no kind and no field.
import type { Scalar } from '../api/client';

export type FieldKind = 'text' | 'bool' | 'int' | 'decimal' | 'money' | 'date' | 'reference';

export interface Stage {
  key: string;
  text: string;
  colour: string;
  closed: boolean;
}

export interface Field {
  /** As requests name it: `name`, `custom.size`; within a line `city`. */
  path: string;
  /** Which message words it, where the organisation has no name of its own for it. */
  label: string;
  /** The organisation's own name for it. */
  text?: string;
  help?: string;
  kind: FieldKind;
  choices: string[];
  choiceTexts: Record<string, string>;
  stages?: Stage[];
  group: string;
  order: number;
  required: boolean;
  listed: boolean;
  filterable: boolean;
  widget?: string;
  target?: string;
  limit?: number;
  unit?: string;
  isCustom: boolean;
  /** It stays as the record was made: shown, not edited. */
  fixed?: boolean;
  initial?: string;
}

export interface Lines {
  /** The list's name: `addresses`. */
  list: string;
  text?: string;
  help?: string;
  group: string;
  order: number;
  fields: Field[];
}

export interface KindSchema {
  kind: string;
  /** The organisation's own name for the kind. */
  text?: string;
  writeClass: string;
  fields: Field[];
  lines: Lines[];
}

interface Hints {
  label?: string;
  text?: string;
  help?: string;
  kind?: string;
  choices?: string[];
  choice_texts?: Record<string, string>;
  stages?: Stage[];
  group?: string;
  order?: number;
  required?: boolean;
  listed?: boolean;
  filterable?: boolean;
  widget?: string | null;
  target?: string | null;
  limit_chars?: number | null;
  unit?: string | null;
  default?: string;
}

interface Property {
  'x-ui'?: Hints;
  'x-line-fields'?: Record<string, Hints>;
  maxLength?: number;
  properties?: Record<string, Property>;
}

const KINDS = new Set<string>(['text', 'bool', 'int', 'decimal', 'money', 'date', 'reference']);

const LAST = Number.MAX_SAFE_INTEGER;

function field(path: string, hints: Hints, isCustom: boolean, limit?: number): Field {
  const known = hints.kind !== undefined && KINDS.has(hints.kind) ? (hints.kind as FieldKind) : 'text';
  const longest = hints.limit_chars ?? limit;
  return {
    path,
    label: hints.label ?? path,
    ...(hints.text ? { text: hints.text } : {}),
    ...(hints.help ? { help: hints.help } : {}),
    kind: known,
    choices: hints.choices ?? [],
    choiceTexts: hints.choice_texts ?? {},
    ...(hints.stages ? { stages: hints.stages } : {}),
    group: isCustom && !hints.group ? 'custom' : (hints.group ?? ''),
    // Without a place of its own, a field that the organisation added comes after those that the program has.
    order: isCustom && !hints.order ? LAST : (hints.order ?? 0),
    required: hints.required ?? false,
    listed: hints.listed ?? false,
    filterable: hints.filterable ?? false,
    ...(hints.widget ? { widget: hints.widget } : {}),
    ...(hints.target ? { target: hints.target } : {}),
    ...(longest ? { limit: longest } : {}),
    ...(hints.unit ? { unit: hints.unit } : {}),
    isCustom,
    ...(hints.default ? { initial: hints.default } : {}),
  };
}

const inOrder = (one: { order: number; path?: string }, other: { order: number; path?: string }) =>
  one.order - other.order || (one.path ?? '').localeCompare(other.path ?? '');

// Within one line all fields bear the list's own order: the order in which a person says them is kept here, the rest follows.
const SAID_FIRST = ['item', 'quantity', 'unit', 'lot', 'serial', 'expiry', 'cost', 'kind', 'scheme', 'purpose', 'to', 'status', 'recipient', 'street', 'postcode', 'city', 'subdivision', 'country', 'value', 'label', 'from', 'on', 'until'];
const lineOrder = (one: Field, other: Field) => {
  const place = (path: string) => {
    const found = SAID_FIRST.indexOf(path);
    return found < 0 ? SAID_FIRST.length : found;
  };
  return one.order - other.order || place(one.path) - place(other.path) || one.path.localeCompare(other.path);
};

/** Reads the answer of `/kinds/{kind}/schema`. */
export function kindSchema(json: unknown): KindSchema {
  const schema = json as Property & { 'x-kind'?: string; 'x-write-class'?: string };
  const fields: Field[] = [];
  const lines: Lines[] = [];
  for (const [path, property] of Object.entries(schema.properties ?? {})) {
    const ui = property['x-ui'] ?? {};
    if (property['x-line-fields']) {
      const all = Object.entries(property['x-line-fields']);
      const own = all.filter(([name]) => name !== 'archived' && name !== 'position');
      const first = all[0]?.[1];
      lines.push({
        list: path,
        ...(ui.text ? { text: ui.text } : {}),
        ...(ui.help ? { help: ui.help } : {}),
        group: first?.group ?? '',
        order: first?.order ?? 0,
        fields: own.map(([name, hints]) => field(name, hints, false)).sort(lineOrder),
      });
    } else if (path === 'custom') {
      for (const [key, custom] of Object.entries(property.properties ?? {})) {
        fields.push(field(`custom.${key}`, custom['x-ui'] ?? {}, true, custom.maxLength));
      }
    } else if (path !== 'archived') {
      fields.push(field(path, ui, false, property.maxLength));
    }
  }
  const text = (schema as Property)['x-ui']?.text;
  return {
    kind: schema['x-kind'] ?? '',
    ...(text ? { text } : {}),
    writeClass: schema['x-write-class'] ?? '',
    fields: fields.sort(inOrder),
    lines: lines.sort(inOrder),
  };
}

/** Whether a text is longer than a field takes. Letters count, whatever room they need. */
export function isTooLong(field: Field, value: Scalar | undefined): boolean {
  if (typeof value !== 'string' || field.limit === undefined || value.length <= field.limit) return false;
  return value.length > 2 * field.limit || Array.from(value).length > field.limit;
}

/** The field that a path means: of the record, of its own fields, or of a line (`addresses.city`, `addresses.KEY.city`). */
export function fieldAt(schema: KindSchema, path: string): { field: Field; lines?: Lines } | undefined {
  const own = schema.fields.find((field) => field.path === path);
  if (own) return { field: own };
  const [list, ...rest] = path.split('.');
  const lines = schema.lines.find((lines) => lines.list === list);
  const name = rest.at(-1);
  const within = lines?.fields.find((field) => field.path === name);
  if (lines && within) return { field: within, lines };
  // Lists show fields of the first address under their short names.
  for (const lines of schema.lines) {
    const short = lines.fields.find((field) => field.path === path);
    if (short && lines.list === 'addresses') return { field: short, lines };
  }
  return undefined;
}

/** What is about fields, as the form has these. */
export function inFormOrder<T>(schema: KindSchema, items: T[], path: (item: T) => string): T[] {
  const place = (item: T) => {
    const found = fieldAt(schema, path(item));
    return (found?.lines?.order ?? found?.field.order ?? 10_000) + (found?.lines ? 0.001 * found.lines.fields.indexOf(found.field) : 0);
  };
  return items.toSorted((one, other) => place(one) - place(other));
}
