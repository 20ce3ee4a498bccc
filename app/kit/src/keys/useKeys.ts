// Keys of a screen. Owns when they count: not while a person types in a field, unless with Ctrl.
import { useEffect, useRef } from 'react';

export type KeyActions = Record<string, (() => void) | undefined>;

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** `Alt+ArrowRight`, `Ctrl+k`, `?`: what was pressed, by one name. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = event.ctrlKey || event.metaKey;
  // With Ctrl a letter with Shift is another key; without, Shift is how one comes by the letter.
  const shift = control && event.shiftKey && event.key.length === 1;
  return `${control ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

/** Whether a key counts in a field and over a dialog too. What is undone there is what was typed there. */
const holdsEverywhere = (name: string) => name.startsWith('Ctrl+') && name !== 'Ctrl+z';

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
      if (isField(event.target) && !holdsEverywhere(name)) return;
      if (covered && !holdsEverywhere(name)) return;
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
