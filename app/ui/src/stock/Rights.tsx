// The board of rights: each shared pool with what lies there, what is promised, and who may still sell how much; and what this site
// may do with it, as its keeper or as a holder. Owns the drawing; the acts have files of their own.
import { Badge, Button, Card, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { compareNumbers, paths, PlaceLink, ProblemAlert, statusQuery, useMay, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Freshness } from './Freshness';
import { poolsQuery, type PoolRights } from './queries';
import { ReclaimDialog } from './ReclaimDialog';
import { RightsActDialog, type Act } from './RightsAct';
import { ShareOutDialog } from './ShareOutDialog';
import classes from './stock.module.css';

export function Rights() {
  const words = useWords();
  const pools = useQuery(poolsQuery);
  const status = useQuery(statusQuery);
  return (
    <Stack gap="md" maw={980}>
      <Title order={1} size="h3">
        {words.text('stock.rights')}
      </Title>
      <Text size="sm">{words.text('stock.rights.what')}</Text>
      <Freshness />
      {pools.error ? (
        <ProblemAlert error={pools.error}>
          <Button size="compact-sm" onClick={() => void pools.refetch()}>
            {words.text('action.retry')}
          </Button>
        </ProblemAlert>
      ) : null}
      {pools.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {pools.data?.length === 0 ? (
        <Stack gap="xs" align="start">
          <Text>{words.text('stock.rights.none')}</Text>
          <PlaceLink to={paths.create('pool')}>{words.text('record.newOne', { kind: words.kindOne('pool') })}</PlaceLink>
        </Stack>
      ) : null}
      {pools.data?.map((pool) => (
        <Pool key={pool.pool} pool={pool} own={status.data?.site ?? ''} />
      ))}
    </Stack>
  );
}

function Pool({ pool, own }: { pool: PoolRights; own: string }) {
  const words = useWords();
  const [open, setOpen] = useState<Act | 'shareOut'>();
  const keeps = pool.site === own;
  const held = pool.holders.find((holder) => holder.site === own)?.held ?? '0';
  const holds = compareNumbers(held, '0') > 0;
  const deficit = compareNumbers(pool.free, '0') < 0;
  // The keeper gives out of the stock, and takes out of the world what came back; who holds rights sells by them, or hands them on.
  const acts: (Act | 'shareOut')[] = keeps ? ['shareOut', 'grant', ...(holds ? (['retire'] as const) : [])] : holds ? ['spend', 'pass', 'return'] : [];
  const mayPost = useMay('move', 'post');
  const figure = (name: 'on_hand' | 'granted' | 'free') => (
    <div>
      <Text size="xs" c="dimmed">
        {words.text(`stock.pool.${name}`)}
      </Text>
      <Text fw={600} className={classes.number} data-figure={name} {...(name === 'free' && deficit ? { c: 'var(--mantine-color-error)' } : {})}>
        {words.decimal(pool[name])} {pool.unit}
      </Text>
    </div>
  );
  return (
    <Card withBorder component="section" aria-label={pool.name} data-pool={pool.code}>
      <Stack gap="sm">
        <Group justify="space-between" align="start">
          <Stack gap={2}>
            <Group gap="xs">
              <Title order={2} size="h5" dir="auto">
                {pool.name}
              </Title>
              {keeps ? <Badge variant="light">{words.text('stock.pool.kept')}</Badge> : null}
              {deficit ? <Badge variant="light" color="red">{words.item('deficit')}</Badge> : null}
            </Group>
            <Text size="sm" c="dimmed">
              {words.text('stock.pool.where', { item: pool.item, site: pool.site, location: pool.location })}
            </Text>
          </Stack>
          <Group gap="xs">
            {(mayPost ? acts : []).map((act) => (
              <Button key={act} size="compact-sm" variant={act === 'shareOut' || act === 'spend' ? 'light' : 'default'} onClick={() => setOpen(act)}>
                {words.text(`stock.rights.${act}`)}
              </Button>
            ))}
          </Group>
        </Group>
        <Group gap="xl">
          {figure('on_hand')}
          {figure('granted')}
          {figure('free')}
        </Group>
        {!keeps && !holds ? <Text size="sm">{words.text('stock.rights.ask', { site: pool.site })}</Text> : null}
        {pool.holders.length === 0 ? <Text size="sm">{words.text('stock.rights.nobody')}</Text> : <Holders pool={pool} mayReclaim={keeps && mayPost} />}
        <PlaceLink to={paths.record('pool', pool.pool)}>{words.text('stock.pool.record')}</PlaceLink>
      </Stack>
      {open === 'shareOut' ? <ShareOutDialog pool={pool} close={() => setOpen(undefined)} /> : null}
      {open !== undefined && open !== 'shareOut' ? <RightsActDialog pool={pool} act={open} held={held} close={() => setOpen(undefined)} /> : null}
    </Card>
  );
}

function Holders({ pool, mayReclaim }: { pool: PoolRights; mayReclaim: boolean }) {
  const words = useWords();
  const [asked, setAsked] = useState<PoolRights['holders'][number]>();
  const figures = ['held', 'frozen', 'sold', 'to_deliver'] as const;
  // What a site held that is revoked is of use to nobody, until the keeper takes it back.
  const returns = (holder: PoolRights['holders'][number]) => holder.revoked && compareNumbers(holder.frozen, '0') > 0;
  return (
    <>
      <Table aria-label={words.text('stock.rights.holders')} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('sync.site')}</Table.Th>
            {figures.map((figure) => (
              <Table.Th key={figure} ta="end">
                {words.text(`stock.holder.${figure}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pool.holders.map((holder) => (
            <Table.Tr key={holder.site} data-holder={holder.site}>
              <Table.Td>
                <Group gap="xs">
                  {holder.site}
                  {holder.revoked ? <Badge variant="light" color="gray">{words.text('stock.holder.revoked')}</Badge> : null}
                  {mayReclaim && returns(holder) ? (
                    <Button size="compact-xs" variant="default" aria-label={words.text('stock.rights.reclaimFrom', { site: holder.site })} onClick={() => setAsked(holder)}>
                      {words.text('stock.rights.reclaim')}
                    </Button>
                  ) : null}
                </Group>
              </Table.Td>
              {figures.map((figure) => (
                <Table.Td key={figure} ta="end" className={classes.number} data-figure={figure}>
                  {words.decimal(holder[figure])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {asked ? <ReclaimDialog pool={pool} holder={asked} close={() => setAsked(undefined)} /> : null}
    </>
  );
}
