// Taking back what a revoked site held of a pool: the question, which says what returns. Owns the request alone; whether every other
// site was heard is the node's to say, which names those that are waited for.
import { Text } from '@mantine/core';
import { Ask, keys, useToasts, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { reclaim, type PoolRights } from './queries';

interface ReclaimDialogProps {
  pool: PoolRights;
  holder: PoolRights['holders'][number];
  close: () => void;
}

export function ReclaimDialog({ pool, holder, close }: ReclaimDialogProps) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  return (
    <Ask
      title={`${words.text('stock.rights.reclaim')} · ${pool.name}`}
      yes={words.text('stock.rights.reclaim')}
      close={close}
      act={async () => {
        const back = await reclaim(pool.pool, holder.site);
        for (const queryKey of [keys.stock, keys.inbox]) void client.invalidateQueries({ queryKey });
        toasts.say(words.text('stock.rights.reclaimed', { quantity: words.decimal(back.quantity), unit: back.unit, site: back.site }));
        close();
      }}
    >
      <Text size="sm">{words.text('stock.rights.reclaim.what', { quantity: words.decimal(holder.frozen), unit: pool.unit, site: holder.site })}</Text>
    </Ask>
  );
}
