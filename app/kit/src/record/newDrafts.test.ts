// Two windows make two records; what a window left behind that is gone is offered in the next one.
import { beforeEach, expect, it } from 'vitest';
import { edited, emptyDraft, keepDraft } from './draft';
import { abandoned, isNew, ownNewDraft, takeNewDraft } from './newDrafts';

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

const typed = (name: string) => edited(emptyDraft, undefined, 'name', name);

it('a window goes on with what it typed, and begins afresh when that is saved', () => {
  const own = ownNewDraft('party');
  takeNewDraft('party', own);
  keepDraft('party', own, typed('Diop'));
  expect(ownNewDraft('party'), 'loaded anew').toBe(own);
  expect(ownNewDraft('item'), 'another kind').not.toBe(own);
  keepDraft('party', own, emptyDraft);
  expect(ownNewDraft('party')).not.toBe(own);
});

it('another window begins its own, and is offered what nobody has open', async () => {
  const first = ownNewDraft('party');
  keepDraft('party', first, typed('Diop'));
  keepDraft('party', '7', typed('no new one'));
  // This browser's storage, and no session: another window.
  const second = ownNewDraft('party');
  expect(isNew(second) && second !== first).toBe(true);
  expect((await abandoned('party', second)).map(({ id }) => id)).toEqual([first]);
  expect(await abandoned('item', second)).toEqual([]);
  takeNewDraft('party', first);
  expect(await abandoned('party', ownNewDraft('party'))).toEqual([]);
});
