// The window's way to the node: requests as commands of the app's own program, events by its channel. Owns their translation from and
// to what `fetch` takes and gives, so that no screen knows which way it goes.
import { problemOf, type Transport } from '@comptoir/kit';
import * as ipc from './ipc';

/** What is read of a file at a time. */
const PIECE_BYTES = 1024 * 1024;

/** Statuses whose answers have no body, not even an empty one. */
const BODILESS = new Set([204, 205, 304]);

interface Wanted {
  method: string;
  path: string;
  contentType?: string | null;
  body?: string | null;
  upload?: string | null;
  signal?: AbortSignal | undefined;
}

function response(bytes: ArrayBuffer): { response: Response; place?: string } {
  const { head, body } = ipc.unpacked(bytes);
  const made = new Response(BODILESS.has(head.status) ? null : body, { status: head.status, headers: head.headers });
  return { response: made, ...(head.place === undefined ? {} : { place: head.place }) };
}

const aborted = () => new DOMException('The request was aborted', 'AbortError');

/** Asks the program for something that can be taken back by its name. */
async function asked(signal: AbortSignal | undefined, ask: (id: string) => Promise<ArrayBuffer>): Promise<ReturnType<typeof response>> {
  if (signal?.aborted) throw aborted();
  const id = crypto.randomUUID();
  const answered = ask(id);
  if (!signal) return response(await answered);
  return new Promise((done, failed) => {
    const abort = () => {
      void ipc.cancel(id);
      failed(aborted());
    };
    signal.addEventListener('abort', abort, { once: true });
    answered.then((bytes) => done(response(bytes)), failed).finally(() => signal.removeEventListener('abort', abort));
  });
}

const called = async ({ method, path, contentType = null, body = null, upload = null, signal }: Wanted): Promise<Response> =>
  (await asked(signal, (id) => ipc.call({ id, method, path, contentType, body, upload }))).response;

export const windowTransport: Transport = {
  send: async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    return called({
      method: request.method,
      path: pathname + search,
      contentType: request.headers.get('content-type'),
      body: body === '' ? null : body,
      signal: request.signal,
    });
  },

  upload: async (path, file, signal) => {
    const id = crypto.randomUUID();
    await ipc.openUpload(id);
    const unreadable = new AbortController();
    const answered = called({
      method: 'POST',
      path,
      contentType: 'application/octet-stream',
      upload: id,
      signal: AbortSignal.any([signal, unreadable.signal]),
    });
    const sent = (async () => {
      for (let at = 0; at < file.size && !signal.aborted; at += PIECE_BYTES) {
        const piece = new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer());
        // An answer that came before the end of the file is a refusal: the rest is not wanted.
        if (!(await ipc.upload(id, piece))) return;
      }
      if (!signal.aborted) await ipc.upload(id, new Uint8Array());
    })();
    // A file that cannot be read to its end must not count as whole.
    const failed = sent.then(
      () => answered,
      (error: unknown) => {
        unreadable.abort();
        throw error;
      },
    );
    return Promise.race([answered, failed]);
  },

  download: (path, name, signal) => asked(signal, (id) => ipc.save(id, path, name)),

  keep: async (text, name) => {
    const { response: kept, place } = response(await ipc.keep(text, name));
    if (!kept.ok) throw problemOf(await kept.json(), kept.status);
    return place;
  },

  events: (heard) =>
    ipc.onTold((told) => {
      if (told.told === 'line') (told.up ? heard.up : heard.down)();
      if (told.told === 'event') heard.event(told.event);
    }),
};
