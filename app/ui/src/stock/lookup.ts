// What a scanned code means: the item whose number on bar codes or whose own code it is. Owns the question to the node.
import { codeForms, listRecords, type Pairs } from '@comptoir/kit';
import type { QueryClient } from '@tanstack/react-query';
import type { FoundItem } from './tally';

const COLUMNS = 'sku,name,unit,decimals,tracking,expires';
const FRESH_MS = 60_000;

async function asked(filter: Pairs[number]): Promise<FoundItem[]> {
  const page = await listRecords('item', [filter, ['columns', COLUMNS], ['limit', '2']]);
  return page.records.map(({ id, title, fields }) => ({
    id,
    sku: typeof fields.sku === 'string' ? fields.sku : '',
    name: typeof fields.name === 'string' && fields.name !== '' ? fields.name : title,
    unit: typeof fields.unit === 'string' ? fields.unit : '',
    decimals: Number(fields.decimals ?? 0),
    tracking: fields.tracking === 'lot' || fields.tracking === 'serial' ? fields.tracking : 'none',
    expires: fields.expires === true,
  }));
}

async function find(code: string): Promise<FoundItem[]> {
  const forms = codeForms(code);
  const byNumber = forms.length > 0 ? await asked(['gtin[in]', forms.join('|')]) : [];
  if (byNumber.length > 0) return byNumber;
  const exact = await asked(['sku[eq]', code]);
  if (exact.length > 0 || code.includes('|')) return exact;
  // Scanners and people write capitals as they like.
  return asked(['sku[in]', [code.toUpperCase(), code.toLowerCase()].join('|')]);
}

/** The items that a code means: none, one, or (more than one) a code that is not clear. A code scanned again is not asked again. */
export function lookup(client: QueryClient, code: string): Promise<FoundItem[]> {
  return client.query({ queryKey: ['list', 'item', 'code', code], queryFn: () => find(code), staleTime: FRESH_MS });
}
