// What a relay tells of its alarms, as it arrived: signed notices of a webhook, and letters.
import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { Sink, Told } from './sinks';

export interface Notice {
  id: string;
  alarm: number;
  turn: 'raised' | 'over';
  kind: string;
  site: string | null;
  organisation: string;
}

/** A notice, if it is signed as Standard Webhooks 1.0 has it. */
function notice({ headers, body }: Told, secret: string): Notice {
  const id = String(headers['webhook-id']);
  const mac = createHmac('sha256', secret).update(`${id}.${String(headers['webhook-timestamp'])}.${body}`).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${mac}`);
  return { ...(JSON.parse(body) as Omit<Notice, 'id'>), id };
}

/** What the program was told of a site's silence. */
export const silences = (hook: Sink, secret: string, code: string): Notice[] =>
  hook.told.map((told) => notice(told, secret)).filter(({ kind, site }) => kind === 'silent-site' && site === code);

/** What people were told of one alarm. */
export const lettersOf = (mail: Sink, alarm: number): Told[] => mail.told.filter(({ headers }) => String(headers['message-id']).startsWith(`<alarm-${alarm}-`));
