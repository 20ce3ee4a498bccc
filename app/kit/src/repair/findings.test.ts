// The cases are worded, and the node's sentences are still those that they are told by.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Status } from '../api/types';
import { faults, found, isMendedByRebuilding } from './findings';

const status = (changed: Partial<Status>): Status => ({
  site: 'PAR',
  writer: '',
  standing: 'member',
  past_cut: 0,
  organisation: { id: '', name: '' },
  outbox: 0,
  scopes: [],
  relay: { state: 'connected' },
  direct: [],
  inbox: 0,
  quarantined: 0,
  parked: 0,
  waiting: 0,
  version: '',
  ...changed,
});
const check = (check: string, state: 'good' | 'look' | 'bad') => ({ check, state, detail: '', advice: '' });

describe('an examination', () => {
  it('is told by what was seen, the worst first', () => {
    const checks = [check('disk', 'good'), check('work', 'look'), check('keys', 'bad')];
    expect(found({ checks }, status({ inbox: 2 })).map(({ seen }) => seen)).toEqual(['keys.bad', 'work.inbox', 'disk.good']);
  });
  it('is told apart by the status where one outcome has several causes', () => {
    const seen = (name: string, changed: Partial<Status>) => found({ checks: [check(name, 'look')] }, status(changed))[0]?.seen;
    expect(seen('line', { relay: { state: 'none' } })).toBe('line.none');
    expect(seen('line', { relay: { state: 'offline' } })).toBe('line.away');
    expect(seen('line', { relay: { state: 'offline' }, standing: 'suspended' })).toBe('line.removed');
    expect(seen('log', { quarantined: 1, parked: 1 })).toBe('log.quarantined');
    expect(seen('log', { parked: 1 })).toBe('log.parked');
    expect(seen('work', { outbox: 2_000 })).toBe('work.outbox');
    expect(seen('backup', {})).toBe('backup.none');
    expect(seen('backup', { last_backup: '2026-11-01T00:00:00Z' })).toBe('backup.old');
  });
  it('of a newer node has words too', () => {
    expect(found({ checks: [check('moon', 'bad')] }, status({}))[0]?.seen).toBe('other.bad');
  });
  it('has every check that the node makes', () => {
    const doctor = readFileSync(resolve(import.meta.dirname, '../../../../node/src/api/doctor.rs'), 'utf8');
    const made = new Set([...doctor.matchAll(/Check::(good|look|bad)\(\s*"(\w+)"/g)].map(([, state, name]) => `${name}.${state}`));
    expect(made.size).toBeGreaterThan(12);
    const unknown = [...made].filter((name) => {
      const [what = '', state] = name.split('.');
      return found({ checks: [check(what, state as 'good')] }, status({}))[0]?.seen.startsWith('other.');
    });
    expect(unknown).toEqual([]);
  });
});

describe('a verification', () => {
  const verified = (...findings: string[]) => ({ sound: findings.length === 0, entries: 1, records: 1, findings });
  it('is counted by what can be done', () => {
    const all = faults(verified(
      'damaged: entry 3 of a in trade (b): hash',
      'broken: entry 4 of a in trade (b): chain',
      'record 1 in organisation: name differs',
      'private:PAR: rebuilt, its state is another',
      'something new',
    ));
    expect(all).toEqual({ damaged: 1, broken: 1, records: 1, scopes: ['private:PAR'], other: 1 });
    expect(isMendedByRebuilding(all)).toBe(false);
    expect(isMendedByRebuilding({ ...all, damaged: 0 })).toBe(true);
    expect(isMendedByRebuilding(faults(verified()))).toBe(false);
  });
  it('speaks as it did when these cases were written', () => {
    const verify = readFileSync(resolve(import.meta.dirname, '../../../../node/src/api/verify.rs'), 'utf8');
    for (const said of ['entry("damaged", ', 'entry("broken", ', '"{what}: entry ', '"record {} in {}: {} differs"', '"{scope}: rebuilt, its state is another"']) {
      expect(verify).toContain(said);
    }
  });
});
