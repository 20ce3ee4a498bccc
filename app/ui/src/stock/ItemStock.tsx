// What there is of one item: site by site, place by place, lot by lot; now, or as the papers of a day had it. Owns the day that is
// asked for, and the place of the act that changes what it is worth.
import { Button, Group, Loader, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { Ask, DayInput, formatDay, keys, organisationQuery, paths, PlaceLink, plainAmount, ProblemAlert, useGo, useKeys, useMay, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Freshness } from './Freshness';
import { stockPaths } from './places';
import { onHandQuery, revalue, type OnHand } from './queries';
import classes from './stock.module.css';

const FIGURES = ['on_hand', 'available', 'reserved', 'promised', 'incoming', 'outgoing'] as const;
const PLACE_KINDS = new Set(['internal', 'quarantine', 'transit', 'supplier', 'customer', 'loss']);

export function ItemStock({ id }: { id: string }) {
  const words = useWords();
  const go = useGo();
  const [at, setAt] = useState('');
  const [revaluing, setRevaluing] = useState(false);
  const found = useQuery(onHandQuery(id, { at }));
  const item = found.data;
  const mayPost = useMay('move', 'post');
  useKeys({ Escape: () => go(stockPaths.availability) });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="start">
        <Stack gap={2}>
          <PlaceLink to={stockPaths.availability}>{words.text('stock.availability')}</PlaceLink>
          <Title order={1} size="h3" dir="auto">
            {item ? `${item.name} (${item.sku})` : words.text('stock.item')}
          </Title>
        </Stack>
        <Group gap="xs" align="end">
          <DayInput size="sm" label={words.text('stock.at')} value={at} change={setAt} />
          {at === '' ? null : (
            <Button size="sm" variant="default" onClick={() => setAt('')}>
              {words.text('stock.now')}
            </Button>
          )}
          {item && at === '' && mayPost ? (
            <Button size="sm" variant="default" onClick={() => setRevaluing(true)}>
              {words.text('stock.revalue')}
            </Button>
          ) : null}
        </Group>
      </Group>
      {found.error ? (
        <ProblemAlert error={found.error}>
          <Button size="compact-sm" onClick={() => void found.refetch()}>
            {words.text('action.retry')}
          </Button>
        </ProblemAlert>
      ) : null}
      {found.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {item ? <Shown item={item} at={at} /> : null}
      {item ? <PlaceLink to={paths.record('item', item.item)}>{words.text('stock.itemRecord')}</PlaceLink> : null}
      {item && revaluing ? <Revaluing item={item} close={() => setRevaluing(false)} /> : null}
    </Stack>
  );
}

function Shown({ item, at }: { item: OnHand; at: string }) {
  const words = useWords();
  const figures = at === '' ? FIGURES : FIGURES.slice(0, 1);
  if (item.sites.length === 0 && item.places.length === 0) {
    return (
      <>
        <Freshness />
        <Text>{at === '' ? words.text('stock.nothingHere') : words.text('stock.nothingThen', { day: formatDay(words.intl, at) })}</Text>
      </>
    );
  }
  return (
    <>
      {at === '' ? null : <Text size="sm">{words.text('stock.then', { day: formatDay(words.intl, at) })}</Text>}
      <Freshness />
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={words.text('sync.sites')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              {figures.map((figure) => (
                <Table.Th key={figure} ta="end">
                  {words.text(`stock.figure.${figure}`)}
                </Table.Th>
              ))}
              <Table.Th>{words.text('stock.unit')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {item.sites.map((site) => (
              <Table.Tr key={site.site} data-site={site.site}>
                <Table.Td>{site.site}</Table.Td>
                {figures.map((figure) => (
                  <Table.Td key={figure} ta="end" className={classes.number} data-figure={figure}>
                    {words.decimal(site[figure])}
                  </Table.Td>
                ))}
                <Table.Td>{item.unit}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Title order={2} size="h5">
        {words.text('stock.places')}
      </Title>
      {item.places.length === 0 ? (
        <Text size="sm">{words.text('stock.noPlaces')}</Text>
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label={words.text('stock.places')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('sync.site')}</Table.Th>
                <Table.Th>{words.text('stock.location')}</Table.Th>
                <Table.Th>{words.text('stock.lotOrPiece')}</Table.Th>
                <Table.Th>{words.text('stock.expiry')}</Table.Th>
                <Table.Th ta="end">{words.text('stock.quantity')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {item.places.map((place) => (
                <Table.Tr key={[place.site, place.location, place.lot, place.serial].join('/')}>
                  <Table.Td>{place.site}</Table.Td>
                  <Table.Td>
                    {place.location}
                    {place.kind !== 'internal' && PLACE_KINDS.has(place.kind) ? ` · ${words.intl.formatMessage({ id: `choice.location.kind.${place.kind}` })}` : ''}
                  </Table.Td>
                  <Table.Td>{place.lot || place.serial || ''}</Table.Td>
                  <Table.Td>{place.expiry ? formatDay(words.intl, place.expiry) : ''}</Table.Td>
                  <Table.Td ta="end" className={classes.number}>
                    {words.decimal(place.quantity)} {item.unit}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}

function Revaluing({ item, close }: { item: OnHand; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const organisation = useQuery(organisationQuery);
  const [amount, setAmount] = useState('');
  const [note, setNote] = useState('');
  useUnsaved([amount, note].some((said) => said.trim() !== ''));
  const currency = organisation.data?.sites.find((site) => site.here)?.currency ?? '';
  return (
    <Ask
      title={words.text('stock.revalue')}
      yes={words.text('stock.post.do')}
      unready={amount.trim() === ''}
      hasField
      close={close}
      act={async () => {
        const posting = await revalue(item.item, { amount: plainAmount(amount, words.intl.locale), note });
        void client.invalidateQueries({ queryKey: keys.stock });
        toasts.say(words.text('stock.post.done', { number: posting.number }));
        close();
      }}
    >
      <Text size="sm">{words.text('stock.revalue.what', { item: item.name })}</Text>
      <TextInput size="sm" data-autofocus inputMode="decimal" autoComplete="off" label={words.text('stock.revalue.amount', { currency })} value={amount} onChange={(event) => setAmount(event.currentTarget.value)} />
      <TextInput size="sm" dir="auto" autoComplete="off" label={words.text('stock.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
    </Ask>
  );
}
