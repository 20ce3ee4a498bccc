// A pasted table over the rows of a list: which cells it would change, what of it finds no place, and the writing, record by record
// as one act. Owns the plan and its writing; asking and telling are the dialog's.
import { UNREACHABLE, type Scalar } from '../api/client';
import type { Problem } from '../api/problem';
import type { ListedRecord } from '../api/types';
import { plainDay } from '../format/days';
import { plainAmount, plainNumber } from '../format/numbers';
import { asProblem } from '../problem/ProblemAlert';
import type { Field } from '../schema/kindSchema';
import { MARK } from './cellText';
import { fromClipboard } from './clipboard';
import type { Column } from './listQuery';

export interface PastedCell {
  column: Column;
  value: string;
}

export interface PastedRow {
  record: ListedRecord;
  cells: PastedCell[];
}

export interface PastePlan {
  rows: PastedRow[];
  /** Rows of the table below the last row of the list. */
  rowsBeyond: number;
  /** Columns of the table to the right of the list's last one. */
  columnsBeyond: number;
  /** Columns of the list that take nothing, and how many cells would have gone there. */
  closed: { column: Column; cells: number }[];
}

/** Lays a pasted table over rows and columns. What has no place is counted: nothing of it vanishes unsaid. */
export function planPaste(targets: { record: ListedRecord; columns: Column[] }[], text: string, locale: string): PastePlan {
  const table = fromClipboard(text);
  const closed = new Map<string, { column: Column; cells: number }>();
  const beyond = new Set<number>();
  const rows = table.slice(0, targets.length).flatMap((cells, at) => {
    const target = targets[at];
    if (!target) return [];
    const changed: PastedCell[] = [];
    for (const [place, cell] of cells.entries()) {
      const column = target.columns[place];
      if (column && takes(column, target.record)) changed.push({ column, value: plain(column.field, cell, locale) });
      // An empty cell that goes nowhere is no loss.
      else if (cell.trim() === '') continue;
      else if (!column) beyond.add(place);
      else closed.set(column.path, { column, cells: (closed.get(column.path)?.cells ?? 0) + 1 });
    }
    return [{ record: target.record, cells: changed }];
  });
  return { rows, rowsBeyond: Math.max(0, table.length - targets.length), columnsBeyond: beyond.size, closed: [...closed.values()] };
}

/** Cells of lines, what the program keeps itself, and what stays as it was made take nothing. */
const takes = ({ field, path, ofLines }: Column, record: ListedRecord) =>
  !ofLines && !Array.isArray(record.fields[path]) && field.widget !== 'computed' && field.widget !== MARK && !field.fixed;

function plain(field: Field, cell: string, locale: string): string {
  const text = cell.trim();
  if (field.kind === 'money') return plainAmount(text, locale);
  if (field.kind === 'int' || field.kind === 'decimal') return plainNumber(text, locale);
  if (field.kind === 'date') return plainDay(text, locale);
  return text;
}

const YES = /^(true|vrai|yes|oui|1|x|✓)$/i;
const NO = /^(false|faux|no|non|0|-|)$/i;

/** Yes and no as people write them, choices by their names as well as by their values; anything else is the node's to refuse. */
export function meant(field: Field, value: string, nameOf: (choice: string) => string): Scalar {
  if (field.kind === 'bool') return YES.test(value) ? true : NO.test(value) ? false : value;
  const named = field.choices.find((choice) => nameOf(choice).toLowerCase() === value.toLowerCase());
  return named ?? value;
}

export interface PasteOutcome {
  /** Records that were written. */
  written: number;
  refused: { record: ListedRecord; problem: Problem }[];
  /** Records that were not come to: it was stopped, or nothing more can be written. */
  left: number;
  /** Why nothing more can be written. */
  failed?: Problem;
}

/** A refusal of one row says nothing of the next; a node that is away, a session that has ended or a full disk does. */
const endsAll = (problem: Problem) => problem.code === UNREACHABLE || problem.status === 401 || problem.status >= 500;

/** Writes row by row until it is told to stop, between two rows. */
export async function writePaste(
  rows: PastedRow[],
  write: (row: PastedRow) => Promise<unknown>,
  far: (done: number) => void,
  stopped: () => boolean,
): Promise<PasteOutcome> {
  const outcome: PasteOutcome = { written: 0, refused: [], left: 0 };
  for (const [at, row] of rows.entries()) {
    if (stopped()) return { ...outcome, left: rows.length - at };
    try {
      await write(row);
      outcome.written++;
    } catch (error) {
      const problem = asProblem(error);
      if (endsAll(problem)) return { ...outcome, left: rows.length - at, failed: problem };
      outcome.refused.push({ record: row.record, problem });
    }
    far(at + 1);
  }
  return outcome;
}
