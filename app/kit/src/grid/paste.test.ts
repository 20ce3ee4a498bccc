// Pasted tables: what finds a place and what does not, what cells mean, and a writing that stops between two rows.
import { describe, expect, it } from 'vitest';
import { UNREACHABLE } from '../api/client';
import { Problem } from '../api/problem';
import type { ListedRecord } from '../api/types';
import type { Field } from '../schema/kindSchema';
import type { Column } from './listQuery';
import { meant, planPaste, writePaste, type PastedRow } from './paste';

const field = (path: string, more: Partial<Field> = {}): Field => ({
  path, label: `party.${path}`, kind: 'text', choices: [], choiceTexts: {}, group: '', order: 0, required: false, listed: true, filterable: true, isCustom: false, ...more,
});
const column = (path: string, more: Partial<Field> = {}, ofLines = false): Column => ({ path, field: field(path, more), ...(ofLines ? { ofLines } : {}) });
const record = (id: string, fields: Record<string, unknown> = {}) => ({ id, title: `Title ${id}`, fields }) as unknown as ListedRecord;

const name = column('name');
const limit = column('credit_limit', { kind: 'money' });
const weight = column('weight', { kind: 'decimal' });
const since = column('since', { kind: 'date' });
const city = column('city', {}, true);
const total = column('total', { kind: 'money', widget: 'computed' });
const born = column('kind', { fixed: true });
const plan = (columns: Column[], text: string, records = 3, locale = 'fr') =>
  planPaste(Array.from({ length: records }, (_, at) => ({ record: record(String(at)), columns })), text, locale);
const laid = (columns: Column[], text: string, locale = 'fr') => plan(columns, text, 1, locale).rows[0]?.cells.map((cell) => cell.value);

describe('a pasted table', () => {
  it('is laid over rows and columns', () => {
    const { rows, ...left } = plan([name, limit], 'A\t1 500,50 €\r\nB\t12\r\n');
    expect(rows.map((row) => [row.record.id, ...row.cells.map((cell) => [cell.column.path, cell.value])])).toEqual([
      ['0', ['name', 'A'], ['credit_limit', '1500.50 EUR']],
      ['1', ['name', 'B'], ['credit_limit', '12']],
    ]);
    expect(left).toEqual({ rowsBeyond: 0, columnsBeyond: 0, closed: [] });
  });
  it('is read as its language writes numbers and days', () => {
    expect(laid([weight, since], '1 234,5\t31/12/2026')).toEqual(['1234.5', '2026-12-31']);
    expect(laid([weight, since], '1,234.5\t3/12/2026', 'en-GB')).toEqual(['1234.5', '2026-12-03']);
    expect(laid([since], '12/31/2026', 'en-US')).toEqual(['2026-12-31']);
    expect(laid([since], 'demain')).toEqual(['demain']);
  });
  it('has its rows and columns counted that find no place', () => {
    const { rowsBeyond, columnsBeyond, rows } = plan([name], 'A\tx\ty\nB\t\tz\nC\nD\nE\n', 3);
    expect([rowsBeyond, columnsBeyond]).toEqual([2, 2]);
    expect(rows.flatMap((row) => row.cells.map((cell) => cell.value))).toEqual(['A', 'B', 'C']);
  });
  it('names the columns that take nothing, but for empty cells', () => {
    const { rows, closed } = plan([city, name, total, born], 'Thiès\tA\t12 €\tperson\nDakar\tB\t\t\n');
    expect(closed.map(({ column, cells }) => [column.path, cells])).toEqual([['city', 2], ['total', 1], ['kind', 1]]);
    expect(rows.map((row) => row.cells.map((cell) => cell.value))).toEqual([['A'], ['B']]);
  });
  it('takes a town of its own where that is no field of lines', () => {
    expect(laid([column('city')], 'Thiès')).toEqual(['Thiès']);
  });
});

describe('a cell', () => {
  const customer = field('customer', { kind: 'bool' });
  const type = field('kind', { choices: ['person', 'organisation'] });
  const nameOf = (choice: string) => ({ person: 'Personne', organisation: 'Organisation' })[choice] ?? choice;
  it('means yes or no, or is left to be refused', () => {
    expect(['oui', 'X', 'true', 'non', '', 'peut-être'].map((text) => meant(customer, text, nameOf))).toEqual([true, true, true, false, false, 'peut-être']);
  });
  it('names a choice in words or by its value', () => {
    expect(['personne', 'person', 'Autre'].map((text) => meant(type, text, nameOf))).toEqual(['person', 'person', 'Autre']);
  });
});

describe('the writing', () => {
  const rows: PastedRow[] = ['a', 'b', 'c', 'd'].map((id) => ({ record: record(id), cells: [{ column: name, value: id }] }));
  const run = async (write: (row: PastedRow) => void, stopAfter = Infinity) => {
    const written: string[] = [];
    const outcome = await writePaste(
      rows,
      (row) => {
        write(row);
        written.push(row.record.id);
        return Promise.resolve();
      },
      () => undefined,
      () => written.length >= stopAfter,
    );
    return { written, outcome };
  };
  it('goes on after a row that is refused, and names it', async () => {
    const { written, outcome } = await run((row) => {
      if (row.record.id === 'b') throw new Problem('email-format', { value: 'x' }, '', 422);
    });
    expect(written).toEqual(['a', 'c', 'd']);
    expect(outcome).toMatchObject({ written: 3, left: 0, refused: [{ record: { id: 'b' }, problem: { code: 'email-format' } }] });
  });
  it('stops between two rows when it is told to', async () => {
    const { written, outcome } = await run(() => undefined, 2);
    expect(written).toEqual(['a', 'b']);
    expect(outcome).toEqual({ written: 2, refused: [], left: 2 });
  });
  it('ends where nothing more can be written', async () => {
    for (const problem of [new Problem(UNREACHABLE), new Problem('unauthorised', {}, '', 401), new Problem('disk-full', {}, '', 507)]) {
      const { written, outcome } = await run((row) => {
        if (row.record.id === 'c') throw problem;
      });
      expect(written).toEqual(['a', 'b']);
      expect(outcome).toMatchObject({ written: 2, left: 2, failed: { code: problem.code } });
    }
  });
});
