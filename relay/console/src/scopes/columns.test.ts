// What the table of scopes says of one, what is found, and in which order.
import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { english } from '../words/catalogue';
import { Words } from '../words/useWords';
import { drawnColumns, found, inOrder } from './columns';

const words = new Words(createIntl({ locale: 'en', messages: english }));
const scope = (more: Partial<Schemas['ScopeShown']>): Schemas['ScopeShown'] => ({ name: 'trade', jurisdictions: [], sites: ['DKR', 'PAR'], kept_out: [], relay: true, logs: 2, entries: 1_200, ...more });
const trade = scope({});
const medical = scope({ name: 'medical', jurisdictions: ['SN'], sites: ['DKR'], kept_out: ['PAR'], relay: false, entries: 3 });
const own = scope({ name: 'private:THS', sites: ['PAR', 'THS'], entries: 40 });
const all = [medical, own, trade];
const cell = (key: string, of: Schemas['ScopeShown']) => drawnColumns(words).find((column) => column.key === key)?.cell(of);

it('says who holds it, who is kept out, and under which law it may lie', () => {
  expect([cell('law', trade), cell('sites', trade), cell('relay', trade), cell('entries', trade)]).toEqual(['anywhere', 'DKR PAR', 'carries it, sealed', '1,200']);
  expect([cell('law', medical), cell('sites', medical), cell('kept', medical), cell('relay', medical)]).toEqual(['Senegal', 'DKR', 'PAR', 'may not carry it']);
});

it('finds by words of the name and by who holds it', () => {
  const names = (typed: string) => found(all, typed, words).map((one) => one.name);
  expect(names('')).toEqual(['medical', 'private:THS', 'trade']);
  expect(names('dkr')).toEqual(['medical', 'trade']);
  expect(names('dkr MÉDI')).toEqual(['medical']);
  expect(names('ths')).toEqual(['private:THS']);
  expect(names('pa')).toEqual([]);
});

it('is put in order by any column, either way', () => {
  expect(inOrder(all, ['-entries'], words).map((one) => one.name)).toEqual(['trade', 'private:THS', 'medical']);
  expect(inOrder(all, ['relay', 'name'], words).map((one) => one.name)).toEqual(['medical', 'private:THS', 'trade']);
  expect(inOrder(all, [], words)).toBe(all);
});
