// The draft of the form that is open: read from this browser when it opens, kept at every edit, and one with the draft of the same
// record in another window.
import { useCallback, useEffect, useState } from 'react';
import type { Scalar } from '../api/client';
import type { Pairs } from '../api/records';
import type { RecordShown } from '../api/types';
import { useUnsaved } from '../place/leaving';
import { begun, edited, emptyDraft, isEmpty, isPlaceOf, isUntouched, keepDraft, keptDraft, settled, without, type Draft } from './draft';

export interface DraftInHand {
  draft: Draft;
  dirty: boolean;
  /** False when this browser has no room to keep it: a crash would lose it. */
  kept: boolean;
  edit: (path: string, value: Scalar) => void;
  addLine: (list: string, fields?: Record<string, Scalar>) => string;
  editLine: (key: string, name: string, value: Scalar) => void;
  removeLine: (key: string) => void;
  drop: (path: string) => void;
  place: (scope: string | undefined) => void;
  clear: () => void;
}

let lines = 0;
const NONE: Pairs = [];

/** The presets are what a record that is being made begins with, and the same as long as it is. */
export function useDraft(kind: string, id: string, record: RecordShown | undefined, presets = NONE): DraftInHand {
  const [draft, setDraft] = useState(() => begun(keptDraft(kind, id), presets));
  const [kept, setKept] = useState(true);
  const dirty = !isUntouched(draft, presets);
  useEffect(() => setKept(keepDraft(kind, id, dirty ? draft : emptyDraft)), [kind, id, draft, dirty]);
  useUnsaved(dirty);
  useEffect(() => {
    if (record) setDraft((draft) => settled(draft, record));
  }, [record]);
  useEffect(() => {
    const follow = (event: StorageEvent) => {
      if (event.storageArea !== localStorage || !isPlaceOf(event.key, kind, id)) return;
      // What it begins with is in what the other window kept: put in again here, two windows with two beginnings would never rest.
      const there = keptDraft(kind, id);
      setDraft(isEmpty(there) ? begun(emptyDraft, presets) : there);
    };
    window.addEventListener('storage', follow);
    return () => window.removeEventListener('storage', follow);
  }, [kind, id, presets]);
  const edit = useCallback(
    (path: string, value: Scalar) => setDraft((draft) => edited(draft, record, path, value)),
    [record],
  );
  const addLine = useCallback((list: string, fields: Record<string, Scalar> = {}) => {
    const key = `new-${Date.now()}-${++lines}`;
    setDraft((draft) => ({ ...draft, add: [...draft.add, { list, key, fields }] }));
    return key;
  }, []);
  const editLine = useCallback((key: string, name: string, value: Scalar) => {
    setDraft((draft) => ({
      ...draft,
      add: draft.add.map((line) => (line.key === key ? { ...line, fields: { ...line.fields, [name]: value } } : line)),
    }));
  }, []);
  const removeLine = useCallback(
    (key: string) => setDraft((draft) => ({ ...draft, add: draft.add.filter((line) => line.key !== key) })),
    [],
  );
  const drop = useCallback((path: string) => setDraft((draft) => without(draft, path)), []);
  const place = useCallback((scope: string | undefined) => setDraft((draft) => ({ ...draft, scope })), []);
  const clear = useCallback(() => {
    keepDraft(kind, id, emptyDraft);
    setDraft(begun(emptyDraft, presets));
  }, [kind, id, presets]);
  return { draft, dirty, kept, edit, addLine, editLine, removeLine, drop, place, clear };
}
