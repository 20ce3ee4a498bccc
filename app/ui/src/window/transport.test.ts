// The window's way to the node: what `fetch` takes and gives, told as commands of the program, whose side is played here.
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, onTold, unpacked, type Call, type Told } from './ipc';
import { windowTransport } from './transport';

function packed(head: object, body = ''): ArrayBuffer {
  const [first, rest] = [new TextEncoder().encode(JSON.stringify(head)), new TextEncoder().encode(body)];
  const all = new Uint8Array(4 + first.length + rest.length);
  new DataView(all.buffer).setUint32(0, first.length);
  all.set(first, 4);
  all.set(rest, 4 + first.length);
  return all.buffer;
}

/** Plays the program; the answer holds what it was asked, in order. */
function program(answers: Record<string, (given: never) => unknown>): [string, unknown][] {
  const asked: [string, unknown][] = [];
  mockIPC((command, given) => {
    asked.push([command, given]);
    return answers[command]?.(given as never);
  });
  return asked;
}

/** The channel, as the program sees it. */
interface Played {
  onmessage: (told: Told) => void;
}
const played: Played = { onmessage: () => undefined };

afterEach(() => clearMocks());

describe('a request', () => {
  it('goes out with its method, path, type and body, and comes back as an answer', async () => {
    const asked = program({ call: () => packed({ status: 422, headers: [['content-type', 'application/json']] }, '{"code":"é"}') });
    const request = new Request('http://localhost/api/v1/records/party?scope=private', { method: 'POST', body: '{"name":"A"}', headers: { 'content-type': 'application/json' } });
    const response = await windowTransport.send(request);
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ code: 'é' });
    const { call } = asked[0]?.[1] as { call: Call };
    expect(call).toMatchObject({ method: 'POST', path: '/api/v1/records/party?scope=private', contentType: 'application/json', body: '{"name":"A"}', upload: null });
  });

  it('has no body where there is none', async () => {
    const asked = program({ call: () => packed({ status: 204, headers: [] }) });
    const response = await windowTransport.send(new Request('http://localhost/api/v1/status'));
    expect([response.status, response.body]).toEqual([204, null]);
    expect(asked[0]?.[1]).toMatchObject({ call: { body: null, contentType: null } });
  });

  it('is taken back when it is aborted', async () => {
    const asked = program({ call: () => new Promise(() => undefined) });
    const abort = new AbortController();
    const ended = windowTransport.send(new Request('http://localhost/api/v1/search?q=a', { signal: abort.signal }));
    await vi.waitFor(() => expect(asked.length).toBe(1));
    abort.abort();
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    const { call } = asked[0]?.[1] as { call: Call };
    expect(asked[1]).toEqual(['cancel', { id: call.id }]);
  });
});

describe('a file', () => {
  const whole = () => new Blob(['x'.repeat(1024 * 1024), 'end']);

  it('goes in pieces, an empty one at the end', async () => {
    const pieces: number[] = [];
    let answer: (bytes: ArrayBuffer) => void = () => undefined;
    program({
      call: () => new Promise((done) => (answer = done)),
      upload: (piece: Uint8Array) => {
        pieces.push(piece.length);
        if (piece.length === 0) answer(packed({ status: 200, headers: [] }, '{}'));
        return piece.length > 0;
      },
    });
    expect((await windowTransport.upload('/api/v1/records/party/import', whole(), new AbortController().signal)).status).toBe(200);
    expect(pieces).toEqual([1024 * 1024, 3, 0]);
  });

  it('is not sent to its end when the node does not want it', async () => {
    const asked = program({ call: () => packed({ status: 413, headers: [] }, '{"code":"body-too-large"}'), upload: () => false });
    const response = await windowTransport.upload('/api/v1/records/party/import', whole(), new AbortController().signal);
    expect(response.status).toBe(413);
    expect(asked.filter(([command]) => command === 'upload').length).toBe(1);
  });

  it('that cannot be read takes the request back', async () => {
    const asked = program({ call: () => new Promise(() => undefined), upload: () => true });
    const gone = { size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) } as unknown as Blob;
    await expect(windowTransport.upload('/api/v1/records/party/import', gone, new AbortController().signal)).rejects.toThrow();
    expect(asked.map(([command]) => command)).toContain('cancel');
  });

  it('is kept where the program says', async () => {
    program({ save: () => packed({ status: 200, headers: [], place: '/home/a/party.csv' }) });
    expect((await windowTransport.download('/api/v1/records/party/export?format=csv', 'party.csv')).place).toBe('/home/a/party.csv');
  });

  it('that is on its way out is taken back by its name', async () => {
    const asked = program({ save: () => new Promise(() => undefined) });
    const stop = new AbortController();
    const kept = windowTransport.download('/api/v1/records/party/export?format=csv', 'party.csv', stop.signal);
    stop.abort();
    await expect(kept).rejects.toThrow(/aborted/);
    const [saved, cancelled] = asked as [string, { id: string }][];
    expect([saved?.[0], cancelled?.[0], cancelled?.[1].id]).toEqual(['save', 'cancel', saved?.[1].id]);
  });
});

it('events are heard, and how the line stands at once', async () => {
  let channel = played;
  program({ listen: (given: { channel: Played }) => void (channel = given.channel) });
  await connect();
  channel.onmessage({ told: 'line', up: true });
  const heard: string[] = [];
  const end = windowTransport.events({ up: () => heard.push('up'), down: () => heard.push('down'), event: (event) => heard.push(event.event) });
  channel.onmessage({ told: 'event', event: { event: 'status' } });
  channel.onmessage({ told: 'line', up: false });
  end();
  channel.onmessage({ told: 'event', event: { event: 'missed' } });
  expect(heard).toEqual(['up', 'status', 'down']);
});

it('a join link waits for who deals with it', async () => {
  let channel = played;
  program({ listen: (given: { channel: Played }) => void (channel = given.channel) });
  await connect();
  channel.onmessage({ told: 'join', code: 'COMPTOIR-JOIN-A' });
  const heard: Told[] = [];
  onTold((told) => heard.push(told))();
  expect(heard).toContainEqual({ told: 'join', code: 'COMPTOIR-JOIN-A' });
});

it('an answer may come as a list of numbers', () => {
  const { head, body } = unpacked([...new Uint8Array(packed({ status: 200, headers: [] }, 'ok'))]);
  expect([head.status, new TextDecoder().decode(body)]).toEqual([200, 'ok']);
});
