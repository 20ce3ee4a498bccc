// What arrived is counted on the line that was sent, and never beyond it.
import { describe, expect, it } from 'vitest';
import { apart, arrivedOf, lacking, matched, type Said } from './arrival';
import type { TransferLine } from './queries';

const line = (number: number, item: string, sent: string, more: Partial<TransferLine> = {}): TransferLine => ({
  line: number, item, name: item, unit: 'pce', lot: '', serial: '', sent, arrived: '0', damaged: '0', missing: '0', value: '0 EUR', ...more,
});
const lines = [line(1, 'NAIL', '3'), line(2, 'MILK', '6', { lot: 'L1' }), line(3, 'MILK', '6', { lot: 'L2' }), line(4, 'DRILL', '1', { serial: 'S1' }), line(5, 'DRILL', '1', { serial: 'S2' })];
const place = (said: Said, code: string, items: string[], more = {}) => {
  const found = matched(lines, said, { code, ...more }, items);
  return 'why' in found ? found.why : `${found.line.line}: ${found.quantity}`;
};

describe('what arrives', () => {
  it('is counted on its line, up to what was sent', () => {
    expect(place({}, '4006381333931', ['NAIL'])).toBe('1: 1');
    expect(place({ 'whole.1': '2' }, 'NAIL', ['NAIL'])).toBe('1: 1');
    expect(place({ 'whole.1': '2' }, 'NAIL', ['NAIL'], { quantity: '2' })).toBe('stock.arrival.tooMany');
    expect(place({ 'whole.1': '2', 'damaged.1': '1' }, 'NAIL', ['NAIL'])).toBe('stock.arrival.tooMany');
    expect(place({}, 'SCREW', ['SCREW'])).toBe('stock.arrival.notSent');
    expect(place({}, 'nothing', [])).toBe('stock.arrival.notSent');
    expect(place({}, 'NAIL', ['NAIL'], { quantity: '0' })).toBe('stock.scan.quantityUnfit');
  });
  it('by lot or by piece is what was sent of it', () => {
    expect(place({}, 'MILK', ['MILK'])).toBe('stock.arrival.whichLot');
    expect(place({}, 'L2', [])).toBe('3: 1');
    expect(place({}, 'MILK', ['MILK'], { lot: 'L2', quantity: '6' })).toBe('3: 6');
    expect(place({}, 'MILK', ['MILK'], { lot: 'L9' })).toBe('stock.arrival.notSent');
    expect(place({}, 'DRILL', ['DRILL'])).toBe('stock.arrival.whichPiece');
    expect(place({}, 'S2', [])).toBe('5: 1');
    expect(place({ 'whole.5': '1' }, 'S2', [])).toBe('stock.arrival.tooMany');
  });
  it('is posted line by line, what did not arrive too', () => {
    const said: Said = { 'whole.1': '1', 'damaged.1': '1', 'whole.2': '6', 'whole.3': '6', 'whole.4': '1', 'whole.5': '1', 'cost.1': '5 XOF' };
    expect(lines.slice(0, 1).map((line) => lacking(line, said))).toEqual(['1']);
    expect(apart(lines, said).map((line) => line.line)).toEqual([1]);
    expect(apart(lines, { ...said, 'whole.1': '2' }).map((line) => line.line), 'damaged is told, though nothing is missing').toEqual([1]);
    expect(arrivedOf(lines, said, 'there', '').lines[0]).toEqual({ line: 1, quantity: '1', damaged: '1', cost: '5 XOF', to: null });
    expect(arrivedOf(lines, {}, 'there', '').lines.map((line) => line.quantity)).toEqual(['0', '0', '0', '0', '0']);
  });
});
