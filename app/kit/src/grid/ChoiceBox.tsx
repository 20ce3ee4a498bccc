// The boxes by which rows are chosen with a pointer. Owns their drawing: the keyboard chooses from the list itself, so none of them is a stop of Tab.
import { useEffect, useRef } from 'react';
import { useText } from '../words/useWords';
import classes from './DataGrid.module.css';
import type { Extent } from './useChoosing';

/** The width of their column. */
export const CHOICE_PIXELS = 38;

/** A row's, called as that cell of it says; the cell around the box hears the click. */
export function RowBox({ cell, chosen }: { cell: string; chosen: boolean }) {
  return <input type="checkbox" className={classes.box} tabIndex={-1} checked={chosen} readOnly aria-labelledby={cell} />;
}

/** That of all that are shown, in the heading. */
export function AllBox({ extent, change, disabled }: { extent: Extent; change: () => void; disabled: boolean }) {
  const text = useText();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = extent === 'some';
  }, [extent]);
  return (
    <label className={classes.choice}>
      <input ref={box} type="checkbox" className={classes.box} tabIndex={-1} checked={extent === 'all'} disabled={disabled} onChange={change} />
      <span className="visually-hidden">{text('grid.chooseAll')}</span>
    </label>
  );
}
