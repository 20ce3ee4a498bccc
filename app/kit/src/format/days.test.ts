// Days are read as they are written here, and what is none is left for the node to refuse.
import { expect, it } from 'vitest';
import { editableDay, isDay, plainDay } from './days';

it('are read however they are typed', () => {
  for (const typed of ['31/12/2026', ' 31.12.2026 ', '31-12-26', '31 12 2026', '311226', '31122026', '2026-12-31']) {
    expect([typed, plainDay(typed, 'fr')]).toEqual([typed, '2026-12-31']);
  }
  expect(plainDay('1/2/1999', 'en')).toBe('1999-02-01');
  expect(plainDay('1/2/99', 'en-US')).toBe('1999-01-02');
  expect(plainDay('29/02/2024', 'fr')).toBe('2024-02-29');
});

it('that are none come back as they were typed', () => {
  for (const typed of ['', '31/1', '30/02/2026', '29/02/2026', '12/31/2026', 'demain', '2026-13-01', '1/1/202']) expect(plainDay(typed, 'fr')).toBe(typed);
  expect([isDay('2026-02-30'), isDay('2026-02-28'), isDay('28/02/2026')]).toEqual([false, true, false]);
});

it('are edited as they are typed', () => {
  expect(editableDay('2026-12-31', 'fr')).toBe('31/12/2026');
  expect(editableDay('2026-12-31', 'en-US')).toBe('12/31/2026');
  expect(editableDay('31/1', 'fr')).toBe('31/1');
});
