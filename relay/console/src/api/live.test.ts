// What the relay says that changed is asked again; who went away is signed out, wherever they were seen last.
import { Problem } from '@comptoir/kit';
import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { api, UNREACHABLE } from './client';
import { useLive } from './live';
import { client, keys } from './queries';

/** A stream of events as a browser has it: the tests are the relay. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  constructor(readonly path: string) {
    super();
    FakeSource.all.push(this);
  }
  opens(): void {
    this.readyState = 1;
    this.onopen();
  }
  tells(topic: string): void {
    this.dispatchEvent(new Event(topic));
  }
  /** It breaks, and is tried again by the browser; or it is refused, and is not. */
  breaks(isRefused = false): void {
    this.readyState = isRefused ? 2 : 0;
    this.onerror();
  }
  close(): void {
    this.readyState = 2;
  }
}
const stream = (): FakeSource => {
  const last = FakeSource.all.at(-1);
  if (!last) throw new Error('no stream was asked for');
  return last;
};

let finish: (() => void)[] = [];
const asked = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
const ended = vi.spyOn(api, 'DELETE').mockResolvedValue({ data: undefined, response: new Response(null, { status: 204 }) });
const TOPICS = [keys.sites, keys.relay, keys.alarms, keys.requests, keys.accounts, keys.audit];

const looks = (isSeen: boolean) => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(!isSeen);
  document.dispatchEvent(new Event('visibilitychange'));
};
const later = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);
/** What was asked again since this was last called. */
const askedFor = () => {
  const queries = asked.mock.calls.map(([filters]) => filters?.queryKey);
  asked.mockClear();
  return queries;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  FakeSource.all = [];
  finish = [];
  localStorage.clear();
  client.clear();
  asked.mockReset().mockResolvedValue();
  ended.mockClear();
  looks(true);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks again what the relay says that changed, and that alone', async () => {
  renderHook(() => useLive(600));
  expect(stream().path).toBe('/api/v1/events');
  stream().opens();
  expect(askedFor()).toEqual(TOPICS);
  await later(20);
  expect(askedFor()).toEqual([]);
  stream().tells('alarms');
  stream().tells('sites');
  expect(askedFor()).toEqual([keys.alarms, keys.sites]);
  await later(10);
  expect(askedFor(), 'what nobody tells: now and then').toEqual(TOPICS);
});

it('asks one thing after the other, and once more for what changed meanwhile', async () => {
  renderHook(() => useLive(600));
  stream().opens();
  await later(0);
  askedFor();
  asked.mockImplementation(() => new Promise((done) => finish.push(done)));
  for (let many = 0; many < 3; many++) stream().tells('sites');
  expect(askedFor()).toEqual([keys.sites]);
  finish[0]?.();
  await later(0);
  expect(askedFor()).toEqual([keys.sites]);
  finish[1]?.();
  await later(0);
  expect(askedFor()).toEqual([]);
});

it('asks every five seconds where no stream is to be had, and tries for one again', async () => {
  renderHook(() => useLive(600));
  stream().breaks(true);
  await later(16);
  expect(askedFor()).toEqual([...TOPICS, ...TOPICS, ...TOPICS]);
  expect(FakeSource.all.length).toBe(1);
  await later(20);
  expect(FakeSource.all.length).toBe(2);
  stream().opens();
  await later(0);
  askedFor();
  await later(20);
  expect(askedFor()).toEqual([]);
});

it('asks at once when the stream breaks, until it is there again', async () => {
  renderHook(() => useLive(600));
  stream().opens();
  await later(1);
  askedFor();
  stream().breaks();
  expect(askedFor(), 'the session may be over').toEqual(TOPICS);
  await later(5);
  expect(askedFor()).toEqual(TOPICS);
  expect(FakeSource.all.length, 'the browser tries by itself').toBe(1);
  stream().opens();
  expect(askedFor()).toEqual(TOPICS);
});

it('believes no stream of a relay that does not answer', async () => {
  renderHook(() => useLive(600));
  const first = stream();
  first.opens();
  await client.query({ queryKey: keys.relay, queryFn: () => Promise.reject(new Problem(UNREACHABLE)), retry: false }).catch(() => undefined);
  askedFor();
  await later(6);
  expect([first.readyState, FakeSource.all.length]).toEqual([FakeSource.CLOSED, 2]);
  expect(askedFor()).toEqual(TOPICS);
});

it('hears nothing while nobody sees it, and reads everything when it is seen', async () => {
  renderHook(() => useLive(600));
  stream().opens();
  await later(1);
  askedFor();
  looks(false);
  stream().tells('sites');
  await later(50);
  expect(askedFor()).toEqual([]);
  expect(stream().readyState, 'somebody who looks elsewhere for a moment').toBe(1);
  await later(20);
  expect(stream().readyState).toBe(FakeSource.CLOSED);
  looks(true);
  expect(FakeSource.all.length).toBe(2);
  expect(askedFor()).toEqual(TOPICS);
});

it('listens and asks no more once it is gone', async () => {
  const { unmount } = renderHook(() => useLive(60));
  stream().opens();
  unmount();
  askedFor();
  expect(stream().readyState).toBe(FakeSource.CLOSED);
  await later(60);
  expect(askedFor()).toEqual([]);
});

it('signs out who was away for as long as a session may be idle, and not who pressed a key meanwhile', async () => {
  renderHook(() => useLive(60));
  stream().opens();
  await later(50);
  window.dispatchEvent(new Event('keydown'));
  await later(60);
  expect(ended).not.toHaveBeenCalled();
  await later(20);
  expect(ended).toHaveBeenCalledWith('/api/v1/session');
});

it('asks something while somebody is there, so that the relay does not sign them out', async () => {
  renderHook(() => useLive(60));
  stream().opens();
  for (let minute = 0; minute < 10; minute++) {
    await later(0);
    askedFor();
    window.dispatchEvent(new Event('pointermove'));
    await later(45);
    expect(askedFor().length).toBeGreaterThan(0);
  }
  expect(ended).not.toHaveBeenCalled();
});

it('goes by whichever window somebody was at', async () => {
  renderHook(() => useLive(60));
  await later(60);
  localStorage.setItem('comptoir.console.at', String(Date.now()));
  await later(60);
  expect(ended).not.toHaveBeenCalled();
});
