// Drafts: only what was touched is sent, what changed underneath is noticed, nothing is lost with the window.
import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordShown } from '../api/types';
import { differences, edited, emptyDraft, faultPath, isEmpty, keepDraft, keptDraft, keptDrafts, overtaken, settled, toChanges, type Draft } from './draft';

const record = (fields: Record<string, string>, city = 'Thiès'): RecordShown => ({
  id: '1', kind: 'party', scope: '', title: '', archived: false, fields, conflicts: [],
  lines: { addresses: [{ key: 'k', position: 1, archived: false, city }] },
});

describe('a draft', () => {
  beforeEach(() => localStorage.clear());

  it('holds what differs from the record, and no more', () => {
    const now = record({ name: 'Diop', phone: '' });
    let draft = edited(emptyDraft, now, 'name', 'Diop & Fils');
    draft = edited(draft, now, 'addresses.k.city', 'Dakar');
    draft = edited(draft, now, 'phone', '');
    expect(toChanges(draft)).toEqual({ set: { name: 'Diop & Fils', 'addresses.k.city': 'Dakar' } });
    draft = edited(edited(draft, now, 'name', 'Diop'), now, 'addresses.k.city', 'Thiès');
    expect(isEmpty(draft)).toBe(true);
  });
  it('is less what the record says by now, whoever saved it', () => {
    const typed = edited(edited(emptyDraft, record({ name: 'Diop' }), 'name', 'Sow'), record({ name: 'Diop' }), 'phone', '1');
    const after = settled(typed, record({ name: 'Sow' }));
    expect(after.set).toEqual({ phone: '1' });
    expect(after.base).toEqual({ phone: null });
    expect(settled(after, record({ name: 'Sow' })), 'one in which nothing is settled is the same').toBe(after);
  });
  it('is found again among all that were kept', () => {
    localStorage.setItem('comptoir.language', 'fr');
    keepDraft('party', 'new', edited(emptyDraft, undefined, 'name', 'Diop'));
    keepDraft('custom-field', '9', edited(emptyDraft, undefined, 'key', 'size'));
    keepDraft('party', '7', emptyDraft);
    expect(keptDrafts().map(({ kind, id }) => `${kind}/${id}`)).toEqual(['custom-field/9', 'party/new']);
  });
  it('is not kept when no request could carry it', () => {
    const draft = edited(emptyDraft, undefined, 'notes', 'short');
    expect(keepDraft('party', '1', draft)).toBe(true);
    expect(keepDraft('party', '1', edited(draft, undefined, 'notes', 'a'.repeat(10_000_000)))).toBe(false);
    expect(keptDraft('party', '1').set.notes).toBe('short');
  });
  it('sends no blank line and no blank field of a new one', () => {
    const draft: Draft = {
      ...emptyDraft,
      add: [
        { list: 'addresses', key: 'n1', fields: { city: 'Dakar', street: '' } },
        { list: 'addresses', key: 'n2', fields: { city: '' } },
      ],
    };
    expect(toChanges(draft)).toEqual({ add: { addresses: [{ city: 'Dakar' }] } });
  });
  it('notices what others changed under it', () => {
    const draft = edited(emptyDraft, record({ name: 'a', phone: '1' }), 'name', 'mine');
    expect(overtaken(draft, record({ name: 'a', phone: '2' }))).toEqual([]);
    expect(overtaken(draft, record({ name: 'theirs', phone: '2' }))).toEqual(['name']);
    expect(overtaken(draft, record({ name: 'mine', phone: '2' }))).toEqual([]);
  });
  it('outlives its window', () => {
    const draft = edited(emptyDraft, record({ name: 'a' }), 'name', 'b');
    expect(keepDraft('party', '1', draft)).toBe(true);
    expect(keptDraft('party', '1')).toEqual(draft);
    keepDraft('party', '1', emptyDraft);
    expect(localStorage.getItem('comptoir.draft.party.1')).toBeNull();
    localStorage.setItem('comptoir.draft.party.1', '{broken');
    expect(keptDraft('party', '1')).toEqual(emptyDraft);
  });
  it('finds the added line that a refusal means', () => {
    const draft = { ...emptyDraft, add: [
      { list: 'addresses', key: 'n1', fields: { postcode: '12500' } },
      { list: 'addresses', key: 'n2', fields: { postcode: 'zz' } },
    ] };
    expect(faultPath(draft, 'addresses.3f1f.postcode', 'zz')).toBe('addresses.n2.postcode');
    expect(faultPath(draft, 'name', 'x')).toBe('name');
  });
  it('compares two states field by field', () => {
    expect(differences(record({ name: 'a' }), record({ name: 'b' }, 'Dakar'))).toEqual(['name', 'addresses.k.city']);
  });
});
