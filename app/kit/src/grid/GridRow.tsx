// One row of the table of records. Owns its drawing; it is drawn again only when something of its own changed, so that moving and
// scrolling cost the rows that they concern and no others.
import { memo } from 'react';
import type { ListedRecord } from '../api/types';
import type { Words } from '../words/useWords';
import { cellText } from './cellText';
import classes from './DataGrid.module.css';
import { isNumeric, type Column } from './listQuery';

export const ROW_PIXELS = 34;

export interface GridRowProps {
  /** What the cells' ids begin with. */
  id: string;
  index: number;
  /** Where the row stands in the body. */
  pixels: number;
  record: ListedRecord | undefined;
  columns: Column[];
  template: string;
  words: Words;
  /** The cell that the keyboard moves, if it stands here. */
  active: number | undefined;
  /** The first and last column of a selection that runs through this row. */
  left: number | undefined;
  right: number | undefined;
  href: string | undefined;
  press: (row: number, column: number, extend: boolean) => void;
  open: (record: ListedRecord, index: number) => void;
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { id, index, pixels, record, columns, template, words, active, left, right, href, press, open } = props;
  return (
    <div
      className={classes.row}
      role="row"
      aria-rowindex={index + 2}
      data-odd={index % 2 === 1 || undefined}
      style={{ gridTemplateColumns: template, transform: `translateY(${pixels}px)`, height: ROW_PIXELS }}
    >
      {columns.map((column, at) => {
        const isActive = at === active;
        const isIn = left !== undefined && right !== undefined && at >= left && at <= right;
        return (
          <div
            key={column.path}
            id={`${id}-${index}-${at}`}
            role="gridcell"
            aria-colindex={at + 1}
            aria-selected={isActive || isIn}
            className={classes.cell}
            data-active={isActive || undefined}
            data-in={isIn || undefined}
            data-numeric={isNumeric(column.field) || undefined}
            onClick={(event) => press(index, at, event.shiftKey)}
            onDoubleClick={() => record && open(record, index)}
          >
            {record ? (
              at === 0 ? (
                <a
                  href={href}
                  tabIndex={-1}
                  dir="auto"
                  onClick={(event) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                    event.preventDefault();
                    event.stopPropagation();
                    open(record, index);
                  }}
                >
                  {cellText(words, column, record) || record.title}
                </a>
              ) : (
                <bdi>{cellText(words, column, record)}</bdi>
              )
            ) : (
              <span className={classes.waiting} aria-hidden />
            )}
            {record && at === 0 && record.conflicts > 0 ? (
              <span className={classes.mark} title={words.text('grid.conflict')}>
                ⚡<span className="visually-hidden">{words.text('grid.conflict')}</span>
              </span>
            ) : null}
          </div>
        );
      })}
    </div>
  );
});
