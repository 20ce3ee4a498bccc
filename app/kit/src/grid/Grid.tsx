// The one table of many rows: they are drawn as they are looked at, a cell is moved by the keyboard, ranges are copied and pasted as in a
// spreadsheet. Owns drawing and keys; what is listed, and what a cell says of it, is its parent's to say.
import { Box, Center, Loader, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useId, useRef, useState, type ClipboardEvent, type KeyboardEvent, type ReactNode } from 'react';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useText } from '../words/useWords';
import { AllBox, CHOICE_PIXELS } from './ChoiceBox';
import { toClipboard } from './clipboard';
import classes from './DataGrid.module.css';
import { GridRow, ROW_PIXELS } from './GridRow';
import { sortOf } from './listQuery';
import { useChoosing, type Choosing } from './useChoosing';

/** Rows that are here, or come when they are wanted. */
export interface Rows<Row> {
  /** How many there are, once that is known. */
  readonly total: number | undefined;
  readonly error?: unknown;
  row: (index: number) => Row | undefined;
  want?: (first: number, last: number) => void;
}

export interface GridColumn<Row> {
  key: string;
  heading: string;
  /** The least width in pixels, and the share of what is left. */
  width: [number, number];
  isNumeric?: boolean;
  cell: (row: Row) => ReactNode;
  /** What stands behind the cell's text. */
  mark?: (row: Row) => ReactNode;
  /** What it is on the clipboard. */
  copied: (row: Row) => string;
}

export interface GridProps<Row> {
  label: string;
  store: Rows<Row>;
  /** The same as long as the same is asked, where the rows are another object each time that they are read. */
  question?: unknown;
  columns: GridColumn<Row>[];
  sort: string[];
  /** Where it can be put in another order. */
  onSort?: (path: string, further: boolean) => void;
  /** Enter, or a double click. */
  open: (row: Row, index: number) => void;
  /** Where a row's own page is, so that it can be opened in another window too. */
  href: (row: Row) => string;
  /** Onto these rows, from this column on. */
  paste?: (rows: Row[], column: number, text: string) => void;
  /** Where whole rows can be chosen. Ctrl+A and Escape are about them then, and they are copied where no range of cells is. */
  choosing?: Choosing<Row>;
  empty: ReactNode;
  /** Where the person was when they left the list. */
  start?: number;
  onActive?: (index: number) => void;
}

interface Place {
  row: number;
  column: number;
}

export function Grid<Row>(props: GridProps<Row>) {
  const { store, columns, sort, onSort, open, href, paste, choosing, empty, label, start = 0, onActive, question = store } = props;
  const text = useText();
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  const total = store.total ?? 0;
  const [active, setActive] = useState<Place>({ row: start, column: 0 });
  const [anchor, setAnchor] = useState<Place>();
  const choice = useChoosing(choosing, store);
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
  useEffect(() => store.want?.(first, last), [store, first, last, total]);
  // Another question begins at its top.
  const asked = useRef(question);
  useEffect(() => {
    if (asked.current === question) return;
    asked.current = question;
    // Whoever sorts by a column stays in it, to sort the other way round.
    setActive(({ column }) => ({ row: 0, column: Math.max(0, Math.min(column, columns.length - 1)) }));
    setAnchor(undefined);
    rows.scrollToOffset(0);
  }, [rows, question, columns.length]);
  const began = useRef(false);
  useEffect(() => {
    if (began.current || total === 0) return;
    began.current = true;
    if (start > 0) rows.scrollToIndex(start, { align: 'center' });
  }, [rows, start, total]);

  // A heading is never cut.
  const widths = columns.map(({ width: [least, share], heading }) => [Math.max(least, Math.ceil(heading.length * 8.4) + 34), share] as const);
  const before = choice ? 1 : 0;
  const template = [...(choice ? [`${CHOICE_PIXELS}px`] : []), ...widths.map(([least, share]) => (share > 0 ? `minmax(${least}px, ${share}fr)` : `${least}px`))].join(' ');
  const minWidth = widths.reduce((sum, [least]) => sum + least, before * CHOICE_PIXELS);
  const move = (to: Place, extend: boolean) => {
    const row = Math.max(0, Math.min(total - 1, to.row));
    const column = Math.max(0, Math.min(columns.length - 1, to.column));
    setAnchor(extend ? (anchor ?? active) : undefined);
    setActive({ row, column });
    onActive?.(row);
    rows.scrollToIndex(row, { align: 'auto' });
    document.getElementById(`${id}-h${column}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  // Rows are handed the same acts for as long as the table lives, and so are drawn again for nobody else's sake.
  const acts = useRef({ move, open, choice, active });
  useEffect(() => {
    acts.current = { move, open, choice, active };
  });
  const press = useCallback((row: number, column: number, extend: boolean) => {
    frame.current?.focus({ preventScroll: true });
    acts.current.move({ row, column }, extend);
  }, []);
  const choose = useCallback((row: number, extend: boolean) => {
    frame.current?.focus({ preventScroll: true });
    const { move, choice, active } = acts.current;
    move({ row, column: active.column }, false);
    if (extend) choice?.reach(row);
    else choice?.toggle(row);
  }, []);
  const openRow = useCallback((record: Row, index: number) => acts.current.open(record, index), []);
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
      onSort(columns[column].key, event.shiftKey);
    } else if (event.key === ' ' && choice) {
      event.preventDefault();
      if (event.shiftKey) choice.reach(row, anchor?.row);
      else choice.toggle(row);
    } else if (event.key.toLowerCase() === 'a' && whole && choice) {
      event.preventDefault();
      choice.all();
    } else if (event.key.toLowerCase() === 'a' && whole) {
      event.preventDefault();
      setAnchor({ row: 0, column: 0 });
      setActive({ row: Math.min(total, store.total ?? 0) - 1, column: columns.length - 1 });
    } else if (event.key === 'Escape') {
      // A range of cells first, what is chosen then.
      if (anchor) setAnchor(undefined);
      else choice?.none();
    }
  };
  const onCopy = (event: ClipboardEvent) => {
    const table: string[][] = [];
    const isWhole = anchor === undefined && choice !== undefined && choice.extent !== 'none';
    for (let row = isWhole ? 0 : range.top; row <= (isWhole ? total - 1 : range.bottom); row++) {
      const record = store.row(row);
      if (!record || (isWhole && !choice.isChosen(row))) continue;
      table.push((isWhole ? columns : columns.slice(range.left, range.right + 1)).map((column) => column.copied(record)));
    }
    if (table.length === 0) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', toClipboard(table));
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text/plain');
    if (!paste || pasted === '') return;
    event.preventDefault();
    const targets: Row[] = [];
    for (let row = range.top; row < Math.min(total, range.top + 500); row++) {
      const record = store.row(row);
      if (!record) break;
      targets.push(record);
    }
    paste(targets, range.left, pasted);
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
      aria-colcount={columns.length + before}
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
          {choice ? (
            <div role="columnheader" className={classes.header} aria-colindex={1}>
              <AllBox extent={choice.extent} change={choice.extent === 'all' ? choice.none : choice.all} disabled={total === 0} />
            </div>
          ) : null}
          {columns.map((column, at) => {
            const order = sortOf(sort, column.key);
            return (
              <div
                key={column.key}
                id={`${id}-h${at}`}
                role="columnheader"
                className={classes.header}
                aria-colindex={at + 1 + before}
                {...(onSort ? { 'aria-sort': order } : {})}
                data-numeric={column.isNumeric || undefined}
              >
                {onSort ? (
                  <button type="button" tabIndex={-1} onClick={(event) => onSort(column.key, event.shiftKey)}>
                    <span>{column.heading}</span>
                    {order === 'none' ? null : <span aria-hidden>{order === 'ascending' ? '▲' : '▼'}</span>}
                  </button>
                ) : (
                  <span className={classes.heading}>{column.heading}</span>
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
              active={item.index === active.row ? active.column : undefined}
              left={isIn ? range.left : undefined}
              right={isIn ? range.right : undefined}
              href={record && href(record)}
              chosen={choice?.isChosen(item.index)}
              press={press}
              choose={choose}
              open={openRow}
            />
          );
        })}
      </div>
    </Box>
      {store.total === undefined ? (
        <Center p="xl">
          <Loader size="sm" aria-label={text('loading')} />
        </Center>
      ) : null}
      {store.total === 0 ? <div className={classes.empty}>{empty}</div> : null}
      {store.error ? (
        <Text size="sm" c="red" p="xs" role="alert">
          {text('grid.stale')}
        </Text>
      ) : null}
    </div>
  );
}
