// What was scanned for a move, line by line: a scan becomes one more on a line, a new line, or the lot that a line still lacks. Owns
// that decision alone; finding what a code means, and keeping the lines, are others'.
import { compareNumbers, fractionDigits, sumOf, type AddedLine, type Scanned } from '@comptoir/kit';

/** An item, as far as scanning it goes. */
export interface FoundItem {
  id: string;
  sku: string;
  name: string;
  unit: string;
  decimals: number;
  tracking: 'none' | 'lot' | 'serial';
  expires: boolean;
}

/** What a line lacks before it can be posted. */
export type Want = 'lot' | 'serial' | 'expiry';

/** Why a scan is not taken. */
export type Unfit = 'stock.scan.quantityUnfit' | 'stock.scan.decimals' | 'stock.scan.oneByOne' | 'stock.scan.twice' | 'stock.scan.full';

export type Step =
  | { do: 'add'; fields: Record<string, string | number | boolean> }
  | { do: 'edit'; key: string; fields: Record<string, string>; /** A line that this one takes in. */ drop?: string }
  | { do: 'refuse'; why: Unfit };

/** As many lines as one posting has. */
export const MOST_LINES = 200;

export const textOf = (line: AddedLine, name: string): string => {
  const value = line.fields[name];
  return value === null || value === undefined ? '' : String(value);
};

/** What a line lacks; lots have a date to be given where they come in. */
export function wanted(line: AddedLine, enters: boolean): Want | undefined {
  const tracking = textOf(line, 'tracking');
  if (tracking === 'lot' && textOf(line, 'lot') === '') return 'lot';
  if (tracking === 'serial' && textOf(line, 'serial') === '') return 'serial';
  if (enters && line.fields.expires === true && textOf(line, 'expiry') === '') return 'expiry';
  return undefined;
}

/** The last line that lacks something: what is scanned next is for it. */
export function waiting(lines: AddedLine[], enters: boolean): { line: AddedLine; want: Want } | undefined {
  const line = lines.findLast((line) => wanted(line, enters) !== undefined);
  const want = line && wanted(line, enters);
  return line && want ? { line, want } : undefined;
}

const sameItem = (line: AddedLine, item: { id: string }) => line.fields.item === item.id;

/** An item was scanned, with what its code says beside. */
export function counted(lines: AddedLine[], item: FoundItem, scan: Omit<Scanned, 'code'>): Step {
  const quantity = scan.quantity ?? '1';
  if (!/^\d+(\.\d+)?$/.test(quantity) || compareNumbers(quantity, '0') <= 0) return { do: 'refuse', why: 'stock.scan.quantityUnfit' };
  if (fractionDigits(quantity) > item.decimals) return { do: 'refuse', why: 'stock.scan.decimals' };
  const [lot, serial] = [item.tracking === 'lot' ? (scan.lot ?? '') : '', item.tracking === 'serial' ? (scan.serial ?? '') : ''];
  if (item.tracking === 'serial') {
    if (compareNumbers(quantity, '1') !== 0) return { do: 'refuse', why: 'stock.scan.oneByOne' };
    if (serial !== '' && lines.some((line) => sameItem(line, item) && textOf(line, 'serial') === serial)) return { do: 'refuse', why: 'stock.scan.twice' };
  }
  const known = lines.find((line) => sameItem(line, item) && textOf(line, 'lot') === lot && textOf(line, 'serial') === serial);
  if (known) {
    // A piece without its number yet is the one that is waited for.
    return { do: 'edit', key: known.key, fields: item.tracking === 'serial' ? {} : { quantity: sumOf(textOf(known, 'quantity'), quantity) } };
  }
  if (lines.length >= MOST_LINES) return { do: 'refuse', why: 'stock.scan.full' };
  const { id, sku, name, unit, decimals, tracking, expires } = item;
  return { do: 'add', fields: { item: id, sku, name, unit, decimals, tracking, expires, quantity, lot, serial, expiry: scan.expiry ?? '' } };
}

/** The lot or piece that a line lacks was scanned. */
export function named(lines: AddedLine[], line: AddedLine, want: 'lot' | 'serial', code: string): Step {
  const other = lines.find((other) => other.key !== line.key && other.fields.item === line.fields.item && textOf(other, want) === code);
  if (!other) return { do: 'edit', key: line.key, fields: { [want]: code } };
  if (want === 'serial') return { do: 'refuse', why: 'stock.scan.twice' };
  return { do: 'edit', key: other.key, fields: { quantity: sumOf(textOf(other, 'quantity'), textOf(line, 'quantity')) }, drop: line.key };
}

/** A code that is no item's, and that no line waits for: one more of a lot that stands there, or the next piece of the last item. */
export function further(lines: AddedLine[], code: string, quantity: string | undefined): Step | undefined {
  const ofLot = lines.findLast((line) => textOf(line, 'lot') === code);
  if (ofLot) {
    const more = quantity ?? '1';
    if (fractionDigits(more) > Number(ofLot.fields.decimals)) return { do: 'refuse', why: 'stock.scan.decimals' };
    return { do: 'edit', key: ofLot.key, fields: { quantity: sumOf(textOf(ofLot, 'quantity'), more) } };
  }
  const last = lines.at(-1);
  if (!last || textOf(last, 'tracking') !== 'serial') return undefined;
  if (quantity !== undefined && compareNumbers(quantity, '1') !== 0) return { do: 'refuse', why: 'stock.scan.oneByOne' };
  if (lines.some((line) => line.fields.item === last.fields.item && textOf(line, 'serial') === code)) return { do: 'refuse', why: 'stock.scan.twice' };
  if (lines.length >= MOST_LINES) return { do: 'refuse', why: 'stock.scan.full' };
  const fields = Object.fromEntries(Object.entries(last.fields).flatMap(([name, value]) => (value === null || name === 'cost' ? [] : [[name, value]])));
  return { do: 'add', fields: { ...fields, serial: code, expiry: textOf(last, 'expiry') } };
}
