// Records that are being made: the draft of each has a name of its own, drawn by the window that it is typed in, so that two windows
// make two. Owns these names, which of them a window goes on with, and which drafts no window has open any more.
import { useCallback, useEffect, useState } from 'react';
import { isEmpty, keptDraft, keptDrafts, type KeptDraft } from './draft';

const NEW = 'new';
const OWN = 'comptoir.new.';

/** Whether a draft is of a record that is being made: it is no record's id. */
export const isNew = (id: string): boolean => id === NEW || id.startsWith(`${NEW}-`);

const drawn = (): string => `${NEW}-${crypto.randomUUID()}`;

/** Which draft this window goes on with: the one that it left, was loaded anew with or came back with after a crash; else a fresh one. */
export function ownNewDraft(kind: string): string {
  try {
    const own = sessionStorage.getItem(OWN + kind);
    if (own !== null && !isEmpty(keptDraft(kind, own))) return own;
  } catch {
    // Nothing is remembered here: it is offered as one that nobody has open.
  }
  return drawn();
}

/** From now on this window goes on with this one. */
export function takeNewDraft(kind: string, id: string): void {
  try {
    sessionStorage.setItem(OWN + kind, id);
  } catch {
    // As above.
  }
}

const lock = (kind: string, id: string) => `comptoir.draft.${kind}.${id}`;
/** A browser lends locks to pages that nobody listens to; elsewhere every draft of another window counts as left. */
const locks = (): LockManager | undefined => (navigator as { locks?: LockManager | null }).locks ?? undefined;

/** Drafts of new records of a kind that are open in no window: what a window left that was closed, or crashed. */
export async function abandoned(kind: string, own: string): Promise<KeptDraft[]> {
  const held = (await locks()?.query())?.held ?? [];
  const open = new Set(held.map((lock) => lock.name));
  return keptDrafts().filter((kept) => kept.kind === kind && isNew(kept.id) && kept.id !== own && !open.has(lock(kind, kept.id)));
}

/** As long as its form is open, other windows do not offer it. A crash gives it free. */
function useOpen(kind: string, id: string): void {
  useEffect(() => {
    const left = new AbortController();
    const open = new Promise<void>((done) => left.signal.addEventListener('abort', () => done()));
    // Broken off before it was lent is no fault.
    locks()?.request(lock(kind, id), { mode: 'shared', signal: left.signal }, () => open).catch(() => undefined);
    return () => left.abort();
  }, [kind, id]);
}

/** The draft that this window makes a record of a kind with, and the way to another one. */
export function useNewDraft(kind: string): [string, (id: string) => void] {
  const [id, setId] = useState(() => ownNewDraft(kind));
  useEffect(() => takeNewDraft(kind, id), [kind, id]);
  useOpen(kind, id);
  return [id, setId];
}

/** What was begun before, and the way to look again. */
export function useAbandoned(kind: string, own: string): [KeptDraft[], () => void] {
  const [left, setLeft] = useState<KeptDraft[]>([]);
  const look = useCallback(() => void abandoned(kind, own).then(setLeft), [kind, own]);
  useEffect(() => {
    look();
    window.addEventListener('storage', look);
    return () => window.removeEventListener('storage', look);
  }, [look]);
  return [left, look];
}
