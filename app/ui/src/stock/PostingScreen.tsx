// One posting: what it moved, for whom, and what it is about; taking it back is a posting of its own. Owns that act, and delivering
// what was sold from a pool.
import { Alert, Button, Group, Loader, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { archiveRecord, Ask, asProblem, createRecord, formatDay, keys, paths, PlaceLink, plainNumber, ProblemAlert, recordQuery, statusQuery, useGo, useKeys, useMay, useToasts, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { stockPaths } from './places';
import { isReversible, postingType } from './postingWords';
import { poolsQuery, postDraft, postingQuery, reverse, type PoolRights, type PostingShown } from './queries';
import classes from './stock.module.css';

export function PostingScreen({ id }: { id: string }) {
  const words = useWords();
  const go = useGo();
  const posting = useQuery(postingQuery(id));
  useKeys({ Escape: () => go(stockPaths.postings) });
  return (
    <Stack gap="md">
      <Stack gap={2}>
        <PlaceLink to={stockPaths.postings}>{words.text('stock.postings')}</PlaceLink>
        <Title order={1} size="h3">
          {posting.data ? `${postingType(words, posting.data)} · ${posting.data.number}` : words.text('stock.posting')}
        </Title>
      </Stack>
      {posting.error && !posting.data ? <ProblemAlert error={posting.error} /> : null}
      {posting.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {posting.data ? <Shown key={id} posting={posting.data} /> : null}
    </Stack>
  );
}

function Shown({ posting }: { posting: PostingShown }) {
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const status = useQuery(statusQuery);
  const pools = useQuery({ ...poolsQuery, enabled: posting.kind === 'stock.rights' });
  const [asked, setAsked] = useState<'reverse' | 'deliver'>();
  const own = status.data?.site ?? '';
  const pool = pools.data?.find((pool) => pool.pool === posting.about);
  const mayPost = useMay('move', 'post');
  const mayDeliver = mayPost && posting.type === 'spend' && pool?.site === own;
  return (
    <>
      <Group justify="space-between" align="start">
        <Stack gap={4}>
          <Text size="sm">
            {words.text('stock.posted', { day: formatDay(words.intl, posting.date), author: words.author(posting.author, posting.site), moment: words.moment(new Date(posting.at_ms).toISOString()) })}
          </Text>
          {posting.reference ? <Text size="sm" dir="auto">{words.text('label', { name: words.text('stock.reference') })} {posting.reference}</Text> : null}
          {posting.note ? <Text size="sm" dir="auto">{posting.note}</Text> : null}
          {posting.to ? <Text size="sm">{words.text('label', { name: words.text('stock.toSite') })} {posting.to}</Text> : null}
          {pool ? <Text size="sm" dir="auto">{words.text('label', { name: words.kindOne('pool') })} {pool.name}</Text> : null}
          <Group gap="lg">
            {posting.party ? <PartyLink id={posting.party} /> : null}
            {posting.draft ? <PlaceLink to={paths.record('move', posting.draft)}>{words.text('stock.draft')}</PlaceLink> : null}
            {posting.kind === 'stock.dispatch' ? <PlaceLink to={stockPaths.transfer(posting.id)}>{words.text('stock.transfer')}</PlaceLink> : null}
            {posting.kind === 'stock.receipt' && posting.about ? <PlaceLink to={stockPaths.transfer(posting.about)}>{words.text('stock.transfer')}</PlaceLink> : null}
            {posting.kind === 'stock.settlement' && posting.about ? <PlaceLink to={stockPaths.posting(posting.about)}>{words.text('stock.transfer.receipt')}</PlaceLink> : null}
            {posting.kind === 'stock.rights' ? <PlaceLink to={stockPaths.rights}>{words.text('stock.rights')}</PlaceLink> : null}
          </Group>
        </Stack>
        <Group gap="xs">
          {mayDeliver ? <Button variant="default" onClick={() => setAsked('deliver')}>{words.text('stock.deliver')}</Button> : null}
          {mayPost && isReversible(posting, own) ? <Button variant="default" onClick={() => setAsked('reverse')}>{words.text('stock.reverse')}</Button> : null}
        </Group>
      </Group>
      {posting.kind === 'stock.move' && posting.about ? (
        <Alert color="yellow" title={words.text('stock.reversal')}>
          <PlaceLink to={stockPaths.posting(posting.about)}>{words.text('stock.original')}</PlaceLink>
        </Alert>
      ) : null}
      {posting.reversed_by ? (
        <Alert color="yellow" title={words.text('stock.takenBack')}>
          <PlaceLink to={stockPaths.posting(posting.reversed_by)}>{words.text('stock.reversalOfThis')}</PlaceLink>
        </Alert>
      ) : null}
      {(posting.lines?.length ?? 0) > 0 ? <Lines posting={posting} /> : null}
      {asked === 'reverse' ? (
        <Ask
          title={words.text('stock.reverse')}
          yes={words.text('stock.reverse')}
          close={() => setAsked(undefined)}
          act={async () => {
            const back = await reverse(posting.id);
            void client.invalidateQueries({ queryKey: keys.stock });
            toasts.say(words.text('stock.post.reversed', { number: back.number }));
            go(stockPaths.posting(back.id));
          }}
        >
          <Text size="sm">{words.text('stock.reverse.what', { number: posting.number })}</Text>
        </Ask>
      ) : null}
      {asked === 'deliver' && pool ? <Deliver posting={posting} pool={pool} close={() => setAsked(undefined)} /> : null}
    </>
  );
}

function Lines({ posting }: { posting: PostingShown }) {
  const words = useWords();
  const lines = posting.lines ?? [];
  const followed = lines.some((line) => line.lot !== '' || line.serial !== '');
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label={words.text('stock.lines')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('stock.line')}</Table.Th>
            <Table.Th>{words.text('stock.item')}</Table.Th>
            <Table.Th>{words.text('stock.location')}</Table.Th>
            {followed ? <Table.Th>{words.text('stock.lotOrPiece')}</Table.Th> : null}
            <Table.Th ta="end">{words.text('stock.quantity')}</Table.Th>
            <Table.Th>{words.text('stock.unit')}</Table.Th>
            <Table.Th ta="end">{words.text('stock.cost')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line, at) => (
            <Table.Tr key={`${line.line}-${at}`} data-line={line.item}>
              <Table.Td>{line.line}</Table.Td>
              <Table.Td>
                <Text size="sm" fw={600} dir="auto">{line.name}</Text>
                <Text size="xs" c="dimmed" dir="auto">{line.item}</Text>
              </Table.Td>
              <Table.Td>{line.location}</Table.Td>
              {followed ? <Table.Td>{line.lot || line.serial}</Table.Td> : null}
              <Table.Td ta="end" className={classes.number}>{words.decimal(line.quantity)}</Table.Td>
              <Table.Td>{line.unit}</Table.Td>
              <Table.Td ta="end" className={classes.number}>{words.money(line.value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function PartyLink({ id }: { id: string }) {
  const words = useWords();
  const party = useQuery(recordQuery('party', id));
  return <PlaceLink to={paths.record('party', id)}>{party.data?.title ?? words.kindOne('party')}</PlaceLink>;
}

/** What another site sold of a pool leaves it: an issue that cites the sale. */
function Deliver({ posting, pool, close }: { posting: PostingShown; pool: PoolRights; close: () => void }) {
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const record = useQuery(recordQuery('pool', pool.pool));
  const [quantity, setQuantity] = useState('');
  const [item, from] = [record.data?.fields.item, record.data?.fields.location];
  return (
    <Ask
      title={words.text('stock.deliver')}
      yes={words.text('stock.post.do')}
      hasField
      unready={quantity.trim() === '' || typeof item !== 'string' || typeof from !== 'string'}
      close={close}
      act={async () => {
        const line = { item: item ?? '', quantity: plainNumber(quantity, words.intl.locale), fulfils: posting.id };
        const draft = await createRecord('move', { set: { type: 'issue', from: from ?? '', ...(posting.party ? { party: posting.party } : {}) }, add: { lines: [line] } });
        const posted = await postDraft(draft.id).catch(async (error: unknown) => {
          // A refusal leaves no draft behind that somebody would post later.
          const { status } = asProblem(error);
          if (status >= 400 && status < 500) await archiveRecord('move', draft.id, true);
          throw error;
        });
        void client.invalidateQueries({ queryKey: keys.stock });
        toasts.say(words.text('stock.post.done', { number: posted.number }));
        go(stockPaths.posting(posted.id));
      }}
    >
      <Text size="sm">{words.text('stock.deliver.what', { site: posting.site, pool: pool.name, location: pool.location })}</Text>
      <TextInput size="sm" data-autofocus inputMode="decimal" autoComplete="off" label={words.text('stock.quantityIn', { unit: pool.unit })} value={quantity} onChange={(event) => setQuantity(event.currentTarget.value)} />
    </Ask>
  );
}
