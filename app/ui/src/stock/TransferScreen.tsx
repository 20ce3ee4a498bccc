// One transfer: what was sent, what arrived, what is missing, and what can be done about it here: receive it, or say what became of
// what did not arrive. Owns those two acts' places; receiving has a screen of its own.
import { Button, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { Ask, compareNumbers, formatDay, keys, PlaceLink, ProblemAlert, statusQuery, useGo, useKeys, useMay, useToasts, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { stockPaths } from './places';
import { settleTransfer, transferQuery, type Transfer, type TransferLine } from './queries';
import classes from './stock.module.css';
import { TransferState } from './TransferState';

export function TransferScreen({ id }: { id: string }) {
  const words = useWords();
  const go = useGo();
  const transfer = useQuery(transferQuery(id));
  useKeys({ Escape: () => go(stockPaths.transfers) });
  if (transfer.error && !transfer.data) {
    return (
      <Stack>
        <Title order={1} size="h3">
          {words.text('stock.transfer')}
        </Title>
        <ProblemAlert error={transfer.error}>
          <Button size="compact-sm" onClick={() => void transfer.refetch()}>
            {words.text('action.retry')}
          </Button>
        </ProblemAlert>
      </Stack>
    );
  }
  if (!transfer.data) return <Loader size="sm" aria-label={words.text('loading')} />;
  return <Shown transfer={transfer.data} />;
}

function Shown({ transfer }: { transfer: Transfer }) {
  const words = useWords();
  const go = useGo();
  const status = useQuery(statusQuery);
  const own = status.data?.site ?? '';
  const isSender = transfer.from === own;
  const underWay = transfer.state === 'under-way';
  const mayPost = useMay('move', 'post');
  return (
    <Stack gap="md">
      <Group justify="space-between" align="start">
        <Stack gap={2}>
          <PlaceLink to={stockPaths.transfers}>{words.text('stock.transfers')}</PlaceLink>
          <Group gap="sm">
            <Title order={1} size="h3">
              {words.text('stock.transfer.name', { from: transfer.from, to: transfer.to, number: transfer.number })}
            </Title>
            <TransferState state={transfer.state} />
          </Group>
          <Text size="sm" c="dimmed">
            {formatDay(words.intl, transfer.date)}
          </Text>
        </Stack>
        {underWay && mayPost && transfer.to === own ? <Button onClick={() => go(stockPaths.arrival(transfer.dispatch))}>{words.text('stock.arrival.do')}</Button> : null}
      </Group>
      {underWay && transfer.to !== own ? <Text size="sm">{words.text('stock.transfer.theirs', { site: transfer.to })}</Text> : null}
      {transfer.state === 'short' ? (
        <Text size="sm">{isSender ? words.text('stock.settle.ours') : words.text('stock.settle.theirs', { site: transfer.from })}</Text>
      ) : null}
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={words.text('stock.lines')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('stock.line')}</Table.Th>
              <Table.Th>{words.text('stock.item')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.sent')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.arrived')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.damaged')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.toSettle')}</Table.Th>
              <Table.Th>{words.text('stock.unit')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.cost')}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.text('record.line.actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {transfer.lines.map((line) => (
              <Table.Tr key={line.line} data-line={line.item}>
                <Table.Td>{line.line}</Table.Td>
                <Table.Td>
                  <ItemOfLine line={line} />
                </Table.Td>
                <Table.Td ta="end" className={classes.number}>{words.decimal(line.sent)}</Table.Td>
                <Table.Td ta="end" className={classes.number}>{underWay ? '' : words.decimal(line.arrived)}</Table.Td>
                <Table.Td ta="end" className={classes.number}>{underWay ? '' : words.decimal(line.damaged)}</Table.Td>
                <Table.Td ta="end" className={classes.number}>
                  {compareNumbers(line.missing, '0') > 0 ? <Text size="sm" fw={700} c="var(--mantine-color-error)">{words.decimal(line.missing)}</Text> : underWay ? '' : words.decimal(line.missing)}
                </Table.Td>
                <Table.Td>{line.unit}</Table.Td>
                <Table.Td ta="end" className={classes.number}>{words.money(line.value)}</Table.Td>
                <Table.Td>{isSender && compareNumbers(line.missing, '0') > 0 ? <Settle dispatch={transfer.dispatch} line={line} /> : null}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group gap="lg">
        <PlaceLink to={stockPaths.posting(transfer.dispatch)}>{words.text('stock.transfer.dispatch')}</PlaceLink>
        {transfer.receipt ? <PlaceLink to={stockPaths.posting(transfer.receipt)}>{words.text('stock.transfer.receipt')}</PlaceLink> : null}
      </Group>
    </Stack>
  );
}

/** An item with its lot or piece, as lines show it. */
export function ItemOfLine({ line }: { line: Pick<TransferLine, 'item' | 'name' | 'lot' | 'serial'> }) {
  return (
    <>
      <Text size="sm" fw={600} dir="auto">
        {line.name === '' ? line.item : line.name}
      </Text>
      <Text size="xs" c="dimmed" dir="auto">
        {[line.name === '' ? '' : line.item, line.lot, line.serial].filter((part) => part !== '').join(' · ')}
      </Text>
    </>
  );
}

function Settle({ dispatch, line }: { dispatch: string; line: TransferLine }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [asked, setAsked] = useState<'lost' | 'found'>();
  const mayPost = useMay('move', 'post');
  const named = { quantity: words.decimal(line.missing), unit: line.unit, item: line.name };
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {(mayPost ? (['lost', 'found'] as const) : []).map((outcome) => (
        <Button key={outcome} size="compact-sm" variant="light" onClick={() => setAsked(outcome)} aria-label={`${words.text(`stock.settle.${outcome}`)} · ${line.name}`}>
          {words.text(`stock.settle.${outcome}`)}
        </Button>
      ))}
      {asked ? (
        <Ask
          title={words.text(`stock.settle.${asked}`)}
          yes={words.text('stock.post.do')}
          close={() => setAsked(undefined)}
          act={async () => {
            await settleTransfer(dispatch, { line: line.line, found: asked === 'found' });
            for (const queryKey of [keys.stock, keys.inbox, keys.status]) void client.invalidateQueries({ queryKey });
            toasts.say(words.text('stock.settle.done'));
            setAsked(undefined);
          }}
        >
          <Text size="sm">{words.text(`stock.settle.${asked}.what`, named)}</Text>
        </Ask>
      ) : null}
    </Group>
  );
}
