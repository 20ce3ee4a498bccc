// Requests about records: reading, writing, history, merging. Each function is one request; caching is the queries' affair.
import { answer, api, type Scalar } from './client';
import type { Changed, Changes, HistoryEntry, ListPage, RecordShown, Reverted, Written } from './types';

/** A list's parameters, as they stand in a URL: `[name, value]`, some names more than once. */
export type Pairs = [string, string][];

const path = (kind: string, id: string) => ({ params: { path: { kind, id } } });

/** Queries of lists have names that the description cannot list: they are written out. */
function written(pairs: Pairs): { querySerializer: () => string } {
  return { querySerializer: () => new URLSearchParams(pairs).toString() };
}

export async function listRecords(kind: string, pairs: Pairs, signal?: AbortSignal): Promise<ListPage> {
  const request = api.GET('/api/v1/records/{kind}', {
    params: { path: { kind }, query: {} as never },
    ...written(pairs),
    ...(signal ? { signal } : {}),
  });
  return (await answer(request)) as unknown as ListPage;
}

export async function readRecord(kind: string, id: string, query: { at?: string; itself?: boolean } = {}) {
  const request = api.GET('/api/v1/records/{kind}/{id}', { params: { path: { kind, id }, query: query as never } });
  return (await answer(request)) as unknown as RecordShown;
}

/** Makes a record: in the scope that is said, else where those of its kind live. */
export async function createRecord(kind: string, changes: Changes, scope?: string): Promise<RecordShown> {
  const request = api.POST('/api/v1/records/{kind}', {
    params: { path: { kind }, query: scope === undefined ? {} : { scope } },
    body: changes as never,
  });
  return (await answer(request)) as unknown as RecordShown;
}

/** Changes a record; of a batch, if one is said, by which several changes are taken back as one. */
export async function changeRecord(kind: string, id: string, changes: Changes, batch?: string): Promise<Changed> {
  const query = batch === undefined ? {} : { batch };
  const request = api.PATCH('/api/v1/records/{kind}/{id}', { params: { path: { kind, id }, query }, body: changes as never });
  return (await answer(request)) as unknown as Changed;
}

export async function archiveRecord(kind: string, id: string, archived: boolean): Promise<Changed> {
  const request = api.POST('/api/v1/records/{kind}/{id}/archive', { ...path(kind, id), body: { archived } });
  return (await answer(request)) as unknown as Changed;
}

/** Lets more sites see a record: all that hold the scope that is said, else all that see its kind. */
export async function shareRecord(kind: string, id: string, scope?: string): Promise<RecordShown> {
  const query = scope === undefined ? {} : { scope };
  return (await answer(api.POST('/api/v1/records/{kind}/{id}/share', { params: { path: { kind, id }, query } }))) as unknown as RecordShown;
}

export async function mergeRecord(kind: string, id: string, into: string): Promise<RecordShown> {
  const request = api.POST('/api/v1/records/{kind}/{id}/merge', { ...path(kind, id), body: { into, take: [] } });
  return (await answer(request)) as unknown as RecordShown;
}

export async function unmergeRecord(kind: string, id: string, distinct: boolean): Promise<RecordShown> {
  const request = api.POST('/api/v1/records/{kind}/{id}/unmerge', { ...path(kind, id), body: { distinct } });
  return (await answer(request)) as unknown as RecordShown;
}

export async function readHistory(kind: string, id: string): Promise<HistoryEntry[]> {
  const history = await answer(api.GET('/api/v1/records/{kind}/{id}/history', path(kind, id)));
  return history.items as unknown as HistoryEntry[];
}

/** Takes back one change, or all since a moment. */
export async function revertRecord(kind: string, id: string, what: { change: string } | { at: string }) {
  const request = api.POST('/api/v1/records/{kind}/{id}/revert', { ...path(kind, id), body: what as never });
  return (await answer(request)) as unknown as Reverted;
}

/** Settles an item of the inbox: the nth value, or another one. What it wrote. */
export async function settle(id: string, decision: { take: number } | { value: Scalar }): Promise<Written[]> {
  const settled = await answer(api.POST('/api/v1/inbox/{id}/resolve', { params: { path: { id } }, body: decision as never }));
  return settled.written;
}
