// The one table of records: rows that are drawn as they are looked at, a cell that the keyboard moves, ranges that are copied
// and pasted as in a spreadsheet. Owns drawing and keys; what is listed is its parent's to say.
import { Box, Center, Loader, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useId, useRef, useState, type ClipboardEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { ListedRecord } from '../api/types';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { copiedText } from './cellText';
import { toClipboard } from './clipboard';
import classes from './DataGrid.module.css';
import { GridRow, ROW_PIXELS } from './GridRow';
import { isNumeric, sortOf, type Column } from './listQuery';
import type { PageStore } from './PageStore';

export interface DataGridProps {
  label: string;
  store: PageStore;
  columns: Column[];
  sort: string[];
  /** Where it can be put in another order. */
  onSort?: (path: string, further: boolean) => void;
  /** Enter, or a double click. */
  open: (record: ListedRecord, index: number) => void;
  /** Where a record's own page is, so that it can be opened in another window too. */
  href: (record: ListedRecord) => string;
  paste?: (rows: { record: ListedRecord; columns: Column[] }[], text: string) => void;
  empty: ReactNode;
  /** Where the person was when they left the list. */
  start?: number;
  onActive?: (index: number) => void;
}

interface Place {
  row: number;
  column: number;
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

export function DataGrid(props: DataGridProps) {
  const { store, columns, sort, onSort, open, href, paste, empty, label, start = 0, onActive } = props;
  const words = useWords();
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  const total = store.total ?? 0;
  const [active, setActive] = useState<Place>({ row: start, column: 0 });
  const [anchor, setAnchor] = useState<Place>();
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 14,
    scrollPaddingStart: ROW_PIXELS,
    scrollPaddingEnd: ROW_PIXELS,
    paddingEnd: 4,
  });
  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => store.want(first, last), [store, first, last, total]);
  // Another question begins at its top.
  const asked = useRef(store);
  useEffect(() => {
    if (asked.current === store) return;
    asked.current = store;
    // Whoever sorts by a column stays in it, to sort the other way round.
    setActive(({ column }) => ({ row: 0, column: Math.max(0, Math.min(column, columns.length - 1)) }));
    setAnchor(undefined);
    rows.scrollToOffset(0);
  }, [rows, store, columns.length]);
  const began = useRef(false);
  useEffect(() => {
    if (began.current || total === 0) return;
    began.current = true;
    if (start > 0) rows.scrollToIndex(start, { align: 'center' });
  }, [rows, start, total]);

  // A heading is never cut.
  const widths = columns.map((column, at) => {
    const [least, share] = width(column, at);
    return [Math.max(least, Math.ceil(words.field(column.field).length * 8.4) + 34), share] as const;
  });
  const template = widths.map(([least, share]) => (share > 0 ? `minmax(${least}px, ${share}fr)` : `${least}px`)).join(' ');
  const minWidth = widths.reduce((sum, [least]) => sum + least, 0);
  const move = (to: Place, extend: boolean) => {
    const row = Math.max(0, Math.min(total - 1, to.row));
    const column = Math.max(0, Math.min(columns.length - 1, to.column));
    setAnchor(extend ? (anchor ?? active) : undefined);
    setActive({ row, column });
    onActive?.(row);
    rows.scrollToIndex(row, { align: 'auto' });
    document.getElementById(`${id}-h${column}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  // Rows are handed the same two acts for as long as the table lives, and so are drawn again for nobody else's sake.
  const acts = useRef({ move, open });
  useEffect(() => {
    acts.current = { move, open };
  });
  const press = useCallback((row: number, column: number, extend: boolean) => {
    frame.current?.focus({ preventScroll: true });
    acts.current.move({ row, column }, extend);
  }, []);
  const openRow = useCallback((record: ListedRecord, index: number) => acts.current.open(record, index), []);
  const range = {
    top: Math.min(active.row, anchor?.row ?? active.row),
    bottom: Math.max(active.row, anchor?.row ?? active.row),
    left: Math.min(active.column, anchor?.column ?? active.column),
    right: Math.max(active.column, anchor?.column ?? active.column),
  };
  const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 400) / ROW_PIXELS) - 2);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const { row, column } = active;
    const whole = event.ctrlKey || event.metaKey;
    const to: Record<string, Place | undefined> = {
      ArrowDown: { row: whole ? total - 1 : row + 1, column },
      ArrowUp: { row: whole ? 0 : row - 1, column },
      ArrowRight: { row, column: whole ? columns.length - 1 : column + 1 },
      ArrowLeft: { row, column: whole ? 0 : column - 1 },
      PageDown: { row: row + page, column },
      PageUp: { row: row - page, column },
      Home: { row: whole ? 0 : row, column: 0 },
      End: { row: whole ? total - 1 : row, column: columns.length - 1 },
    };
    const place = to[event.key];
    if (place) {
      event.preventDefault();
      move(place, event.shiftKey);
    } else if (event.key === 'Enter' && !whole) {
      const record = store.row(row);
      if (record) {
        event.preventDefault();
        open(record, row);
      }
    } else if (event.key.toLowerCase() === 's' && !whole && onSort && columns[column]) {
      event.preventDefault();
      onSort(columns[column].path, event.shiftKey);
    } else if (event.key === 'a' && whole) {
      event.preventDefault();
      setAnchor({ row: 0, column: 0 });
      setActive({ row: Math.min(total, store.total ?? 0) - 1, column: columns.length - 1 });
    } else if (event.key === 'Escape') {
      setAnchor(undefined);
    }
  };
  const onCopy = (event: ClipboardEvent) => {
    const table: string[][] = [];
    for (let row = range.top; row <= range.bottom; row++) {
      const record = store.row(row);
      if (record) table.push(columns.slice(range.left, range.right + 1).map((column) => copiedText(words, column, record)));
    }
    if (table.length === 0) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', toClipboard(table));
  };
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (!paste || text === '') return;
    event.preventDefault();
    const targets: { record: ListedRecord; columns: Column[] }[] = [];
    for (let row = range.top; row < Math.min(total, range.top + 500); row++) {
      const record = store.row(row);
      if (!record) break;
      targets.push({ record, columns: columns.slice(range.left) });
    }
    paste(targets, text);
  };

  if (store.error && store.total === undefined) return <ProblemAlert error={store.error} />;
  const activeId = store.row(active.row) ? `${id}-${active.row}-${active.column}` : undefined;
  return (
    <div className={classes.whole}>
    <Box
      ref={frame}
      className={classes.frame}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-busy={store.total === undefined}
      aria-multiselectable
      tabIndex={0}
      {...(activeId ? { 'aria-activedescendant': activeId } : {})}
      onKeyDown={onKeyDown}
      onCopy={onCopy}
      onPaste={onPaste}
    >
      <div className={classes.head} role="rowgroup" style={{ minWidth }}>
        <div className={classes.row} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {columns.map((column, at) => {
            const order = sortOf(sort, column.path);
            return (
              <div
                key={column.path}
                id={`${id}-h${at}`}
                role="columnheader"
                className={classes.header}
                aria-colindex={at + 1}
                {...(onSort ? { 'aria-sort': order } : {})}
                data-numeric={isNumeric(column.field) || undefined}
              >
                {onSort ? (
                  <button type="button" tabIndex={-1} onClick={(event) => onSort(column.path, event.shiftKey)}>
                    <span>{words.field(column.field)}</span>
                    {order === 'none' ? null : <span aria-hidden>{order === 'ascending' ? '▲' : '▼'}</span>}
                  </button>
                ) : (
                  <span className={classes.heading}>{words.field(column.field)}</span>
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div className={classes.body} role="rowgroup" style={{ height: rows.getTotalSize(), minWidth }}>
        {shown.map((item) => {
          const record = store.row(item.index);
          const isIn = anchor !== undefined && item.index >= range.top && item.index <= range.bottom;
          return (
            <GridRow
              key={item.key}
              id={id}
              index={item.index}
              pixels={item.start}
              record={record}
              columns={columns}
              template={template}
              words={words}
              active={item.index === active.row ? active.column : undefined}
              left={isIn ? range.left : undefined}
              right={isIn ? range.right : undefined}
              href={record && href(record)}
              press={press}
              open={openRow}
            />
          );
        })}
      </div>
    </Box>
      {store.total === undefined ? (
        <Center p="xl">
          <Loader size="sm" aria-label={words.text('loading')} />
        </Center>
      ) : null}
      {store.total === 0 ? <div className={classes.empty}>{empty}</div> : null}
      {store.error ? (
        <Text size="sm" c="red" p="xs" role="alert">
          {words.text('grid.stale')}
        </Text>
      ) : null}
    </div>
  );
}
