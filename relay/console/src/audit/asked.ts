// What is asked of the audit log, as it stands in the address and as the relay takes it: days there, moments here. Owns the way between.
import type { AuditAsked } from '../api/queries';
import { valueOf, type Pairs } from '../shell/place';

/** The acts that the relay tells (`Act`). */
export const ACTS = [
  'sign-in', 'sign-in-by-recovery-code', 'sign-out', 'set-up', 'password-change', 'account-add', 'account-role', 'account-disable', 'account-enable', 'account-reset', 'alarm-acknowledge',
  'request', 'line-hold', 'line-release', 'audit-export', 'denied',
];

/** The first moment of a day where the reader is, so many days later. */
function startOf(day: string, later = 0): string | undefined {
  const [year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)?.slice(1).map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const start = new Date(year, month - 1, date + later);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString().replace('.000Z', 'Z');
}

export function readAsked(pairs: Pairs): AuditAsked {
  const account = valueOf(pairs, 'account').trim().toLowerCase();
  const act = valueOf(pairs, 'act');
  const since = startOf(valueOf(pairs, 'since'));
  // The last day is meant whole.
  const until = startOf(valueOf(pairs, 'until'), 1);
  const before = valueOf(pairs, 'before');
  return {
    ...(account === '' ? {} : { account }),
    ...(ACTS.includes(act) ? { act } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(/^\d{1,15}$/.test(before) ? { before: Number(before) } : {}),
  };
}

/** Where the same is had as a file: all of it, whatever page is looked at. */
export function exportAddress({ account, act, since, until }: AuditAsked): string {
  const query = new URLSearchParams(Object.entries({ account, act, since, until }).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();
  return `/api/v1/audit/export${query === '' ? '' : `?${query}`}`;
}
