// Two sites are held against each other scope by scope, and what is no digest is not taken for one.
import { expect, it } from 'vitest';
import { compared, readDigest, writeDigest } from './sites';

const paris = { site: 'PAR', scopes: { organisation: 'a', trade: 'b', roster: 'r', 'private:PAR': 'p' }, state: { organisation: '1', trade: '2' } };
const dakar = { site: 'DKR', scopes: { organisation: 'a', trade: 'x', roster: 'r', 'private:DKR': 'q' }, state: { organisation: '9', trade: '2' } };

it('scopes that both have are compared, what is wrong first', () => {
  expect(compared(paris, dakar)).toEqual([
    { scope: 'organisation', likeness: 'apart' },
    { scope: 'trade', likeness: 'behind' },
    { scope: 'roster', likeness: 'alike' },
  ]);
  expect(compared(paris, paris).every(({ likeness }) => likeness === 'alike')).toBe(true);
});

it('what another site copied is read, and so is what the command prints', () => {
  expect(readDigest(writeDigest(paris))).toEqual(paris);
  expect(readDigest('{"scopes":{"trade":"b"},"state":{}}')).toEqual({ scopes: { trade: 'b' }, state: {} });
  for (const text of ['', 'hello', 'null', '[]', '{"scopes":{"trade":1},"state":{}}', '{"scopes":{}}']) {
    expect(readDigest(text)).toBeUndefined();
  }
});
