// A list whose filter and order stand in the address. Owns reading and writing them there, and the key that leads to the field; what a filter means is
// its list's.
import { nextSort, useKeys } from '@comptoir/kit';
import { useMemo, useRef, type RefObject } from 'react';
import { valueOf, withValues, type Pairs } from './place';
import { useTyped } from './useTyped';

export interface ListPlaceProps {
  pairs: Pairs;
  change: (pairs: Pairs, replace: boolean) => void;
}

export interface ListPlace {
  typed: string;
  type: (text: string) => void;
  field: RefObject<HTMLInputElement | null>;
  /** Names of columns, `-` before those that run the other way. */
  sort: string[];
  onSort: (key: string, further: boolean) => void;
  /** The same as long as the same is asked. */
  question: string;
}

export function useListPlace({ pairs, change }: ListPlaceProps): ListPlace {
  const field = useRef<HTMLInputElement>(null);
  useKeys({ '/': () => field.current?.focus() });
  const [written, sorted] = [valueOf(pairs, 'filter'), valueOf(pairs, 'sort')];
  const [typed, type] = useTyped(written, (filter) => change(withValues(pairs, { filter }), true));
  const sort = useMemo(() => sorted.split(',').filter((term) => term !== ''), [sorted]);
  const onSort = (key: string, further: boolean) => change(withValues(pairs, { sort: nextSort(sort, key, further).join(',') }), true);
  return { typed, type, field, sort, onSort, question: `${typed}|${sorted}` };
}
