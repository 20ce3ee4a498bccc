// How requests reach the node: by HTTP from a browser, or by what the app's own program forwards in its window. Owns the way that
// is in use, and the HTTP one; knows no resource.
import type { Schemas } from './client';

type Event = Schemas['Event'];

/** What is heard of the stream of events. */
export interface Heard {
  /** It is open, for the first time or again. */
  up: () => void;
  /** It broke; it is opened again by itself. */
  down: () => void;
  event: (event: Event) => void;
}

export interface Transport {
  /** As `fetch`: an answer of whatever status, or a rejection when nobody answers. */
  send: (request: Request) => Promise<Response>;
  /** Posts a file, which is never held whole. */
  upload: (path: string, file: Blob, signal: AbortSignal) => Promise<Response>;
  /** Keeps an answer that is well as a file of the user's; where, if that can be told. */
  download: (path: string, name: string, signal?: AbortSignal) => Promise<{ response: Response; place?: string }>;
  /** Keeps a text that the interface itself made as a file of the user's; where, if that can be told. */
  keep: (text: string, name: string) => Promise<string | undefined>;
  /** Hears events until the answer is called. */
  events: (heard: Heard) => () => void;
}

const AGAIN_MS = 3_000;

function hand(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const http: Transport = {
  send: (request) => fetch(request),

  upload: (path, file, signal) =>
    fetch(path, { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' }, credentials: 'same-origin', signal }),

  download: async (path, name, signal) => {
    const response = await fetch(path, { credentials: 'same-origin', ...(signal ? { signal } : {}) });
    if (response.ok) hand(await response.blob(), name);
    return { response };
  },

  keep: (text, name) => {
    hand(new Blob([text]), name);
    return Promise.resolve(undefined);
  },

  events: (heard) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource;
    const open = () => {
      source = new EventSource('/api/v1/events');
      source.onopen = heard.up;
      source.onerror = () => {
        heard.down();
        // A browser gives up on a stream that was refused; the node may be there again soon, or the session.
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
      };
      for (const name of ['records', 'organisation', 'console', 'import', 'status', 'missed']) {
        source.addEventListener(name, (frame: MessageEvent<string>) => heard.event(JSON.parse(frame.data) as Event));
      }
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  },
};

let used: Transport = http;

/** The way that is in use. */
export const transport = (): Transport => used;

/** Goes another way from now on: said once, before the first request. */
export function travelBy(other: Transport): void {
  used = other;
}
