// Pairs to queries and back.
import { describe, expect, it } from 'vitest';
import { nextSort, readQuery, writeQuery } from './listQuery';

describe('list queries', () => {
  it('come back as they went', () => {
    const pairs: [string, string][] = [
      ['search', 'velin'],
      ['city[eq]', 'Dakar'],
      ['credit_limit[between]', '1 EUR|2 EUR'],
      ['sort', '-name,city'],
      ['columns', 'name,custom.size'],
      ['archived', 'true'],
    ];
    expect(writeQuery(readQuery(pairs))).toEqual(pairs);
  });
  it('leave paging out and read a bare field as equality', () => {
    const query = readQuery([['after', 'x'], ['limit', '5'], ['country', 'FR'], ['limit[eq]', '5']]);
    expect(query.filters).toEqual([
      { field: 'country', operator: 'eq', value: 'FR' },
      { field: 'limit', operator: 'eq', value: '5' },
    ]);
  });
  it('turn an order round, then away', () => {
    expect(nextSort([], 'name', false)).toEqual(['name']);
    expect(nextSort(['name'], 'name', false)).toEqual(['-name']);
    expect(nextSort(['-name'], 'name', false)).toEqual([]);
    expect(nextSort(['city'], 'name', true)).toEqual(['city', 'name']);
  });
});
