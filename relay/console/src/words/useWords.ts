// How the console says things: its own texts by id, and what it names (roles, acts, standings); moments, numbers and scopes as kit says them.
import { regionName, Words as KitWords } from '@comptoir/kit';
import { useMemo } from 'react';
import { useIntl, type IntlShape } from 'react-intl';
import type { Role, Schemas } from '../api/client';
import type { TextId } from './catalogue';

type Values = Record<string, string | number>;

export class Words {
  readonly kit: KitWords;
  constructor(readonly intl: IntlShape) {
    this.kit = new KitWords(intl);
  }

  text = (id: TextId, values?: Values): string => this.intl.formatMessage({ id }, values);

  role = (role: Role): string => this.text(`role.${role}`);

  /** An act of the audit log; one that only a newer relay knows, by its own name. */
  act = (act: string): string => {
    const id = `act.${act}`;
    return Object.hasOwn(this.intl.messages, id) ? this.intl.formatMessage({ id }) : act;
  };

  /** What an alarm is about; one that only a newer relay knows, by its own name. */
  alarm = (kind: string): string => this.known(`alarm.${kind}`) ?? kind;

  /** How much of it, as its kind measures it. */
  measure = (kind: string, measure: number): string => this.known(`alarm.measure.${kind}`, { measure }) ?? '';

  private known = (id: string, values?: Values): string | undefined => (Object.hasOwn(this.intl.messages, id) ? this.intl.formatMessage({ id }, values) : undefined);

  /** What is asked of a node; what only a newer relay knows, by its own name. */
  request = ({ act, site, scope }: Pick<Schemas['RequestShown'], 'act' | 'site' | 'scope'>): string =>
    this.known(`request.act.${act}`, { site: site ?? '', scope: scope == null ? '' : this.scope(scope) }) ?? act;

  /** What became of it; likewise. */
  outcome = (outcome: string): string => this.known(`request.outcome.${outcome}`) ?? outcome;

  country = (code: string): string => regionName(this.intl, code);

  moment = (rfc3339: string): string => this.kit.moment(rfc3339);

  /** To the second, where what came first matters. */
  exactly = (rfc3339: string): string => this.intl.formatDate(rfc3339, { dateStyle: 'medium', timeStyle: 'medium' });

  ago = (rfc3339: string, nowMs: number): string => this.kit.ago(rfc3339, nowMs);

  count = (number: number): string => this.kit.count(number);

  /** A span of time that may run backwards, in seconds. */
  seconds = (seconds: number): string => this.intl.formatNumber(seconds, { style: 'unit', unit: 'second', unitDisplay: 'short', signDisplay: 'exceptZero' });

  scope = (name: string): string => this.kit.scope(name);

  /** Bytes, in the unit in which they are few. */
  bytes = (bytes: number): string => {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
    const step = Math.min(units.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
    return this.intl.formatNumber(bytes / 1_000 ** step, { style: 'unit', unit: units[step], unitDisplay: 'short', maximumFractionDigits: 1 });
  };
}

export function useWords(): Words {
  const intl = useIntl();
  return useMemo(() => new Words(intl), [intl]);
}
