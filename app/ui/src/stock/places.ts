// Where the screens of stock are, and in which order they are offered: in the navigation, and in the palette.
import type { TextId } from '@comptoir/kit';

export const stockPaths = {
  act: (act: 'receive' | 'issue' | 'send') => `/stock/scan/${act}`,
  availability: '/stock/availability',
  item: (id: string) => `/stock/items/${id}`,
  transfers: '/stock/transfers',
  transfer: (id: string) => `/stock/transfers/${id}`,
  arrival: (id: string) => `/stock/transfers/${id}/receive`,
  rights: '/stock/rights',
  postings: '/stock/postings',
  posting: (id: string) => `/stock/postings/${id}`,
  value: '/stock/value',
};

export interface StockPlace {
  path: string;
  name: TextId;
  /** Where there is little room. */
  short?: TextId;
  /** Something is posted there, from a draft that is made there. */
  posts?: boolean;
}

const stockPlaces: StockPlace[] = [
  { path: stockPaths.act('receive'), name: 'stock.act.receive', short: 'stock.nav.receive', posts: true },
  { path: stockPaths.act('issue'), name: 'stock.act.issue', short: 'stock.nav.issue', posts: true },
  { path: stockPaths.act('send'), name: 'stock.act.send', short: 'stock.nav.send', posts: true },
  { path: stockPaths.transfers, name: 'stock.transfers' },
  { path: stockPaths.availability, name: 'stock.availability' },
  { path: stockPaths.rights, name: 'stock.rights', short: 'stock.nav.rights' },
  { path: stockPaths.postings, name: 'stock.postings' },
  { path: stockPaths.value, name: 'stock.value' },
];

/** The places for whoever may do this with drafts of moves. */
export const placesFor = (may: readonly string[]): StockPlace[] => stockPlaces.filter((place) => !place.posts || (may.includes('edit') && may.includes('post')));

/** What stands behind the `?` of an address, by name. */
export function readWritten(written: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(written));
}

/** The same with some of it changed; what is empty is left out. */
export function changedWritten(written: string, changes: Record<string, string>): string {
  const all = { ...readWritten(written), ...changes };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== '')).toString();
}
