// Why something was not done, in the shape in which node and relay say it alike. Owns how an answer becomes what was asked for or a
// `Problem`; knows no resource, and words nothing.

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

/** A refusal as it is written. */
interface ProblemBody {
  code: string;
  params?: Record<string, string>;
  message?: string;
}

/** What a request gives. */
export interface Ended<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Whether it was taken back by whoever asked for it: no fault of anybody's. */
export const wasAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** What a request gave, or the problem that it ended with: of this code where nobody answers. */
export async function settled<T>(request: Promise<Ended<T>>, unreachable: string): Promise<T> {
  let ended: Ended<T>;
  try {
    ended = await request;
  } catch (error) {
    if (error instanceof Problem || wasAborted(error)) throw error;
    throw new Problem(unreachable, {}, error instanceof Error ? error.message : '');
  }
  if (!ended.response.ok) throw problemOf(ended.error, ended.response.status);
  return ended.data as T;
}

/** Reads the body of a refusal; anything else in its place is told as an internal fault. */
export function problemOf(body: unknown, status: number): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const { code, params, message } = body as ProblemBody;
    return new Problem(code, params ?? {}, message ?? '', status);
  }
  return new Problem('internal', {}, typeof body === 'string' ? body.slice(0, 500) : '', status);
}
