// What a list asks for, as it stands in the URL, in a saved view and in a request: the same pairs everywhere. Owns reading and
// writing them.
import type { Pairs } from '../api/records';
import type { Field, KindSchema } from '../schema/kindSchema';

export interface Filter {
  field: string;
  operator: string;
  value: string;
}

export interface ListQuery {
  search: string;
  filters: Filter[];
  /** Fields, `-` before those with the greatest first. */
  sort: string[];
  /** Undefined: those that the schema lists. */
  columns: string[] | undefined;
  archived: boolean;
  conflicts: boolean;
}

export const everything: ListQuery = {
  search: '',
  filters: [],
  sort: [],
  columns: undefined,
  archived: false,
  conflicts: false,
};

const list = (text: string) => text.split(',').map((part) => part.trim()).filter((part) => part !== '');

/** Reads pairs; what pages a list, or is not known, is left out. */
export function readQuery(pairs: Pairs): ListQuery {
  const query: ListQuery = { ...everything, filters: [], sort: [] };
  for (const [name, value] of pairs) {
    if (name === 'search') query.search = value;
    else if (name === 'sort') query.sort = list(value);
    else if (name === 'columns') query.columns = list(value);
    else if (name === 'archived') query.archived = value === 'true';
    else if (name === 'conflicts') query.conflicts = value === 'true';
    else if (['after', 'before', 'limit', 'totals', 'view'].includes(name)) continue;
    else {
      const [, field = name, operator = 'eq'] = /^(.+)\[(\w+)\]$/.exec(name) ?? [];
      query.filters.push({ field, operator, value });
    }
  }
  return query;
}

/** Brackets always: they reach a field that is called as a parameter is. */
export function writeQuery(query: ListQuery): Pairs {
  const pairs: Pairs = query.filters.map((filter) => [`${filter.field}[${filter.operator}]`, filter.value]);
  if (query.search !== '') pairs.unshift(['search', query.search]);
  if (query.sort.length > 0) pairs.push(['sort', query.sort.join(',')]);
  if (query.columns) pairs.push(['columns', query.columns.join(',')]);
  if (query.archived) pairs.push(['archived', 'true']);
  if (query.conflicts) pairs.push(['conflicts', 'true']);
  return pairs;
}

/** The next order when a person asks for a column: rising, falling, none. `further` keeps the others. */
export function nextSort(sort: string[], field: string, further: boolean): string[] {
  const others = further ? sort.filter((term) => term.replace(/^-/, '') !== field) : [];
  if (sort.includes(field)) return [...others, `-${field}`];
  if (sort.includes(`-${field}`)) return others;
  return [...others, field];
}

export const sortOf = (sort: string[], field: string): 'ascending' | 'descending' | 'none' =>
  sort.includes(field) ? 'ascending' : sort.includes(`-${field}`) ? 'descending' : 'none';

export interface Column {
  path: string;
  field: Field;
  /** It shows a field of the record's lines. */
  ofLines?: boolean;
}

/** A column of figures that follow from records, and that no schema names. */
export function madeColumn(path: string, kind: Field['kind'], text: string, widget?: string): Column {
  const field: Field = {
    path, label: path, text, kind, choices: [], choiceTexts: {}, group: '', order: 0,
    required: false, listed: true, filterable: false, isCustom: false, ...(widget ? { widget } : {}),
  };
  return { path, field };
}

/** Every column that a list of the kind can have. Of lines, those that the schema lists. */
export function allColumns(schema: KindSchema): Column[] {
  const own = schema.fields.map((field) => ({ path: field.path, field }));
  const ofLines = schema.lines.flatMap((lines) =>
    lines.fields
      .filter((field) => field.listed || field.filterable)
      .map((field) => ({ path: lines.list === 'addresses' ? field.path : `${lines.list}.${field.path}`, field, ofLines: true })),
  );
  const taken = new Set(own.map((column) => column.path));
  return [...own, ...ofLines.filter((column) => !taken.has(column.path))];
}

/** Those that are shown: the chosen ones, else those that the schema lists, its title first. */
export function shownColumns(schema: KindSchema, query: ListQuery, named: string | undefined, language: string): Column[] {
  const all = allColumns(schema);
  // What has a name in each language is led by the one that is read here.
  const own = named?.replace(/_en$/, `_${language}`);
  const title = all.some((column) => column.path === own) ? own : named;
  if (query.columns) {
    return query.columns.flatMap((path) => all.find((column) => column.path === path) ?? []);
  }
  const listed = all.filter((column) => column.field.listed);
  const shown = listed.length > 0 ? listed : all.slice(0, 6);
  return [...shown.filter((column) => column.path === title), ...shown.filter((column) => column.path !== title)];
}

export interface FilterField {
  path: string;
  field: Field;
  lines?: string;
}

/** Fields that lists can be filtered by. */
export function filterFields(schema: KindSchema): FilterField[] {
  const own = schema.fields.filter((field) => field.filterable).map((field) => ({ path: field.path, field }));
  const ofLines = schema.lines.flatMap((lines) =>
    lines.fields
      .filter((field) => field.filterable)
      .map((field) => ({ path: `${lines.list}.${field.path}`, field, lines: lines.list })),
  );
  return [...own, ...ofLines];
}

/** How a field can be compared, the usual way first. */
export function operators(field: Field): string[] {
  if (field.kind === 'bool') return ['eq'];
  if (field.choices.length > 0 || field.stages || field.kind === 'reference' || field.widget === 'country') {
    return ['eq', 'ne', 'empty'];
  }
  if (field.kind === 'text') return ['starts', 'contains', 'eq', 'ne', 'empty'];
  return ['eq', 'gte', 'lte', 'between', 'ne', 'empty'];
}

export const isNumeric = (field: Field) =>
  field.kind === 'int' || field.kind === 'decimal' || field.kind === 'money';
/** Ranks are numbers, and no sum of them means anything: amounts alone are added up. */
export const isSummed = (field: Field) => field.kind === 'money';
