// What the screens of stock read and ask for. Each function is one request; every answer is refreshed by postings, since its key
// begins as all of stock does.
import { answer, api, keys, listRecords, type Schemas } from '@comptoir/kit';
import { queryOptions } from '@tanstack/react-query';

export type Transfer = Schemas['Transfer'];
export type TransferLine = Schemas['TransferLine'];
export type PostingShown = Schemas['PostingShown'];
export type PoolRights = Schemas['PoolRights'];
export type OnHand = Schemas['OnHand'];
export type Arrived = Schemas['Arrived'];

/** The most that one question gives. */
export const MOST = 1_000;
const MOST_LOCATIONS = 1_000;

const said = <Value>(name: string, value: Value | undefined | ''): Record<string, Value> =>
  value === undefined || value === '' ? {} : { [name]: value };

export const onHandQuery = (item: string, asked: { site?: string; location?: string; at?: string } = {}) =>
  queryOptions({
    queryKey: [...keys.stock, 'on-hand', item, asked],
    queryFn: () => {
      const query = { ...said('site', asked.site), ...said('location', asked.location), ...said('at', asked.at) };
      return answer(api.GET('/api/v1/stock/items/{item}/on-hand', { params: { path: { item }, query } }));
    },
  });

export const valueQuery = (asked: { site?: string; at?: string }) =>
  queryOptions({
    queryKey: [...keys.stock, 'value', asked],
    queryFn: async () => (await answer(api.GET('/api/v1/stock/value', { params: { query: { ...said('site', asked.site), ...said('at', asked.at) } } }))).sites,
  });

export const transfersQuery = (asked: { site?: string; all: boolean }) =>
  queryOptions({
    queryKey: [...keys.stock, 'transfers', asked],
    queryFn: async () => (await answer(api.GET('/api/v1/stock/transfers', { params: { query: { ...said('site', asked.site), all: asked.all, limit: MOST } } }))).transfers,
  });

export const transferQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.stock, 'transfer', id],
    queryFn: () => answer(api.GET('/api/v1/stock/transfers/{id}', { params: { path: { id } } })),
  });

export const poolsQuery = queryOptions({
  queryKey: [...keys.stock, 'rights'],
  queryFn: async () => (await answer(api.GET('/api/v1/stock/rights'))).pools,
});

export const postingQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.stock, 'posting', id],
    queryFn: () => answer(api.GET('/api/v1/stock/postings/{id}', { params: { path: { id } } })),
  });

export async function postingsBefore(site: string, before: string | undefined, limit: number): Promise<PostingShown[]> {
  const query = { ...said('site', site), ...said('before', before), limit };
  return (await answer(api.GET('/api/v1/stock/postings', { params: { query } }))).postings;
}

/** Sales from pools among what was posted last, at any site. */
export const recentSalesQuery = queryOptions({
  queryKey: [...keys.stock, 'recent-sales'],
  queryFn: async () => (await postingsBefore('', undefined, MOST)).filter((posting) => posting.kind === 'stock.rights' && posting.type === 'spend'),
});

export interface OwnLocation {
  id: string;
  code: string;
  name: string;
  kind: string;
}

/** Where a site's stock can lie. */
export const locationsQuery = (site: string) =>
  queryOptions({
    queryKey: [...keys.list('location'), 'of', site],
    queryFn: async (): Promise<OwnLocation[]> => {
      const page = await listRecords('location', [['site[eq]', site], ['kind[in]', 'internal|quarantine'], ['columns', 'code,name,kind'], ['sort', 'reference'], ['limit', String(MOST_LOCATIONS)]]);
      const text = (value: unknown) => (typeof value === 'string' ? value : '');
      return page.records.map((record) => ({ id: record.id, code: text(record.fields.code), name: text(record.fields.name), kind: text(record.fields.kind) }));
    },
    enabled: site !== '',
  });

export const postDraft = (id: string) => answer(api.POST('/api/v1/stock/moves/{id}/post', { params: { path: { id } } }));
export const reverse = (id: string) => answer(api.POST('/api/v1/stock/postings/{id}/reverse', { params: { path: { id } } }));
export const revalue = (item: string, body: Schemas['Revalue']) => answer(api.POST('/api/v1/stock/items/{item}/revalue', { params: { path: { item } }, body }));
export const receiveTransfer = (id: string, body: Arrived) => answer(api.POST('/api/v1/stock/transfers/{id}/receive', { params: { path: { id } }, body }));
export const settleTransfer = (id: string, body: Schemas['Settle']) => answer(api.POST('/api/v1/stock/transfers/{id}/settle', { params: { path: { id } }, body }));
export const actOnRights = (pool: string, body: Schemas['RightsBody']) => answer(api.POST('/api/v1/stock/rights/{pool}', { params: { path: { pool } }, body }));
export const reclaim = (pool: string, site: string) => answer(api.POST('/api/v1/stock/rights/{pool}/reclaim', { params: { path: { pool } }, body: { site } }));
export const shareOut = async (pool: string, body: Schemas['ShareOut']) =>
  (await answer(api.POST('/api/v1/stock/rights/{pool}/share-out', { params: { path: { pool } }, body }))).shares;
