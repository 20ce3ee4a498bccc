// The question of a list as it is asked now. What is typed is asked at once; the address follows once the hand rests, for the
// router's work would delay the rows. What the address says of itself (the way back, a link, a view) goes before.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Pairs } from '../api/records';

/** How long after the last letter the address follows. */
const REST_MS = 150;

const text = (pairs: Pairs) => new URLSearchParams(pairs).toString();

export interface QueryNow {
  now: Pairs;
  put: (pairs: Pairs, replace: boolean) => void;
  /** Has the address follow at once: before it is left, so that the way back leads to what was asked. */
  settle: () => void;
}

export function useQueryNow(pairs: Pairs, change: (pairs: Pairs, replace: boolean) => void): QueryNow {
  const [now, setNow] = useState(pairs);
  const address = useRef(pairs);
  const latest = useRef(change);
  /** What was sent to the address and is not back from it. */
  const sent = useRef<string[]>([]);
  const waits = useRef<{ pairs: Pairs; timer: ReturnType<typeof setTimeout> }>(undefined);
  useEffect(() => {
    latest.current = change;
  });
  const stop = useCallback((): Pairs | undefined => {
    const pending = waits.current;
    clearTimeout(pending?.timer);
    waits.current = undefined;
    return pending?.pairs;
  }, []);
  // Where the list was left for another place, that place's address is not ours to change.
  useEffect(() => () => void stop(), [stop]);
  useEffect(() => {
    if (address.current === pairs) return;
    address.current = pairs;
    const at = sent.current.indexOf(text(pairs));
    if (at >= 0) {
      // Ours; what was sent before it was overtaken on the way.
      sent.current = sent.current.slice(at + 1);
      return;
    }
    sent.current = [];
    stop();
    setNow(pairs);
  }, [pairs, stop]);
  const send = useCallback((asked: Pairs, replace: boolean) => {
    const last = sent.current.at(-1) ?? text(address.current);
    // An address that stays as it is does not come back.
    if (text(asked) === last) return;
    sent.current.push(text(asked));
    latest.current(asked, replace);
  }, []);
  const settle = useCallback(() => {
    const pending = stop();
    if (pending) send(pending, true);
  }, [send, stop]);
  const put = useCallback(
    (asked: Pairs, replace: boolean) => {
      setNow(asked);
      if (replace) {
        stop();
        waits.current = { pairs: asked, timer: setTimeout(settle, REST_MS) };
      } else {
        // What was typed is a place of its own on the way back.
        settle();
        send(asked, false);
      }
    },
    [send, settle, stop],
  );
  return { now, put, settle };
}
