// Many scopes: as many rows as can be read, and the others by their names.
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, it, vi } from 'vitest';
import { english } from '../words/catalogue';
import { ScopeTable } from './ScopeTable';

vi.mock('./role', () => ({ useMay: () => false }));
afterEach(cleanup);

const scopes = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `books/S${at}`, logs: 1, entries: 2 }));
/** As they come: in no order. */
const show = (count: number) =>
  render(
    <MantineProvider>
      <IntlProvider locale="en" messages={english}>
        <ScopeTable scopes={scopes(count).reverse()} />
      </IntlProvider>
    </MantineProvider>,
  );
const rows = () => screen.getAllByRole('row').length - 1;

it('shows all where they can be read, and asks nothing', () => {
  show(100);
  expect(rows()).toBe(100);
  expect(screen.queryByRole('searchbox')).toBeNull();
});

it('puts them in the order of their names, numbers as numbers', () => {
  show(12);
  expect(screen.getAllByText(/^books\/S/).map((cell) => cell.textContent).filter((name, at, all) => all.indexOf(name) === at)).toEqual(scopes(12).map(({ name }) => name));
});

it('finds those that are not shown by their names', async () => {
  show(3000);
  expect(rows()).toBe(100);
  expect(screen.getByText('100 of 3,000 shown')).toBeTruthy();
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'S2999 BOOKS' } });
  await waitFor(() => expect(rows()).toBe(1));
  expect(screen.getByText('1 of 3,000 shown')).toBeTruthy();
  expect(screen.getAllByText('books/S2999')).not.toHaveLength(0);
});
