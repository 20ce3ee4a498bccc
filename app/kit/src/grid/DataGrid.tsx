// The table of records. Owns what a field's cell says and how wide it is; drawing and keys are the grid's.
import { useMemo, type ReactNode } from 'react';
import type { ListedRecord } from '../api/types';
import { useWords, type Words } from '../words/useWords';
import { cellText, copiedText } from './cellText';
import classes from './DataGrid.module.css';
import { Grid, type GridColumn, type GridProps } from './Grid';
import { isNumeric, type Column } from './listQuery';
import type { PageStore } from './PageStore';

export interface DataGridProps extends Omit<GridProps<ListedRecord>, 'store' | 'question' | 'columns' | 'paste'> {
  store: PageStore;
  columns: Column[];
  paste?: (rows: { record: ListedRecord; columns: Column[] }[], text: string) => void;
}

/** The least width of a column in pixels, and its share of what is left. */
const width = (column: Column, at: number): [number, number] => {
  if (at === 0) return [210, 2];
  if (column.field.kind === 'bool') return [116, 0];
  if (column.field.widget === 'unit') return [76, 0];
  if (column.field.kind === 'int' || column.field.kind === 'decimal') return [108, 0];
  if (isNumeric(column.field) || column.field.kind === 'date') return [128, 0];
  if (column.field.widget === 'code' || (column.field.limit !== undefined && column.field.limit <= 6)) return [120, 0];
  if (column.field.choices.length > 0) return [128, 0];
  return [148, 1];
};

export function DataGrid({ columns, paste, ...rest }: DataGridProps) {
  const words = useWords();
  const drawn = useMemo(() => columns.map((column, at) => drawnColumn(words, column, at)), [words, columns]);
  return (
    <Grid<ListedRecord>
      {...rest}
      columns={drawn}
      {...(paste ? { paste: (rows, from, text) => paste(rows.map((record) => ({ record, columns: columns.slice(from) })), text) } : {})}
    />
  );
}

function drawnColumn(words: Words, column: Column, at: number): GridColumn<ListedRecord> {
  return {
    key: column.path,
    heading: words.field(column.field),
    width: width(column, at),
    isNumeric: isNumeric(column.field),
    cell: (record) => cellText(words, column, record) || (at === 0 ? record.title : ''),
    copied: (record) => copiedText(words, column, record),
    ...(at === 0 ? { mark: (record) => conflictMark(words, record) } : {}),
  };
}

function conflictMark(words: Words, record: ListedRecord): ReactNode {
  return record.conflicts > 0 ? (
    <span className={classes.mark} title={words.text('grid.conflict')}>
      ⚡<span className="visually-hidden">{words.text('grid.conflict')}</span>
    </span>
  ) : null;
}
