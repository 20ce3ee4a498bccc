// Keyed pages: rows come in order, a far place is reached in one step, a change reads again what is looked at.
import { describe, expect, it, vi } from 'vitest';
import type { ListPage } from '../api/types';
import { PAGE_ROWS, PageStore } from './PageStore';

const list = (total: number) => {
  let offset = 0;
  const read = vi.fn((after: string | undefined, skip: number): Promise<ListPage> => {
    const from = (after === undefined ? 0 : Number(after)) + skip;
    const rows = skip > 0 ? 1 : PAGE_ROWS;
    const records = Array.from({ length: Math.max(0, Math.min(rows, total - from)) }, (_, at) => ({
      id: `r${from + at + offset}`,
      scope: '',
      title: '',
      archived: false,
      conflicts: 0,
      fields: {},
    }));
    const next = from + rows < total ? String(from + rows) : null;
    return Promise.resolve({ total, records, columns: [], next });
  });
  return { read, shift: () => (offset += 1) };
};
const settled = () => new Promise((done) => setTimeout(done, 20));

describe('keyed pages', () => {
  it('come as they are looked at, one ahead', async () => {
    const { read } = list(10 * PAGE_ROWS);
    const store = new PageStore(read);
    store.want(0, 20);
    await settled();
    expect(store.total).toBe(10 * PAGE_ROWS);
    expect(store.row(0)?.id).toBe('r0');
    expect(store.row(PAGE_ROWS)?.id).toBe(`r${PAGE_ROWS}`);
    expect(read).toHaveBeenCalledTimes(2);
  });
  it('are reached in one step when they are far', async () => {
    const { read } = list(100_000);
    const store = new PageStore(read);
    store.want(0, 20);
    await settled();
    store.want(99_990, 99_999);
    await vi.waitFor(() => expect(store.row(99_999)?.id).toBe('r99999'), 5_000);
    expect(read.mock.calls.length, 'two at the top; where the end begins, and the end').toBe(4);
    expect(store.row(50_000), 'far pages are forgotten').toBeUndefined();
    store.want(50_000, 50_010);
    await vi.waitFor(() => expect(store.row(50_000)?.id).toBe('r50000'));
  });
  it('are read again when something changed, and stay until then', async () => {
    const { read, shift } = list(3 * PAGE_ROWS);
    const store = new PageStore(read);
    store.want(0, 20);
    await settled();
    shift();
    store.refresh();
    expect(store.row(0)?.id).toBe('r0');
    await settled();
    expect(store.row(0)?.id).toBe('r1');
    expect(store.row(PAGE_ROWS)?.id).toBe(`r${PAGE_ROWS + 1}`);
  });
  it('are read again when something changed while they were being read', async () => {
    const { read, shift } = list(3 * PAGE_ROWS);
    const store = new PageStore(read);
    store.want(0, 20);
    expect(read, 'it is under way').toHaveBeenCalledTimes(1);
    shift();
    store.refresh();
    await settled();
    expect(store.row(0)?.id).toBe('r1');
  });
  it('end where the list has come to end', async () => {
    let total = 3 * PAGE_ROWS;
    const store = new PageStore((after, skip) => list(total).read(after, skip));
    store.want(0, 20);
    await settled();
    total = 10;
    store.refresh();
    await settled();
    expect(store.total).toBe(10);
    expect(store.row(PAGE_ROWS)).toBeUndefined();
  });
  it('end where the list has come to end while a far page was on its way', async () => {
    let total = 50 * PAGE_ROWS;
    const store = new PageStore((after, skip) => list(total).read(after, skip));
    store.want(0, 20);
    await settled();
    total = 30 * PAGE_ROWS;
    store.want(49 * PAGE_ROWS, 49 * PAGE_ROWS + 20);
    await vi.waitFor(() => expect(store.row(total - 1)?.id).toBe(`r${total - 1}`));
    expect(store.total).toBe(total);
  });
  it('are added up once, after the first rows, and again when something changed', async () => {
    const { read } = list(10 * PAGE_ROWS);
    const order: string[] = [];
    let times = 0;
    const sums = vi.fn(() => {
      order.push('sums');
      return Promise.resolve({ credit: [`${++times}.00 EUR`] });
    });
    const store = new PageStore((after, skip) => {
      order.push('rows');
      return read(after, skip);
    }, sums);
    store.want(0, 20);
    await settled();
    expect(order[0]).toBe('rows');
    expect(sums).toHaveBeenCalledTimes(1);
    store.want(5 * PAGE_ROWS, 5 * PAGE_ROWS + 20);
    await settled();
    expect(sums, 'not for every page').toHaveBeenCalledTimes(1);
    store.refresh();
    await settled();
    expect(store.totals).toEqual({ credit: ['2.00 EUR'] });
  });
  it('say why they do not come', async () => {
    const store = new PageStore(() => Promise.reject(new Error('away')));
    store.want(0, 0);
    await settled();
    expect(store.error).toBeInstanceOf(Error);
  });
});
