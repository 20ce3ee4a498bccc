// What a person should know before they close the window: what is typed and not saved, what is saved and not sent. Owns when that
// is worth a question. A browser asks in words of its own, so that whoever stays is told here what it was about.
import { useEffect, useRef, useState } from 'react';
import type { Status } from '../api/types';
import { isRemoved } from '../sync/standing';

const unsaved = new Set<symbol>();

/** While a form holds what is not saved, closing the window is asked about. */
export function useUnsaved(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const form = Symbol('form');
    unsaved.add(form);
    return () => void unsaved.delete(form);
  }, [dirty]);
}

export interface LeftBehind {
  unsaved: boolean;
  /** Entries that wait for a line which is down; 0 when there is nothing to say about them. */
  unsent: number;
}

const TOLD = 'comptoir.unsent-told';

function told(): number {
  try {
    return Number(sessionStorage.getItem(TOLD) ?? 0);
  } catch {
    return 0;
  }
}

/**
 * What would be left behind. Nothing is said of what is on its way (the node sends it, window or no window), of an organisation
 * that has no relay or a site that is removed, where no line will come back, nor twice of the same entries.
 */
export function leftBehind(status: Status | undefined, isUnsaved: boolean, alreadyTold: number): LeftBehind {
  const waits = status?.relay.state === 'offline' && !isRemoved(status) ? status.outbox : 0;
  return { unsaved: isUnsaved, unsent: waits > alreadyTold ? waits : 0 };
}

/** What was left behind when a person chose to stay after all; and how they put that away. */
export function useLeaving(status: Status | undefined): [LeftBehind | undefined, () => void] {
  const [stayed, setStayed] = useState<LeftBehind>();
  const latest = useRef(status);
  useEffect(() => {
    latest.current = status;
    // All is sent: what comes later is worth a word again.
    if (status?.outbox === 0) sessionStorage.removeItem(TOLD);
  }, [status]);
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => {
      const left = leftBehind(latest.current, unsaved.size > 0, told());
      if (!left.unsaved && left.unsent === 0) return;
      event.preventDefault();
      if (left.unsent > 0) sessionStorage.setItem(TOLD, String(left.unsent));
      // Runs once the browser's question is answered, and only if the page is still there.
      setTimeout(() => setStayed(left), 50);
    };
    window.addEventListener('beforeunload', leaving);
    return () => window.removeEventListener('beforeunload', leaving);
  }, []);
  return [stayed, () => setStayed(undefined)];
}
