// One act on rights to a pool: granted, passed on, given back, spent by a sale, or taken out of the world. Owns what is asked for it.
import { Select, Text, TextInput } from '@mantine/core';
import { Ask, keys, organisationQuery, plainNumber, ReferenceInput, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { actOnRights, type PoolRights } from './queries';

export type Act = 'grant' | 'pass' | 'return' | 'spend' | 'retire';

interface RightsActDialogProps {
  pool: PoolRights;
  act: Act;
  /** What this site may still sell. */
  held: string;
  close: () => void;
}

export function RightsActDialog({ pool, act, held, close }: RightsActDialogProps) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const organisation = useQuery(organisationQuery);
  const [quantity, setQuantity] = useState('');
  const [to, setTo] = useState('');
  const [party, setParty] = useState('');
  const [note, setNote] = useState('');
  useUnsaved([quantity, to, party, note].some((said) => said.trim() !== ''));
  const gives = act === 'grant' || act === 'pass';
  const sites = (organisation.data?.sites ?? []).filter((site) => !site.here && site.code !== pool.site).map((site) => ({ value: site.code, label: `${site.code} · ${site.name}` }));
  return (
    <Ask
      title={`${words.text(`stock.rights.${act}`)} · ${pool.name}`}
      yes={words.text(`stock.rights.${act}`)}
      hasField
      unready={quantity.trim() === '' || (gives && to === '')}
      close={close}
      act={async () => {
        const body = { act, quantity: plainNumber(quantity, words.intl.locale), note, ...(gives ? { to } : {}), ...(act === 'spend' && party !== '' ? { party } : {}) };
        const posting = await actOnRights(pool.pool, body);
        for (const queryKey of [keys.stock, keys.inbox]) void client.invalidateQueries({ queryKey });
        toasts.say(words.text('stock.post.done', { number: posting.number }));
        close();
      }}
    >
      <Text size="sm">{words.text(`stock.rights.${act}.what`, { free: words.decimal(pool.free), held: words.decimal(held), unit: pool.unit, site: pool.site })}</Text>
      {gives ? (
        <Select size="sm" label={words.text('stock.toSite')} data={sites} value={to === '' ? null : to} searchable allowDeselect={false} onChange={(code) => setTo(code ?? '')} comboboxProps={{ withinPortal: true }} />
      ) : null}
      <TextInput size="sm" data-autofocus inputMode="decimal" autoComplete="off" label={words.text('stock.quantityIn', { unit: pool.unit })} value={quantity} onChange={(event) => setQuantity(event.currentTarget.value)} />
      {act === 'spend' ? <ReferenceInput target="party" value={party} change={setParty} shared={{ size: 'sm', label: words.text('stock.customer') }} /> : null}
      <TextInput size="sm" dir="auto" autoComplete="off" label={words.text('stock.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
    </Ask>
  );
}
