// A record that begins with something: it is unsaved once a person typed, and not before.
import { act, renderHook } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import type { Pairs } from '../api/records';
import { keptDrafts, toChanges } from './draft';
import { useDraft } from './useDraft';

beforeEach(() => localStorage.clear());

const PARTY: Pairs = [['kind', 'party']];
const ITEM: Pairs = [['kind', 'item']];
const started = (presets: Pairs) => renderHook(() => useDraft('custom-field', 'new', undefined, presets));

it('is not unsaved with what it begins with, which is sent all the same', () => {
  const { result } = started(PARTY);
  expect([result.current.dirty, keptDrafts().length]).toEqual([false, 0]);
  expect(toChanges(result.current.draft)).toEqual({ set: { kind: 'party' } });
});

it('is unsaved once something is typed, and as it began when that is thrown away', () => {
  const { result } = started(PARTY);
  act(() => result.current.edit('key', 'size'));
  expect([result.current.dirty, keptDrafts().length]).toEqual([true, 1]);
  expect(toChanges(result.current.draft)).toEqual({ set: { kind: 'party', key: 'size' } });
  act(() => result.current.clear());
  expect([result.current.dirty, keptDrafts().length]).toEqual([false, 0]);
  expect(toChanges(result.current.draft)).toEqual({ set: { kind: 'party' } });
});

it('is unsaved when a person chose something else than it began with', () => {
  const { result } = started(PARTY);
  act(() => result.current.edit('kind', 'item'));
  expect([result.current.dirty, toChanges(result.current.draft)]).toEqual([true, { set: { kind: 'item' } }]);
});

it('goes on with what was typed before, for what the link says now', () => {
  const before = started(PARTY);
  act(() => before.result.current.edit('key', 'size'));
  before.unmount();
  const { result } = started(ITEM);
  expect([result.current.dirty, toChanges(result.current.draft)]).toEqual([true, { set: { kind: 'item', key: 'size' } }]);
});

it('remembers whom it is for: found again it is made for this site alone', () => {
  const before = started(PARTY);
  act(() => before.result.current.place('private'));
  expect(before.result.current.dirty).toBe(true);
  before.unmount();
  const { result } = started(PARTY);
  expect(result.current.draft.scope).toBe('private');
  act(() => result.current.clear());
  expect([result.current.draft.scope, keptDrafts().length]).toEqual([undefined, 0]);
});
