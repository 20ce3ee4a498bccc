// What is typed is asked at once; the address, which comes after and may come in between, does not undo it; the way back does.
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Pairs } from '../api/records';
import { useQueryNow } from './useQueryNow';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const search = (words: string): Pairs => [['search', words]];

function started() {
  const asked: string[] = [];
  const change = (pairs: Pairs, replace: boolean) => void asked.push(`${replace ? 'typed' : 'chosen'} ${new URLSearchParams(pairs).get('search')}`);
  const hook = renderHook(({ pairs }: { pairs: Pairs }) => useQueryNow(pairs, change), { initialProps: { pairs: [] as Pairs } });
  return {
    asked,
    type: (words: string) => act(() => hook.result.current.put(search(words), true)),
    choose: (words: string) => act(() => hook.result.current.put(search(words), false)),
    settle: () => act(() => hook.result.current.settle()),
    rest: () => act(() => void vi.advanceTimersByTime(1_000)),
    now: () => new URLSearchParams(hook.result.current.now).get('search'),
    address: (pairs: Pairs) => hook.rerender({ pairs }),
    leave: () => hook.unmount(),
  };
}

it('is asked before the address says so, which follows once the hand rests', () => {
  const { asked, type, now, rest, address } = started();
  type('a');
  type('ab');
  expect(now()).toBe('ab');
  expect(asked).toEqual([]);
  rest();
  expect(asked).toEqual(['typed ab']);
  address(search('ab'));
  expect(now()).toBe('ab');
});

it('an address that comes when more was typed does not undo it; one that skips what was overtaken is understood', () => {
  const { type, now, rest, address } = started();
  type('a');
  rest();
  type('ab');
  address(search('a'));
  expect(now()).toBe('ab');
  rest();
  type('abc');
  rest();
  address(search('abc'));
  expect(now()).toBe('abc');
  address(search('a'));
  expect(now(), 'the way back').toBe('a');
});

it('what is chosen is sent at once, after what was typed before it', () => {
  const { asked, type, choose, settle } = started();
  type('a');
  choose('b');
  expect(asked).toEqual(['typed a', 'chosen b']);
  type('c');
  settle();
  settle();
  expect(asked).toEqual(['typed a', 'chosen b', 'typed c']);
});

it('the way back goes before what is still to follow, and so does another place', () => {
  const { asked, type, now, rest, address, leave } = started();
  type('a');
  address(search('z'));
  expect(now()).toBe('z');
  rest();
  type('b');
  leave();
  rest();
  expect(asked).toEqual([]);
});

it('what changes nothing is not waited for', () => {
  const { asked, type, rest, now, address } = started();
  address(search('a'));
  type('a');
  rest();
  expect(asked).toEqual([]);
  address(search('b'));
  address(search('a'));
  expect(now()).toBe('a');
});
