// The board of transfers: what comes, what went, what came short, and what is done with. Owns the drawing; each card leads to its
// transfer.
import { Badge, Button, Card, Checkbox, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { formatDay, isForBrowser, ProblemAlert, statusQuery, useGo, useMay, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { changedWritten, readWritten, stockPaths } from './places';
import { MOST, transfersQuery, type Transfer } from './queries';
import { SiteSelect } from './SiteSelect';
import classes from './stock.module.css';
import { TransferState } from './TransferState';

export function Transfers({ written, change }: { written: string; change: (written: string) => void }) {
  const words = useWords();
  const go = useGo();
  const status = useQuery(statusQuery);
  const { site = '', done = '' } = readWritten(written);
  const own = status.data?.site ?? '';
  const about = site === '' ? own : site;
  const transfers = useQuery(transfersQuery({ site, all: done === 'true' }));
  const mayPost = useMay('move', 'post');
  const of = (test: (transfer: Transfer) => boolean) => (transfers.data ?? []).filter(test);
  const columns = [
    { id: 'coming', title: words.text('stock.board.coming', { site: about }), none: words.text('stock.board.coming.none'), all: of((transfer) => transfer.state === 'under-way' && transfer.to === about) },
    { id: 'going', title: words.text('stock.board.going', { site: about }), none: words.text('stock.board.going.none'), all: of((transfer) => transfer.state === 'under-way' && transfer.from === about) },
    { id: 'short', title: words.text('stock.board.short'), none: words.text('stock.board.short.none'), all: of((transfer) => transfer.state === 'short') },
    ...(done === 'true'
      ? [{ id: 'received', title: words.text('stock.board.received'), none: words.text('stock.board.received.none'), all: of((transfer) => transfer.state === 'received').reverse() }]
      : []),
  ];
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1} size="h3">
          {words.text('stock.transfers')}
        </Title>
        {mayPost ? (
          <Button size="sm" onClick={() => go(stockPaths.act('send'))}>
            {words.text('stock.act.send')}
          </Button>
        ) : null}
      </Group>
      <Group gap="md">
        <SiteSelect value={site} all={words.text('stock.here', { site: own })} change={(site) => change(changedWritten(written, { site }))} />
        <Checkbox size="sm" label={words.text('stock.board.all')} checked={done === 'true'} onChange={(event) => change(changedWritten(written, { done: event.currentTarget.checked ? 'true' : '' }))} />
      </Group>
      {transfers.error ? (
        <ProblemAlert error={transfers.error}>
          <Button size="compact-sm" onClick={() => void transfers.refetch()}>
            {words.text('action.retry')}
          </Button>
        </ProblemAlert>
      ) : null}
      {transfers.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {transfers.data ? (
        <div className={classes.board}>
          {columns.map((column) => (
            <section key={column.id} aria-labelledby={`board-${column.id}`} data-board={column.id}>
              <Group gap="xs" mb="xs">
                <Title order={2} size="h5" id={`board-${column.id}`}>
                  {column.title}
                </Title>
                <Badge variant="default">{words.count(column.all.length)}</Badge>
              </Group>
              <Stack gap="xs">
                {column.all.length === 0 ? (
                  <Text size="sm" c="dimmed">
                    {column.none}
                  </Text>
                ) : null}
                {column.all.map((transfer) => (
                  <TransferCard key={transfer.dispatch} transfer={transfer} />
                ))}
              </Stack>
            </section>
          ))}
        </div>
      ) : null}
      {(transfers.data?.length ?? 0) >= MOST ? <Text size="sm">{words.text('stock.board.most', { count: MOST })}</Text> : null}
    </Stack>
  );
}

const SHOWN_LINES = 3;

function TransferCard({ transfer }: { transfer: Transfer }) {
  const words = useWords();
  const go = useGo();
  const path = stockPaths.transfer(transfer.dispatch);
  return (
    <Card
      component="a"
      href={path}
      withBorder
      padding="sm"
      className={classes.card}
      data-transfer={transfer.state}
      onClick={(event) => {
        if (isForBrowser(event)) return;
        event.preventDefault();
        go(path);
      }}
    >
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={600}>
          {words.text('stock.transfer.name', { from: transfer.from, to: transfer.to, number: transfer.number })}
        </Text>
        <TransferState state={transfer.state} />
      </Group>
      <Text size="xs" c="dimmed" mb={4}>
        {formatDay(words.intl, transfer.date)}
      </Text>
      {transfer.lines.slice(0, SHOWN_LINES).map((line) => (
        <Text size="sm" key={line.line} dir="auto" truncate>
          {words.decimal(line.sent)} {line.unit} · {line.name}
        </Text>
      ))}
      {transfer.lines.length > SHOWN_LINES ? (
        <Text size="xs" c="dimmed">
          {words.text('stock.more', { count: transfer.lines.length - SHOWN_LINES })}
        </Text>
      ) : null}
    </Card>
  );
}
