// Words for what the program names: texts by id, and names of kinds, fields, choices and acts, the organisation's own before ours.
// What a newer module names and no catalogue words yet is shown by its own name, legibly.
import { useMemo } from 'react';
import { useIntl, type IntlShape } from 'react-intl';
import type { Scalar } from '../api/client';
import { fieldAt, type Field, type KindSchema, type Lines } from '../schema/kindSchema';
import type { TextId } from './catalogue';

type Values = Record<string, string | number | Date | undefined>;

/** `credit_limit` becomes `Credit limit`. */
export function legible(name: string): string {
  const words = name.replace(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export class Words {
  constructor(readonly intl: IntlShape) {}

  private has(id: string): boolean {
    return Object.hasOwn(this.intl.messages, id);
  }

  private named(id: string, otherwise: string): string {
    return this.has(id) ? this.intl.formatMessage({ id }) : legible(otherwise);
  }

  text = (id: TextId, values?: Values): string => this.intl.formatMessage({ id }, values);

  module = (module: string): string => this.named(`module.${module}`, module);

  /** Several records of a kind: the organisation's own name for it, which the node gives as the label, goes first. */
  kind = (kind: string, label?: string): string =>
    label && label !== kind ? label : this.named(`kind.${kind}`, kind);

  kindOne = (kind: string, label?: string): string =>
    label && label !== kind ? label : this.named(`kind.one.${kind}`, kind);

  group = (group: string): string => this.named(`group.${group === '' ? 'general' : group}`, group);

  field = (field: Field): string => field.text ?? this.programField(field);

  /** As the program names them itself, whatever the organisation calls them. */
  programField = (field: Field): string => this.named(`field.${field.label}`, field.path.split('.').at(-1) ?? '');

  programLines = (lines: Lines): string => this.named(`lines.${lines.list}`, lines.list);

  lines = (lines: Lines): string => lines.text ?? this.programLines(lines);

  choice = (field: Field, value: string): string =>
    field.choiceTexts[value] ??
    field.stages?.find((stage) => stage.key === value)?.text ??
    (this.has(`choice.${field.label}.${value}`) ? this.intl.formatMessage({ id: `choice.${field.label}.${value}` }) : value);

  /** A path of a record, in words: `Addresses · Town`. */
  path = (schema: KindSchema | undefined, path: string): string => {
    const last = path.split('.').at(-1) ?? path;
    if (last === 'archived') {
      const lines = schema?.lines.find((lines) => path.startsWith(`${lines.list}.`));
      const archived = this.named('field.line.archived', 'archived');
      return lines ? `${this.lines(lines)} · ${archived}` : this.text('record.archived');
    }
    if (last === 'position') return this.named('field.line.position', 'position');
    const found = schema && fieldAt(schema, path);
    if (!found) return legible(last);
    const own = this.field(found.field);
    return found.lines && path.includes('.') ? `${this.lines(found.lines)} · ${own}` : own;
  };

  /** An act of the log: `party.change` is `changed`. */
  command = (command: string): string => {
    const verb = command.split('.').at(-1) ?? '';
    return this.named(this.has(`command.${verb}`) ? `command.${verb}` : 'command.other', verb);
  };

  problem = (code: string): string => this.named(this.has(`problem.${code}`) ? `problem.${code}` : 'problem.other', code);

  /** What to do about it, and whether anything was lost. */
  advice = (code: string): string =>
    this.has(`problem.do.${code}`) ? this.intl.formatMessage({ id: `problem.do.${code}` }) : this.text('problem.unchanged');

  item = (kind: string): string => this.named(`item.${kind}`, kind);

  itemWhat = (kind: string): string => (this.has(`item.what.${kind}`) ? this.intl.formatMessage({ id: `item.what.${kind}` }) : '');

  /** Why two records may be one. */
  reason = (reason: string): string =>
    this.has(`reason.${reason}`)
      ? this.intl.formatMessage({ id: `reason.${reason}` })
      : this.intl.formatMessage(
          { id: 'reason.number' },
          { scheme: this.named(`choice.identifier.scheme.${reason}`, reason) },
        );

  /** Who may see it: `private:PAR` is `private to PAR`. */
  scope = (scope: string): string => {
    const [name = '', site] = scope.split(':');
    return this.has(`scope.${name}`) ? this.intl.formatMessage({ id: `scope.${name}` }, { site: site ?? '' }) : scope;
  };

  /** Who did it: a person by name, a site's operator as such. */
  author = (author: string, site: string): string => {
    if (author === `${site}/operator` || author === '') return this.text('author.operator', { site });
    return `${author} · ${site}`;
  };

  /** A moment, as people here write it. */
  moment = (rfc3339: string): string => this.intl.formatDate(rfc3339, { dateStyle: 'medium', timeStyle: 'short' });

  /** A moment of today by its time, any other by day and time. */
  lately = (rfc3339: string): string =>
    new Date(rfc3339).toDateString() === new Date().toDateString()
      ? this.intl.formatTime(rfc3339, { timeStyle: 'short' })
      : this.moment(rfc3339);

  decimal = (number: string): string => formatDecimal(this.intl, number);

  money = (amount: string): string => formatMoney(this.intl, amount);

  /** How long before now a moment was: `3 hours ago`. */
  ago = (rfc3339: string, nowMs: number): string => {
    const seconds = Math.min(0, (Date.parse(rfc3339) - nowMs) / 1_000);
    const steps = [['day', 86_400], ['hour', 3_600], ['minute', 60]] as const;
    const [unit, size] = steps.find(([, size]) => -seconds >= size) ?? (['second', 1] as const);
    // Whether it was five seconds or fifty is of no use to anybody.
    return this.intl.formatRelativeTime(unit === 'second' ? 0 : Math.ceil(seconds / size), unit, { numeric: 'auto' });
  };

  count = (number: number): string => this.intl.formatNumber(number);

  /** A value of a field, for reading. */
  value = (field: Field | undefined, value: Scalar | undefined): string => {
    if (value === null || value === undefined || value === '') return '';
    if (typeof value === 'boolean') return this.named(`value.${value}`, String(value));
    if (typeof value === 'number') return this.count(value);
    if (!field) return value;
    if (field.choices.length > 0 || field.stages || field.widget === 'scheme') return this.choice(field, value);
    if (field.kind === 'date') return formatDay(this.intl, value);
    if (field.kind === 'money') return formatMoney(this.intl, value);
    if (field.kind === 'decimal') return formatDecimal(this.intl, value);
    if (field.widget === 'country') return regionName(this.intl, value);
    return value;
  };
}

const AMOUNT = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/;

/** `12.34 EUR`, in the locale's way. Digits are never rounded: what is there is shown. */
export function formatMoney(intl: IntlShape, value: string): string {
  const [, number, currency] = AMOUNT.exec(value) ?? [];
  if (number === undefined || currency === undefined) return value;
  const decimals = number.split('.')[1]?.length ?? 0;
  // A decimal text is formatted exactly; no float comes between.
  return new Intl.NumberFormat(intl.locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(number as Intl.StringNumericLiteral);
}

export function formatDecimal(intl: IntlShape, value: string): string {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return value;
  const decimals = value.split('.')[1]?.length ?? 0;
  return new Intl.NumberFormat(intl.locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value as Intl.StringNumericLiteral);
}

/** A day has no time zone: it is the same day everywhere. */
export function formatDay(intl: IntlShape, value: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(value)
    ? new Intl.DateTimeFormat(intl.locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${value}T00:00:00Z`))
    : value;
}

export function regionName(intl: IntlShape, code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(intl.locale, { type: 'region', fallback: 'code' }).of(code) ?? code;
}

export function useWords(): Words {
  const intl = useIntl();
  return useMemo(() => new Words(intl), [intl]);
}

/** Texts by id alone. */
export function useText(): Words['text'] {
  return useWords().text;
}
