// Amounts are added up by currency, with the digits that they are written with.
import { expect, it } from 'vitest';
import { sumsByCurrency } from './ValueScreen';

it('sums stand apart by currency', () => {
  expect(sumsByCurrency(['1.10 EUR', '1500 XOF', '0.90 EUR', '-500 XOF'])).toEqual(['2.00 EUR', '1000 XOF']);
  expect(sumsByCurrency([])).toEqual([]);
});
