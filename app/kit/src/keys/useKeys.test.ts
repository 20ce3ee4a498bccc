// Keys of one letter are for who types in a field, and for nobody else there; those with Ctrl count everywhere, but for undo.
import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { useKeys } from './useKeys';

const done: string[] = [];
const actions = Object.fromEntries(['n', '/', '?', 's', 'Ctrl+k', 'Ctrl+s', 'Ctrl+z', 'Alt+ArrowLeft', 'Escape'].map((name) => [name, () => done.push(name)]));
let taken: boolean;

beforeEach(() => {
  done.splice(0);
  for (const name of ['input', 'textarea', 'select', 'div', 'button']) document.body.append(document.createElement(name));
  document.querySelector('div')?.setAttribute('contenteditable', 'true');
  renderHook(() => useKeys(actions));
});
afterEach(() => {
  cleanup();
  document.body.replaceChildren();
});

function press(on: Element | null, init: KeyboardEventInit): void {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
  (on ?? document.body).dispatchEvent(event);
  taken = event.defaultPrevented;
}
const KEYS: KeyboardEventInit[] = [{ key: 'n' }, { key: '/' }, { key: '?', shiftKey: true }, { key: 's' }, { key: 'z', ctrlKey: true }, { key: 'ArrowLeft', altKey: true }, { key: 'Escape' }];

it('what is typed in a field is typed, and nothing else', () => {
  for (const field of ['input', 'textarea', 'select', 'div']) {
    for (const key of KEYS) {
      press(document.querySelector(field), key);
      expect([field, key.key, taken]).toEqual([field, key.key, false]);
    }
  }
  expect(done).toEqual([]);
  press(document.querySelector('input'), { key: 'S', ctrlKey: true });
  press(document.querySelector('input'), { key: 'k', metaKey: true });
  expect(done).toEqual(['Ctrl+s', 'Ctrl+k']);
});

it('elsewhere each does what it is for', () => {
  for (const key of KEYS) press(document.querySelector('button'), key);
  expect(done).toEqual(['n', '/', '?', 's', 'Ctrl+z', 'Alt+ArrowLeft', 'Escape']);
  press(null, { key: 'Z', ctrlKey: true, shiftKey: true });
  expect(done).toHaveLength(7);
});

it('what lies under a dialog hears nothing but what counts everywhere', () => {
  const dialog = document.createElement('div');
  dialog.setAttribute('role', 'dialog');
  dialog.setAttribute('aria-modal', 'true');
  document.body.append(dialog);
  for (const key of [...KEYS, { key: 'k', ctrlKey: true }]) press(document.querySelector('button'), key);
  expect(done).toEqual(['Ctrl+k']);
});
