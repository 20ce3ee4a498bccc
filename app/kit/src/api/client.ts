// The one way to the node's API. Owns how a request is made and how a refusal becomes a `Problem`; never words one.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';
import { transport } from './transport';

export type Schemas = components['schemas'];

/** A value of a field as the API gives and takes it. */
export type Scalar = string | number | boolean | null;

/** Why something was not done: a code out of a closed set, with what its wording names. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly params: Record<string, string> = {},
    readonly detail = '',
    readonly status = 0,
  ) {
    super(code);
  }

  /** The field at fault, if one is. */
  get field(): string | undefined {
    return this.params.field;
  }
}

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

/** Whether it was taken back by whoever asked for it: no fault of anybody's. */
export const wasAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** What a request gave, or the problem that it ended with. */
export async function answer<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let ended: { data?: T; error?: unknown; response: Response };
  try {
    ended = await request;
  } catch (error) {
    if (error instanceof Problem || wasAborted(error)) throw error;
    throw new Problem(UNREACHABLE, {}, error instanceof Error ? error.message : '');
  }
  if (!ended.response.ok) throw problemOf(ended.error, ended.response.status);
  return ended.data as T;
}

/** Reads the body of a refusal; anything else in its place is told as an internal fault. */
export function problemOf(body: unknown, status: number): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const { code, params, message } = body as Schemas['ProblemBody'];
    return new Problem(code, params ?? {}, message ?? '', status);
  }
  return new Problem('internal', {}, typeof body === 'string' ? body.slice(0, 500) : '', status);
}
