// What an event names is asked again, also what is just being asked for the first time.
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import type { Schemas } from './client';
import { refresh } from './events';
import { keys } from './queries';

/** A query that is shown, whose answers come when they are let go. */
function shown(queryKey: readonly unknown[]) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const waiting: ((answer: string) => void)[] = [];
  const observer = new QueryObserver(client, { queryKey, queryFn: () => new Promise<string>((answer) => waiting.push(answer)) });
  observer.subscribe(() => undefined);
  const data = () => client.getQueryData(queryKey);
  return { client, waiting, data };
}

const asked: Schemas['Event'] = { event: 'records', kind: 'site-request', ids: [], scope: 'organisation' };
const missed: Schemas['Event'] = { event: 'missed' };

it.each([['an event', asked], ['the word that some were missed', missed]])('%s makes stale what is asked for the first time', async (_, event) => {
  const { client, waiting, data } = shown(keys.siteRequests);
  await expect.poll(() => waiting.length).toBe(1);
  refresh(client, event);
  refresh(client, event);
  // This answer was made before it happened.
  waiting[0]?.('old');
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.('new');
  await expect.poll(data).toBe('new');
  expect(waiting).toHaveLength(2);
});

it('what is known is asked once', async () => {
  const { client, waiting, data } = shown(keys.siteRequests);
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.('old');
  await expect.poll(data).toBe('old');
  refresh(client, asked);
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.('new');
  await expect.poll(data).toBe('new');
  expect(waiting).toHaveLength(2);
});
