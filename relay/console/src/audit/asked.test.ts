// Days of the address become moments of where the reader is; what is no day, no act and no page is not asked for.
import { expect, it } from 'vitest';
import { exportAddress, readAsked } from './asked';

const local = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString().replace('.000Z', 'Z');

it('reads what the address says', () => {
  expect(readAsked([['account', ' Awa '], ['act', 'sign-in'], ['since', '2026-11-01'], ['until', '2026-12-31'], ['before', '17']])).toEqual({
    account: 'awa', act: 'sign-in', since: local(2026, 11, 1), until: local(2027, 1, 1), before: 17,
  });
  expect(readAsked([['act', 'drink'], ['since', 'today'], ['before', '-1']])).toEqual({});
});

it('a file has every page', () => {
  expect(exportAddress({ account: 'awa', before: 17 })).toBe('/api/v1/audit/export?account=awa');
  expect(exportAddress({})).toBe('/api/v1/audit/export');
});
