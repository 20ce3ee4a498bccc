// A role may what those before it may, and nobody may nothing.
import { expect, it } from 'vitest';
import { mayAs } from './role';
import { withValues } from './place';

it('each role may what those before it may', () => {
  expect([mayAs('administrator', 'viewer'), mayAs('operator', 'operator'), mayAs('viewer', 'operator'), mayAs(undefined, 'viewer')]).toEqual([true, true, false, false]);
});

it('the query of a place keeps what is not changed', () => {
  expect(withValues([['filter', 'is:offline'], ['sort', 'code'], ['x', '1']], { filter: '', sort: '-code' })).toEqual([['x', '1'], ['sort', '-code']]);
});
