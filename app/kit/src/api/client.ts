// The one way to the node's API. Owns how a request is made; what comes of it is problem.ts's to say.
import createClient from 'openapi-fetch';
import { Problem, settled, type Ended } from './problem';
import type { components, paths } from './schema';
import { transport } from './transport';

export type Schemas = components['schemas'];

/** A value of a field as the API gives and takes it. */
export type Scalar = string | number | boolean | null;

/** The node cannot be reached: not a code of its own, since it says nothing. */
export const UNREACHABLE = 'node-unreachable';

/** The most that the node takes in one request (`MAX_BODY_BYTES`), but for files. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * A body as it is sent. What the node would refuse for its size is refused here: a connection that it ends while ten megabytes are
 * on their way looks to a browser as if nobody were there.
 */
export function writtenBody(body: unknown): string {
  const text = JSON.stringify(body);
  // UTF-8 takes no less than a byte for each unit, and no more than three.
  if (text.length > MAX_BODY_BYTES / 3 && new TextEncoder().encode(text).length > MAX_BODY_BYTES) {
    const field = longestField(body);
    throw new Problem('body-too-large', { ...(field === undefined ? {} : { field }), limit: String(MAX_BODY_BYTES) });
  }
  return text;
}

/** Of changes of a record, the field that takes most of the room. */
function longestField(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('set' in body) || typeof body.set !== 'object' || body.set === null) return undefined;
  const sizes = Object.entries(body.set).map(([path, value]) => [path, typeof value === 'string' ? value.length : 0] as const);
  const longest = sizes.sort(([, one], [, other]) => other - one)[0];
  return longest && longest[1] > MAX_BODY_BYTES / 6 ? longest[0] : undefined;
}

const client = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  bodySerializer: writtenBody,
  fetch: (request) => transport().send(request),
});
export const api = client;

/** What a request gave, or the problem that it ended with. */
export const answer = <T>(request: Promise<Ended<T>>): Promise<T> => settled(request, UNREACHABLE);
