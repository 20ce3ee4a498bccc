// What stock adds to the screens of its records: a draft of a move is posted there, and names the sale that it delivers; items and
// pools lead to their figures. Owns which kind has what.
import { Button, Text } from '@mantine/core';
import { Ask, keys, PlaceLink, type RecordShown, useGo, useMay, useToasts, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { stockPaths } from './places';
import { postDraft } from './queries';
import { SaleInput } from './SaleInput';

/** Fields that name a posting by its id: a link says it better, and only the program writes it. */
const POSTED: ReadonlySet<string> = new Set(['posted']);
export const postedFieldsOf = (kind: string): ReadonlySet<string> | undefined => (kind === 'move' ? POSTED : undefined);

/** Fields that name a posting and that people fill in. */
export const stockInputs = { 'move_line.fulfils': SaleInput };

export function StockExtra({ record, dirty }: { record: RecordShown; dirty: boolean }) {
  const words = useWords();
  if (record.kind === 'item') return <PlaceLink to={stockPaths.item(record.id)}>{words.text('stock.look')}</PlaceLink>;
  if (record.kind === 'pool') return <PlaceLink to={stockPaths.rights}>{words.text('stock.pool.board')}</PlaceLink>;
  if (record.kind !== 'move') return null;
  const { posted } = record.fields;
  if (typeof posted === 'string' && posted !== '') return <PlaceLink to={stockPaths.posting(posted)}>{words.text('stock.post.look')}</PlaceLink>;
  return record.archived ? null : <PostDraft record={record} dirty={dirty} />;
}

function PostDraft({ record, dirty }: { record: RecordShown; dirty: boolean }) {
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const mayPost = useMay('move', 'post');
  const [asked, setAsked] = useState(false);
  if (!mayPost) return null;
  return (
    <>
      <Button size="sm" disabled={dirty} {...(dirty ? { title: words.text('stock.postDraft.save') } : {})} onClick={() => setAsked(true)}>
        {words.text('stock.postDraft')}
      </Button>
      {asked ? (
        <Ask
          title={words.text('stock.postDraft')}
          yes={words.text('stock.postDraft')}
          close={() => setAsked(false)}
          act={async () => {
            const posting = await postDraft(record.id);
            for (const queryKey of [keys.stock, keys.record('move', record.id), keys.list('move')]) void client.invalidateQueries({ queryKey });
            toasts.say(words.text('stock.post.done', { number: posting.number }));
            go(stockPaths.posting(posting.id));
          }}
        >
          <Text size="sm">{words.text('stock.postDraft.what')}</Text>
        </Ask>
      ) : null}
    </>
  );
}
