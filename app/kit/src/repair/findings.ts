// What an examination and a verification found, as cases that the catalogues word. Owns the cases; the node's own sentences are
// for whoever looks after the program, and go no further than the details to copy.
import type { Schemas } from '../api/client';
import type { Status } from '../api/types';
import { isRemoved } from '../sync/standing';

export type Examined = Schemas['Examined'];
export type Verified = Schemas['Verified'];
export type Outcome = Schemas['Outcome'];

/** What a check saw, by the name of its message. */
export type Seen =
  | 'disk.good' | 'disk.bad'
  | 'clock.good' | 'clock.look'
  | 'keys.good' | 'keys.look' | 'keys.bad'
  | 'direct.good' | 'direct.look' | 'direct.bad'
  | 'line.good' | 'line.none' | 'line.away' | 'line.removed' | 'line.bad'
  | 'log.good' | 'log.parked' | 'log.quarantined' | 'log.bad'
  | 'work.good' | 'work.inbox' | 'work.outbox'
  | 'backup.good' | 'backup.none' | 'backup.old'
  | 'other.good' | 'other.look' | 'other.bad';

export interface Found {
  check: string;
  outcome: Outcome;
  seen: Seen;
}

/** Cases that need no second look at the status. */
const PLAIN = new Set<string>([
  'disk.good', 'disk.bad', 'clock.good', 'clock.look', 'keys.good', 'keys.look', 'keys.bad',
  'direct.good', 'direct.look', 'direct.bad', 'line.good', 'line.bad', 'log.good', 'log.bad', 'work.good', 'backup.good',
] satisfies Seen[]);

function seen(check: string, outcome: Outcome, status: Status): Seen {
  const name = `${check}.${outcome}`;
  if (PLAIN.has(name)) return name as Seen;
  if (name === 'line.look') return isRemoved(status) ? 'line.removed' : status.relay.state === 'none' ? 'line.none' : 'line.away';
  if (name === 'log.look') return status.quarantined > 0 ? 'log.quarantined' : 'log.parked';
  if (name === 'work.look') return status.inbox > 0 ? 'work.inbox' : 'work.outbox';
  if (name === 'backup.look') return status.last_backup == null ? 'backup.none' : 'backup.old';
  // A newer node looks at more than these screens know.
  return `other.${outcome}`;
}

/** What was looked at, what is worst first. */
export function found(examined: Examined, status: Status): Found[] {
  const weight: Record<Outcome, number> = { bad: 0, look: 1, good: 2 };
  return examined.checks
    .map(({ check, state }) => ({ check, outcome: state, seen: seen(check, state, status) }))
    .sort((one, other) => weight[one.outcome] - weight[other.outcome]);
}

/** What verification found, counted by what can be done about it. */
export interface Faults {
  /** Entries whose bytes are damaged: fetched again from others; nothing is rebuilt before. */
  damaged: number;
  /** Entries that were never right: nothing here mends them. */
  broken: number;
  /** Records that are not what their history says: rebuilding mends them. */
  records: number;
  /** Scopes whose tables are not what the log says: likewise. */
  scopes: string[];
  /** Said in words that these screens do not know. */
  other: number;
}

export function faults({ findings }: Verified): Faults {
  const counted: Faults = { damaged: 0, broken: 0, records: 0, scopes: [], other: 0 };
  for (const finding of findings) {
    const scope = /^(.+): rebuilt, its state is another$/.exec(finding)?.[1];
    if (finding.startsWith('damaged: ')) counted.damaged++;
    else if (finding.startsWith('broken: ')) counted.broken++;
    else if (/^record .+ differs$/.test(finding)) counted.records++;
    else if (scope !== undefined) counted.scopes.push(scope);
    else counted.other++;
  }
  return counted;
}

/** Whether making everything anew from the log is of use. */
export const isMendedByRebuilding = (faults: Faults): boolean =>
  faults.damaged === 0 && (faults.records > 0 || faults.scopes.length > 0);
