// Postings in words. Owns which kinds and types are known here; what a newer version posts is shown by its own name.
import type { Words } from '@comptoir/kit';
import type { PostingShown } from './queries';

const TYPES = ['receive', 'issue', 'transfer', 'adjust', 'scrap', 'return', 'dispatch', 'receipt', 'settlement', 'revaluation', 'grant', 'pass', 'spend', 'retire', 'reclaim', 'honour'] as const;

export function postingType(words: Words, posting: Pick<PostingShown, 'kind' | 'type'>): string {
  // Goods and rights are both given back.
  if (posting.kind === 'stock.rights' && posting.type === 'return') return words.text('stock.type.returnRights');
  const known = TYPES.find((type) => type === posting.type);
  return known ? words.text(`stock.type.${known}`) : posting.type;
}

/** Moves alone are taken back, by the site that made them, once. */
export const isReversible = (posting: PostingShown, own: string): boolean =>
  posting.kind === 'stock.move' && posting.site === own && posting.about == null && posting.reversed_by == null;
