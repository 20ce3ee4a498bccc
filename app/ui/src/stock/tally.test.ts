// Scans become lines as whoever scans means it.
import type { AddedLine } from '@comptoir/kit';
import { describe, expect, it } from 'vitest';
import { counted, further, MOST_LINES, named, waiting, type FoundItem, type Step } from './tally';

const item = (tracking: FoundItem['tracking'] = 'none', more: Partial<FoundItem> = {}): FoundItem => ({
  id: `id-${tracking}`, sku: 'NAIL', name: 'Nails', unit: 'pce', decimals: 0, tracking, expires: false, ...more,
});

/** The lines after a step. */
function after(lines: AddedLine[], step: Step | undefined): AddedLine[] {
  if (!step || step.do === 'refuse') throw new Error(step ? step.why : 'not taken');
  if (step.do === 'add') return [...lines, { list: 'lines', key: `k${lines.length}`, fields: step.fields }];
  return lines.filter((line) => line.key !== step.drop).map((line) => (line.key === step.key ? { ...line, fields: { ...line.fields, ...step.fields } } : line));
}
const at = (lines: AddedLine[], index: number): AddedLine => {
  const line = lines[index];
  if (!line) throw new Error(`there is no line ${index}`);
  return line;
};
const told = (lines: AddedLine[]) => lines.map((line) => [line.fields.quantity, line.fields.lot, line.fields.serial, line.fields.expiry].filter((part) => part !== '').join(' '));

describe('an item', () => {
  it('that is scanned again is one more, or as many as were said', () => {
    let lines = after([], counted([], item(), {}));
    lines = after(lines, counted(lines, item(), {}));
    lines = after(lines, counted(lines, item(), { quantity: '12' }));
    expect(told(lines)).toEqual(['14']);
  });
  it('is not taken in a quantity that it does not have', () => {
    expect(counted([], item(), { quantity: '1.5' })).toEqual({ do: 'refuse', why: 'stock.scan.decimals' });
    expect(counted([], item('none', { decimals: 3 }), { quantity: '1.5' })).toMatchObject({ do: 'add' });
    expect(counted([], item(), { quantity: '0' })).toEqual({ do: 'refuse', why: 'stock.scan.quantityUnfit' });
    expect(counted([], item(), { quantity: 'x' })).toEqual({ do: 'refuse', why: 'stock.scan.quantityUnfit' });
  });
  it('beyond what a posting holds is refused, and one more of what stands there is not', () => {
    const lines = Array.from({ length: MOST_LINES }, (_, at) => ({ list: 'lines', key: `k${at}`, fields: { item: `${at}`, quantity: '1', lot: '', serial: '', tracking: 'none' } }));
    expect(counted(lines, item(), {})).toEqual({ do: 'refuse', why: 'stock.scan.full' });
    expect(counted(lines, item('none', { id: '7' }), {})).toMatchObject({ do: 'edit', key: 'k7' });
  });
});

describe('a lot', () => {
  const milk = item('lot', { expires: true });
  it('is asked for, then its date; the same lot again is one line', () => {
    let lines = after([], counted([], milk, { quantity: '6' }));
    expect(waiting(lines, true)).toMatchObject({ want: 'lot' });
    lines = after(lines, named(lines, at(lines, 0), 'lot', 'L1'));
    expect(waiting(lines, true)).toMatchObject({ want: 'expiry' });
    expect(waiting(lines, false)).toBeUndefined();
    lines = after(lines, counted(lines, milk, {}));
    lines = after(lines, named(lines, at(lines, 1), 'lot', 'L1'));
    expect(told(lines)).toEqual(['7 L1']);
    lines = after(lines, further(lines, 'L1', '3'));
    expect(told(lines)).toEqual(['10 L1']);
    expect(further(lines, 'L2', undefined)).toBeUndefined();
  });
  it('that its code says with its date needs no question', () => {
    let lines = after([], counted([], milk, { lot: 'L1', expiry: '2027-03-31' }));
    lines = after(lines, counted(lines, milk, { lot: 'L1', expiry: '2027-03-31' }));
    lines = after(lines, counted(lines, milk, { lot: 'L2', expiry: '2027-04-30' }));
    expect(waiting(lines, true)).toBeUndefined();
    expect(told(lines)).toEqual(['2 L1 2027-03-31', '1 L2 2027-04-30']);
  });
});

describe('a piece', () => {
  const drill = item('serial');
  it('has a line of its own, and is not there twice', () => {
    let lines = after([], counted([], drill, {}));
    lines = after(lines, counted(lines, drill, {}));
    expect(lines).toHaveLength(1);
    lines = after(lines, named(lines, at(lines, 0), 'serial', 'S1'));
    lines = after(lines, further(lines, 'S2', undefined));
    lines = after(lines, counted(lines, drill, { serial: 'S3' }));
    expect(told(lines)).toEqual(['1 S1', '1 S2', '1 S3']);
    expect(further(lines, 'S1', undefined)).toEqual({ do: 'refuse', why: 'stock.scan.twice' });
    expect(counted(lines, drill, { serial: 'S2' })).toEqual({ do: 'refuse', why: 'stock.scan.twice' });
    expect(counted(lines, drill, { quantity: '2' })).toEqual({ do: 'refuse', why: 'stock.scan.oneByOne' });
    lines = after(lines, counted(lines, drill, {}));
    expect(named(lines, at(lines, 3), 'serial', 'S1')).toEqual({ do: 'refuse', why: 'stock.scan.twice' });
  });
});
