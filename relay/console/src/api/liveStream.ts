// What the relay says that changed is asked again, and that alone. Owns the stream of events of a window, and how what is shown stays fresh without one:
// then everything is asked again every few seconds. Of what nobody tells (an account that a command made beside the relay, time that passes) a slow
// reading learns.
import { asProblem } from '@comptoir/kit';
import type { QueryKey } from '@tanstack/react-query';
import { UNREACHABLE, type Schemas } from './client';
import { client, keys } from './queries';

/** How often everything is asked again while nothing is heard of the relay. */
export const AGAIN_MS = 5_000;
/** The same while it says what changes. */
export const SLOW_MS = 30_000;
/** How long a window that nobody sees goes on listening. */
export const UNSEEN_MS = 60_000;

type Topic = Schemas['Topic'];

const KEYS: Record<Topic, QueryKey> = { sites: keys.sites, relay: keys.relay, alarms: keys.alarms, requests: keys.requests, accounts: keys.accounts, audit: keys.audit };

/** Asks again what is shown of a topic, one answer at a time: on a slow line what changes meanwhile is asked after it, and nothing is broken off. */
function asking(queryKey: QueryKey): () => void {
  let isAsked = false;
  let again = false;
  const ask = () => {
    again = isAsked;
    if (isAsked) return;
    isAsked = true;
    void client.invalidateQueries({ queryKey }).finally(() => {
      isAsked = false;
      if (again) ask();
    });
  };
  return ask;
}

export class LiveStream {
  private source: EventSource | undefined;
  private isUp = false;
  private askedMs = Date.now();
  private seenMs = Date.now();
  /** A stream that was refused is not asked for again before. */
  private notBeforeMs = 0;
  private readonly topics = Object.entries(KEYS).map(([topic, key]) => [topic, asking(key)] as const);

  /** What is to be done now: called every {@link AGAIN_MS}. */
  look(nowMs: number): void {
    if (document.hidden) {
      if (nowMs - this.seenMs > UNSEEN_MS) this.close();
      return;
    }
    this.seenMs = nowMs;
    // A line that died says nothing of it: the stream is believed as long as requests are answered.
    if (this.isUp && isAway()) this.close();
    if (!this.source && nowMs >= this.notBeforeMs) this.open();
    if (!this.isUp || nowMs - this.askedMs >= SLOW_MS) this.askAll();
  }

  /** The window is seen again: what happened meanwhile was not asked for. */
  seen(nowMs: number): void {
    this.askedMs = 0;
    this.look(nowMs);
  }

  close(): void {
    this.source?.close();
    this.source = undefined;
    this.isUp = false;
  }

  open(): void {
    const source = new EventSource('/api/v1/events');
    source.onopen = () => {
      this.isUp = true;
      // What changed before it was open, nobody told.
      this.askAll();
    };
    source.onerror = () => {
      const wasUp = this.isUp;
      this.isUp = false;
      // Refused: too many windows listen, or the session is over. Else the browser tries again by itself.
      if (source.readyState === EventSource.CLOSED) {
        this.source = undefined;
        this.notBeforeMs = Date.now() + SLOW_MS;
      }
      // Why it ended: a request is told.
      if (wasUp) this.askAll();
    };
    for (const [topic, ask] of this.topics) source.addEventListener(topic, () => (document.hidden ? undefined : ask()));
    this.source = source;
  }

  private askAll(): void {
    this.askedMs = Date.now();
    for (const [, ask] of this.topics) ask();
  }
}

/** Whether the relay did not answer when it was last asked. */
function isAway(): boolean {
  const error = client.getQueryState(keys.relay)?.error;
  return error != null && asProblem(error).code === UNREACHABLE;
}
