// Keys of a screen. Owns when they count: not while a person types in a field, unless with Ctrl or Alt.
import { useEffect, useRef } from 'react';

export type KeyActions = Record<string, (() => void) | undefined>;

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** `Alt+ArrowRight`, `Ctrl+k`, `?`: what was pressed, by one name. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${key}`;
}

export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    // What lies under a dialog or a menu hears nothing; and the key that closes it is heard here once it is gone.
    let covered = false;
    const onCapture = () => {
      covered = document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const name = pressed(event);
      const action = latest.current[name];
      if (!action || event.defaultPrevented || event.isComposing) return;
      if (isField(event.target) && !name.startsWith('Ctrl+')) return;
      if (covered && !name.startsWith('Ctrl+')) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onCapture, true);
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onCapture, true);
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
