// What changes by itself is asked again every few seconds, here and nowhere else. Owns when: while the page is seen and somebody is at it.
// To ask keeps the session alive; so whoever went away is signed out here, after as long as the relay waits.
import { useEffect } from 'react';
import { answer, api } from './client';
import { client, LIVE, signedOut } from './queries';

const AGAIN_MS = 5_000;
const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
/** When somebody was last at any window of the console. */
const KEY = 'comptoir.console.at';

/** Whether nobody was here for so long. */
export const isIdle = (lastMs: number, nowMs: number, idleS: number): boolean => nowMs - lastMs > idleS * 1_000;

/** Keeps what is shown fresh, for as long as somebody looks. */
export function useLive(idleS: number): void {
  useEffect(() => {
    let wasHere = true;
    const sign = () => {
      wasHere = true;
    };
    const tick = () => {
      if (wasHere) localStorage.setItem(KEY, String(Date.now()));
      wasHere = false;
      if (isIdle(Number(localStorage.getItem(KEY)), Date.now(), idleS)) void answer(api.DELETE('/api/v1/session')).then(signedOut, signedOut);
      else if (!document.hidden) void client.invalidateQueries({ queryKey: [LIVE] });
    };
    const timer = setInterval(tick, AGAIN_MS);
    for (const name of SIGNS_OF_LIFE) window.addEventListener(name, sign, { passive: true, capture: true });
    return () => {
      clearInterval(timer);
      for (const name of SIGNS_OF_LIFE) window.removeEventListener(name, sign, { capture: true });
    };
  }, [idleS]);
}
