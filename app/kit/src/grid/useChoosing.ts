// Choosing whole rows of a list, to act on several at once. Owns what a key or a click makes of the choice; draws nothing, and acts on none.
import { useRef } from 'react';
import type { Rows } from './Grid';

/** Of a list whose rows are all here: what is not cannot be chosen. */
export interface Choosing<Row> {
  /** By their keys. */
  chosen: ReadonlySet<string>;
  onChosen: (chosen: ReadonlySet<string>) => void;
  /** What a row is known by, each time that it is read. */
  keyOf: (row: Row) => string;
}

/** How many of the rows that are shown are chosen. */
export type Extent = 'none' | 'some' | 'all';

export interface ChoiceActs {
  extent: Extent;
  isChosen: (index: number) => boolean;
  toggle: (index: number) => void;
  /** From a row, else from the one that was toggled last, up to this one: all of them are chosen. */
  reach: (index: number, from?: number) => void;
  all: () => void;
  none: () => void;
}

export function useChoosing<Row>(choosing: Choosing<Row> | undefined, rows: Rows<Row>): ChoiceActs | undefined {
  /** The row that was toggled last, by its key: rows move while one looks. */
  const last = useRef<string>(undefined);
  if (!choosing) return undefined;
  const { chosen, onChosen, keyOf } = choosing;
  const keyAt = (index: number): string | undefined => {
    const row = rows.row(index);
    return row && keyOf(row);
  };
  const keys = (first = 0, end = rows.total ?? 0): string[] => Array.from({ length: end - first }, (_, at) => keyAt(first + at)).filter((key) => key !== undefined);
  const isChosen = (index: number) => chosen.has(keyAt(index) ?? '');
  const none = () => {
    last.current = undefined;
    if (chosen.size > 0) onChosen(new Set());
  };
  return {
    extent: chosen.size === 0 ? 'none' : keys().every((key) => chosen.has(key)) ? 'all' : 'some',
    isChosen,
    toggle: (index) => {
      const key = keyAt(index);
      if (key === undefined) return;
      last.current = key;
      const others = [...chosen].filter((other) => other !== key);
      onChosen(new Set(isChosen(index) ? others : [...others, key]));
    },
    reach: (index, from) => {
      const known = from ?? (last.current === undefined ? -1 : keys().indexOf(last.current));
      if (known < 0) last.current = keyAt(index);
      const begin = known < 0 ? index : known;
      onChosen(new Set([...chosen, ...keys(Math.min(begin, index), Math.max(begin, index) + 1)]));
    },
    all: () => onChosen(new Set(keys())),
    none,
  };
}
