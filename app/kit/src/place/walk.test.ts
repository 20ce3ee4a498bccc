// The way from record to record: as it is remembered, and longer by what the node says stands behind its ends.
import { beforeEach, expect, it } from 'vitest';
import { further, neighbour, rememberWalk, walkOf, type Walk } from './walk';

beforeEach(() => sessionStorage.clear());

const walk: Walk = { kind: 'party', pairs: [['sort', 'name']], ids: ['b', 'c'], first: 7 };

it('is remembered for its kind alone', () => {
  rememberWalk(walk);
  expect(walkOf('party')).toEqual(walk);
  expect(walkOf('item')).toBeUndefined();
  expect([neighbour(walk, 'b', 1), neighbour(walk, 'c', -1)]).toEqual(['c', 'b']);
  expect([neighbour(walk, 'b', -1), neighbour(walk, 'c', 1), neighbour(walk, 'x', 1), neighbour(undefined, 'b', 1)]).toEqual([undefined, undefined, undefined, undefined]);
});

it('grows at the end that was reached, and nowhere else', () => {
  expect(further(walk, 'c', 1, 'd').ids).toEqual(['b', 'c', 'd']);
  expect(further(walk, 'b', -1, 'a').ids).toEqual(['a', 'b', 'c']);
  expect(further(walk, 'x', 1, 'y')).toBe(walk);
  expect(further(walk, 'b', 1, 'c')).toBe(walk);
});
