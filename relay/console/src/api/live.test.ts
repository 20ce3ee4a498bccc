// What is shown is asked again while somebody is here; who went away is signed out, wherever they were seen last.
import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { api } from './client';
import { useLive } from './live';
import { client } from './queries';

const asked = vi.spyOn(client, 'invalidateQueries').mockResolvedValue();
const ended = vi.spyOn(api, 'DELETE').mockResolvedValue({ data: undefined, response: new Response(null, { status: 204 }) });

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  asked.mockClear();
  ended.mockClear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000);

it('asks every five seconds, and no more once it is gone', () => {
  const { unmount } = renderHook(() => useLive(60));
  later(16);
  expect(asked).toHaveBeenCalledTimes(3);
  unmount();
  later(60);
  expect(asked).toHaveBeenCalledTimes(3);
});

it('signs out who was away for as long as a session may be idle, and not who pressed a key meanwhile', () => {
  renderHook(() => useLive(60));
  later(50);
  window.dispatchEvent(new Event('keydown'));
  later(60);
  expect(ended).not.toHaveBeenCalled();
  later(20);
  expect(ended).toHaveBeenCalledWith('/api/v1/session');
});

it('goes by whichever window somebody was at', () => {
  renderHook(() => useLive(60));
  later(60);
  localStorage.setItem('comptoir.console.at', String(Date.now()));
  later(60);
  expect(ended).not.toHaveBeenCalled();
});
