// Rows are chosen by keys and by boxes, where a list says that they can be; nothing is drawn again but what changed; without it cells are selected as ever.
import { MantineProvider } from '@mantine/core';
import { act, cleanup, createEvent, fireEvent, render, screen, within } from '@testing-library/react';
import { useMemo, useState } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { english } from '../words/catalogue';
import { Grid, type GridColumn, type Rows } from './Grid';

interface Row {
  code: string;
  name: string;
}
/** Which rows had a cell drawn. */
const drawn: string[] = [];
const COLUMNS: GridColumn<Row>[] = [
  { key: 'code', heading: 'Code', width: [80, 0], cell: ({ code }) => (drawn.push(code), code), copied: ({ code }) => code },
  { key: 'name', heading: 'Name', width: [80, 1], cell: ({ name }) => name, copied: ({ name }) => name },
];
const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, at) => ({ code: `S${at}`, name: `Site ${at}` }));

let chosen: ReadonlySet<string>;
let show: (rows: Row[]) => void;

function Listed({ start, isChoosing }: { start: Row[]; isChoosing: boolean }) {
  const [list, setList] = useState(start);
  const [own, setOwn] = useState<ReadonlySet<string>>(new Set());
  chosen = own;
  show = setList;
  const store = useMemo<Rows<Row>>(() => ({ total: list.length, row: (index) => list[index] }), [list]);
  return (
    <Grid<Row>
      label="Sites"
      store={store}
      question=""
      columns={COLUMNS}
      sort={[]}
      open={() => undefined}
      href={({ code }) => `/${code}`}
      empty="none"
      {...(isChoosing ? { choosing: { chosen: own, onChosen: setOwn, keyOf: ({ code }: Row) => code } } : {})}
    />
  );
}

function listed(count: number, isChoosing = true): HTMLElement {
  render(
    <MantineProvider>
      <IntlProvider locale="en" messages={english}>
        <Listed start={rowsOf(count)} isChoosing={isChoosing} />
      </IntlProvider>
    </MantineProvider>,
  );
  return screen.getByRole('grid');
}

// A document without a layout has no height, and so would have no rows.
beforeAll(() => {
  for (const [name, pixels] of [['clientHeight', 400], ['clientWidth', 800]] as const) Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value: pixels });
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.scrollTo = () => undefined;
});
beforeEach(() => void drawn.splice(0));
afterEach(cleanup);

const press = (grid: HTMLElement, key: string, more: object = {}) => fireEvent.keyDown(grid, { key, ...more });
const row = (code: string) => screen.getByRole('row', { name: new RegExp(`${code} Site`) });
const box = (code: string) => within(row(code)).getByRole<HTMLInputElement>('checkbox', { name: code });
const heading = () => screen.getByRole<HTMLInputElement>('checkbox', { name: 'Choose all that are shown' });
const codes = () => [...chosen].sort();

it('Space chooses the row that one is in, and leaves it out again', () => {
  const grid = listed(5);
  press(grid, ' ');
  press(grid, 'ArrowDown');
  press(grid, 'ArrowDown');
  press(grid, ' ');
  expect(codes()).toEqual(['S0', 'S2']);
  expect([row('S0'), row('S1')].map((one) => one.getAttribute('aria-selected'))).toEqual(['true', 'false']);
  expect([box('S0').checked, box('S1').checked]).toEqual([true, false]);
  press(grid, ' ');
  expect(codes()).toEqual(['S0']);
});

it('with Shift all rows are chosen from the one that was toggled last, wherever it has gone, or from where a range of cells begins', () => {
  const grid = listed(9);
  press(grid, 'ArrowDown');
  press(grid, ' ');
  for (let at = 0; at < 2; at++) press(grid, 'ArrowDown');
  press(grid, ' ', { shiftKey: true });
  expect(codes()).toEqual(['S1', 'S2', 'S3']);
  press(grid, 'Escape');
  fireEvent.click(box('S4'));
  act(() => show(rowsOf(9).reverse()));
  fireEvent.click(box('S6'), { shiftKey: true });
  expect(codes()).toEqual(['S4', 'S5', 'S6']);
  press(grid, 'Escape');
  act(() => show(rowsOf(9)));
  press(grid, 'Home', { ctrlKey: true });
  for (let at = 0; at < 2; at++) press(grid, 'ArrowDown', { shiftKey: true });
  press(grid, ' ', { shiftKey: true });
  expect(codes()).toEqual(['S0', 'S1', 'S2']);
});

it('a box chooses without opening the row, and gives the keyboard to the list', () => {
  const grid = listed(3);
  fireEvent.click(box('S1'));
  expect(codes()).toEqual(['S1']);
  expect(document.activeElement).toBe(grid);
  fireEvent.click(row('S2').querySelectorAll('[role=gridcell]')[2] ?? grid);
  expect(codes()).toEqual(['S1']);
});

it('Ctrl+A and the heading choose all that are shown, Escape none, a range of cells before it', () => {
  const grid = listed(4);
  expect([heading().checked, heading().indeterminate]).toEqual([false, false]);
  press(grid, ' ');
  expect([heading().checked, heading().indeterminate]).toEqual([false, true]);
  // As it is with the lock of capitals.
  press(grid, 'A', { ctrlKey: true });
  expect([codes().length, heading().checked, heading().indeterminate]).toEqual([4, true, false]);
  fireEvent.click(heading());
  expect(codes()).toEqual([]);
  fireEvent.click(heading());
  expect(codes()).toHaveLength(4);
  press(grid, 'ArrowRight', { shiftKey: true });
  press(grid, 'Escape');
  expect(codes()).toHaveLength(4);
  press(grid, 'Escape');
  expect(codes()).toEqual([]);
});

it('what is chosen is copied whole, unless a range of cells is', () => {
  const grid = listed(4);
  const copied = () => {
    const taken = { text: '' };
    const event = createEvent.copy(grid);
    Object.defineProperty(event, 'clipboardData', { value: { setData: (_: string, text: string) => (taken.text = text) } });
    fireEvent(grid, event);
    return taken.text;
  };
  press(grid, ' ');
  press(grid, 'ArrowDown');
  press(grid, 'ArrowDown');
  press(grid, ' ');
  expect(copied()).toBe('S0\tSite 0\nS2\tSite 2');
  press(grid, 'ArrowDown', { shiftKey: true });
  expect(copied()).toBe('S2\nS3');
});

it('a choice among a thousand draws that row alone, and no cell of another', () => {
  const grid = listed(1_000);
  expect(drawn.length).toBeGreaterThan(10);
  expect(new Set(drawn).size).toBeLessThan(60);
  drawn.splice(0);
  press(grid, ' ');
  expect(drawn).toEqual(['S0']);
  drawn.splice(0);
  fireEvent.click(box('S3'));
  // The row that one was in, and the one that one is in.
  expect(new Set(drawn)).toEqual(new Set(['S0', 'S3']));
  drawn.splice(0);
  press(grid, 'a', { ctrlKey: true });
  expect(chosen.size).toBe(1_000);
  expect(new Set(drawn).size).toBeLessThan(60);
});

it('is said as a list of which several rows can be selected, its boxes counted as a column', () => {
  const grid = listed(2);
  expect([grid.getAttribute('aria-multiselectable'), grid.getAttribute('aria-colcount')]).toEqual(['true', '3']);
  const columns = [...row('S1').querySelectorAll('[role=gridcell]')].map((cell) => cell.getAttribute('aria-colindex'));
  expect(columns).toEqual(['1', '2', '3']);
  expect(grid.querySelector('[role=gridcell][aria-selected]')).toBeNull();
  press(grid, 'ArrowDown', { shiftKey: true });
  expect(grid.querySelectorAll('[role=gridcell][aria-selected=true]')).toHaveLength(2);
});

it('has no boxes where nothing is said of choosing: cells are selected there, all of them by Ctrl+A', () => {
  const grid = listed(3, false);
  expect(screen.queryByRole('checkbox')).toBeNull();
  expect(row('S0').hasAttribute('aria-selected')).toBe(false);
  expect(grid.getAttribute('aria-colcount')).toBe('2');
  expect(grid.querySelectorAll('[role=gridcell][aria-selected=true]')).toHaveLength(1);
  press(grid, 'a', { ctrlKey: true });
  expect(grid.querySelectorAll('[role=gridcell][aria-selected=true]')).toHaveLength(6);
  press(grid, ' ');
  expect(chosen.size).toBe(0);
});
