// One row of a table. Owns its drawing; it is drawn again only when something of its own changed, so that moving and
// scrolling cost the rows that they concern and no others.
import { memo } from 'react';
import { RowBox } from './ChoiceBox';
import classes from './DataGrid.module.css';
import type { GridColumn } from './Grid';

export const ROW_PIXELS = 34;

export interface GridRowProps<Row> {
  /** What the cells' ids begin with. */
  id: string;
  index: number;
  /** Where the row stands in the body. */
  pixels: number;
  record: Row | undefined;
  columns: GridColumn<Row>[];
  template: string;
  /** The cell that the keyboard moves, if it stands here. */
  active: number | undefined;
  /** The first and last column of a selection that runs through this row. */
  left: number | undefined;
  right: number | undefined;
  href: string | undefined;
  /** Whether it is chosen, where rows can be. */
  chosen: boolean | undefined;
  press: (row: number, column: number, extend: boolean) => void;
  choose: (row: number, extend: boolean) => void;
  open: (row: Row, index: number) => void;
}

function Drawn<Row>(props: GridRowProps<Row>) {
  const { id, index, pixels, record, columns, template, active, left, right, href, chosen, press, choose, open } = props;
  const isChoosing = chosen !== undefined;
  return (
    <div
      className={classes.row}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={record ? chosen : undefined}
      data-odd={index % 2 === 1 || undefined}
      data-chosen={chosen || undefined}
      style={{ gridTemplateColumns: template, transform: `translateY(${pixels}px)`, height: ROW_PIXELS }}
    >
      {isChoosing ? (
        <div
          role="gridcell"
          aria-colindex={1}
          className={classes.choice}
          // Or the text between two clicks is selected.
          onMouseDown={(event) => event.shiftKey && event.preventDefault()}
          onClick={(event) => choose(index, event.shiftKey)}
        >
          {record ? <RowBox cell={`${id}-${index}-0`} chosen={chosen} /> : null}
        </div>
      ) : null}
      {columns.map((column, at) => {
        const isActive = at === active;
        const isIn = left !== undefined && right !== undefined && at >= left && at <= right;
        return (
          <div
            key={column.key}
            id={`${id}-${index}-${at}`}
            role="gridcell"
            aria-colindex={at + (isChoosing ? 2 : 1)}
            // Where rows are chosen, it is they that are selected, and cells in a range alone.
            aria-selected={isChoosing ? isIn || undefined : isActive || isIn}
            className={classes.cell}
            data-active={isActive || undefined}
            data-in={isIn || undefined}
            data-numeric={column.isNumeric || undefined}
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
                  {column.cell(record)}
                </a>
              ) : (
                <bdi>{column.cell(record)}</bdi>
              )
            ) : (
              <span className={classes.waiting} aria-hidden />
            )}
            {record ? column.mark?.(record) : null}
          </div>
        );
      })}
    </div>
  );
}

export const GridRow = memo(Drawn) as typeof Drawn;
