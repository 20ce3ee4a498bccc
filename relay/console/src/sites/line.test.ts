// A line goes through its points, and not through the time in which nobody said anything.
import { expect, it } from 'vitest';
import { lineOf, type Point } from './line';

const points: Point[] = [[1_000, 0], [2_000, 10], [3_000, 5], [9_000, 5], [11_000, 0]];

it('fits its box, zero at the bottom, and leaves holes', () => {
  const line = lineOf(points, 100, 50, 2_000);
  expect(line).toMatchObject({ greatest: 10, from: 1_000, to: 11_000 });
  expect(line?.path).toBe('M0 50 L10 0 L20 25 M80 25 L100 50');
});

it('is none of a single moment, and flat where nothing was', () => {
  expect(lineOf([], 1, 1, 1)).toBeUndefined();
  expect(lineOf([[1, 4]], 1, 1, 1)).toBeUndefined();
  expect(lineOf([[0, 0], [10, 0]], 10, 10, 99)).toMatchObject({ greatest: 1, path: 'M0 10 L10 10' });
});
