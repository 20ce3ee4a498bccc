// What arrived of a transfer, scan by scan, against what was sent. Owns that decision and the sums; finding what a code means is
// another's.
import { compareNumbers, difference, sumOf, type Scalar, type Scanned } from '@comptoir/kit';
import type { Arrived, TransferLine } from './queries';

/** What is said of lines, by names: `whole.2`, `damaged.2`, `cost.2`. */
export type Said = Record<string, Scalar>;

export const saidOf = (said: Said, what: 'whole' | 'damaged' | 'cost', line: number): string => String(said[`${what}.${line}`] ?? '');
export const wholeOf = (said: Said, line: number): string => saidOf(said, 'whole', line) || '0';
export const damagedOf = (said: Said, line: number): string => saidOf(said, 'damaged', line) || '0';

/** What would be missing of a line; below zero where more was said than was sent. */
export const lacking = (line: TransferLine, said: Said): string => difference(line.sent, sumOf(wholeOf(said, line.line), damagedOf(said, line.line)));

export type Match = { line: TransferLine; quantity: string } | { why: 'stock.arrival.notSent' | 'stock.arrival.whichLot' | 'stock.arrival.whichPiece' | 'stock.arrival.tooMany' | 'stock.scan.quantityUnfit' };

/** The line that a scan means. `items`: codes of items that the scanned code stands for. */
export function matched(lines: TransferLine[], said: Said, scan: Scanned, items: string[]): Match {
  const named = lines.filter((line) => line.serial === scan.code || line.lot === scan.code);
  const ofItem = lines.filter((line) => items.includes(line.item));
  const exact = ofItem.filter((line) => (scan.lot !== undefined && line.lot === scan.lot) || (scan.serial !== undefined && line.serial === scan.serial));
  const meant = ofItem.length === 0 ? named.filter((line) => line.lot !== '' || line.serial !== '') : scan.lot !== undefined || scan.serial !== undefined ? exact : ofItem;
  if (meant.length === 0) return { why: 'stock.arrival.notSent' };
  // What was not said by lot or piece is clear only where there is one.
  if (ofItem.length > 0 && exact.length === 0 && meant.length > 1) {
    if (meant.some((line) => line.serial !== '')) return { why: 'stock.arrival.whichPiece' };
    if (new Set(meant.map((line) => line.lot)).size > 1) return { why: 'stock.arrival.whichLot' };
  }
  const quantity = scan.quantity ?? '1';
  if (!/^\d+(\.\d+)?$/.test(quantity) || compareNumbers(quantity, '0') <= 0) return { why: 'stock.scan.quantityUnfit' };
  const fits = meant.find((line) => compareNumbers(lacking(line, said), quantity) >= 0);
  return fits ? { line: fits, quantity } : { why: 'stock.arrival.tooMany' };
}

/** Lines of which less, or something damaged, arrived. */
export const apart = (lines: TransferLine[], said: Said): TransferLine[] =>
  lines.filter((line) => compareNumbers(lacking(line, said), '0') !== 0 || compareNumbers(damagedOf(said, line.line), '0') > 0);

/** What is posted: each line as it was counted. */
export function arrivedOf(lines: TransferLine[], said: Said, to: string, note: string): Arrived {
  return {
    to,
    note,
    lines: lines.map(({ line }) => ({
      line,
      quantity: wholeOf(said, line),
      damaged: compareNumbers(damagedOf(said, line), '0') === 0 ? null : damagedOf(said, line),
      cost: saidOf(said, 'cost', line) || null,
      to: null,
    })),
  };
}
