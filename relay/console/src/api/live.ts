// Keeps what is shown fresh, here and nowhere else. Owns when: while the page is seen and somebody is at it.
// To ask keeps the session alive; so whoever went away is signed out here, after as long as the relay waits.
import { useEffect } from 'react';
import { answer, api } from './client';
import { AGAIN_MS, LiveStream } from './liveStream';
import { signedOut } from './queries';

const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
/** When somebody was last at any window of the console. */
const KEY = 'comptoir.console.at';

/** Whether nobody was here for so long. */
export const isIdle = (lastMs: number, nowMs: number, idleS: number): boolean => nowMs - lastMs > idleS * 1_000;

/** Keeps what is shown fresh, for as long as somebody looks. */
export function useLive(idleS: number): void {
  useEffect(() => {
    const stream = new LiveStream();
    let wasHere = true;
    const sign = () => {
      wasHere = true;
    };
    const unlessAway = (look: (nowMs: number) => void) => {
      const nowMs = Date.now();
      if (wasHere) localStorage.setItem(KEY, String(nowMs));
      wasHere = false;
      if (isIdle(Number(localStorage.getItem(KEY)), nowMs, idleS)) void answer(api.DELETE('/api/v1/session')).then(signedOut, signedOut);
      else look(nowMs);
    };
    const timer = setInterval(() => unlessAway((nowMs) => stream.look(nowMs)), AGAIN_MS);
    const shown = () => {
      if (!document.hidden) unlessAway((nowMs) => stream.seen(nowMs));
    };
    for (const name of SIGNS_OF_LIFE) window.addEventListener(name, sign, { passive: true, capture: true });
    document.addEventListener('visibilitychange', shown);
    if (!document.hidden) stream.open();
    return () => {
      clearInterval(timer);
      stream.close();
      document.removeEventListener('visibilitychange', shown);
      for (const name of SIGNS_OF_LIFE) window.removeEventListener(name, sign, { capture: true });
    };
  }, [idleS]);
}
