// A notice waits for whoever looks at it or has the keyboard in it; what it offers to undo is undone by Ctrl+Z, but not out of a field.
import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { english } from '../words/catalogue';
import { ToastProvider, useToasts } from './toasts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const undone: string[] = [];
beforeEach(() => void undone.splice(0));

function Saying() {
  const toasts = useToasts();
  return (
    <>
      {['first', 'second'].map((name) => (
        <button key={name} onClick={() => toasts.say(name, () => undone.push(name))}>
          {`say ${name}`}
        </button>
      ))}
      <button onClick={() => toasts.say('third')}>say third</button>
      <input aria-label="field" />
    </>
  );
}

function shown(): void {
  render(
    <MantineProvider>
      <IntlProvider locale="en" messages={english}>
        <ToastProvider>
          <Saying />
        </ToastProvider>
      </IntlProvider>
    </MantineProvider>,
  );
}
const say = (name: string) => fireEvent.click(screen.getByText(`say ${name}`));
const later = (ms: number) => {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
};

it('goes after a while, unless somebody points at it or has the keyboard in it', () => {
  shown();
  say('first');
  later(7_900);
  fireEvent.mouseMove(screen.getByText('first'));
  later(60_000);
  expect(screen.queryByText('first')).not.toBeNull();
  fireEvent.mouseLeave(screen.getByRole('status'));
  later(7_900);
  expect(screen.queryByText('first')).not.toBeNull();
  act(() => screen.getByText('Undo').closest('button')?.focus());
  later(60_000);
  expect(screen.queryByText('first')).not.toBeNull();
  act(() => screen.getByLabelText('field').focus());
  later(8_100);
  expect(screen.queryByText('first')).toBeNull();
});

it('gives the keyboard back when it goes with it', () => {
  shown();
  say('first');
  const field = screen.getByLabelText('field');
  act(() => field.focus());
  const undo = screen.getByText('Undo').closest('button');
  act(() => undo?.focus());
  // Not every engine without a window says where the focus came from.
  if (undo) fireEvent.focus(undo, { relatedTarget: field });
  if (undo) fireEvent.click(undo);
  expect(undone).toEqual(['first']);
  expect(document.activeElement).toBe(field);
});

it('is undone by a key, the last that can be first, and only as long as it is offered', () => {
  shown();
  for (const name of ['first', 'second', 'third']) say(name);
  const press = (more = {}, on: Element = document.body) => fireEvent.keyDown(on, { key: 'z', ctrlKey: true, ...more });
  press({}, screen.getByLabelText('field'));
  press({ shiftKey: true, key: 'Z' });
  expect(undone).toEqual([]);
  press();
  expect(undone).toEqual(['second']);
  press();
  press();
  expect(undone).toEqual(['second', 'first']);
  say('first');
  later(8_100);
  press();
  expect(undone).toEqual(['second', 'first']);
});
