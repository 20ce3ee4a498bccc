// Receiving a transfer: what arrived is scanned against what was sent; what differs is seen before it is posted. Owns the key that
// posts it; what is counted is kept like any draft.
import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { Ask, keys, PlaceLink, ProblemAlert, readScan, ScanField, ScanRefused, statusQuery, sumOf, useDraft, useGo, useKeys, useToasts, useWords, type ScanHandle } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { apart, arrivedOf, damagedOf, lacking, matched, wholeOf } from './arrival';
import { ArrivalLines } from './ArrivalLines';
import { lastLocation, LocationSelect, rememberLocation, useOwnLocations } from './LocationSelect';
import { lookup } from './lookup';
import { stockPaths } from './places';
import { receiveTransfer, transferQuery, type Transfer } from './queries';
import { SCANS } from './useTally';

export function ArrivalScreen({ id }: { id: string }) {
  const words = useWords();
  const transfer = useQuery(transferQuery(id));
  const status = useQuery(statusQuery);
  const { locations } = useOwnLocations();
  const sent = transfer.data;
  const title = sent ? words.text('stock.transfer.name', { from: sent.from, to: sent.to, number: sent.number }) : words.text('stock.transfer');
  const mayReceive = sent?.state === 'under-way' && sent.to === status.data?.site;
  return (
    <Stack gap="md">
      <Stack gap={2}>
        <PlaceLink to={stockPaths.transfer(id)}>{title}</PlaceLink>
        <Title order={1} size="h3">
          {words.text('stock.arrival')}
        </Title>
      </Stack>
      {transfer.error && !sent ? <ProblemAlert error={transfer.error} /> : null}
      {!sent && !transfer.error ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {sent && status.data && !mayReceive ? (
        <Text>{sent.state === 'under-way' ? words.text('stock.transfer.theirs', { site: sent.to }) : words.problem('received-already')}</Text>
      ) : null}
      {sent && mayReceive && locations ? <Counting transfer={sent} only={locations.length === 1 ? (locations[0]?.id ?? '') : ''} /> : null}
    </Stack>
  );
}

function Counting({ transfer, only }: { transfer: Transfer; only: string }) {
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const scan = useRef<ScanHandle>(null);
  const table = useRef<HTMLTableElement>(null);
  const { locations } = useOwnLocations();
  const hand = useDraft(SCANS, transfer.dispatch, undefined);
  const said = hand.draft.set;
  const latest = useRef(said);
  useLayoutEffect(() => {
    latest.current = said;
  });
  const remembered = lastLocation();
  const usual = only || (locations?.some((location) => location.id === remembered) ? remembered : '');
  const location = String(said.location ?? '') || usual;
  const [unready, setUnready] = useState('');
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<unknown>();

  const take = async (typed: string): Promise<string> => {
    setUnready('');
    const read = readScan(typed, words.intl.locale);
    const times = String(latest.current.times ?? '');
    if (read.code === '') {
      flushSync(() => hand.edit('times', read.quantity ?? ''));
      return words.text('stock.scan.times', { quantity: words.decimal(read.quantity ?? '') });
    }
    if (read.quantity === undefined && times !== '') read.quantity = times;
    const items = (await lookup(client, read.code)).map((item) => item.sku);
    const found = matched(transfer.lines, latest.current, read, items);
    if ('why' in found) throw new ScanRefused(words.text(found.why));
    const { line, quantity } = found;
    const whole = sumOf(wholeOf(latest.current, line.line), quantity);
    flushSync(() => {
      hand.edit(`whole.${line.line}`, whole);
      if (times !== '') hand.drop('times');
    });
    return words.text('stock.arrival.took', { item: [line.name, line.lot, line.serial].filter((part) => part !== '').join(' · '), whole: words.decimal(whole), sent: words.decimal(line.sent), unit: line.unit });
  };
  const everything = () => {
    for (const line of transfer.lines) hand.edit(`whole.${line.line}`, sumOf(line.sent, `-${damagedOf(said, line.line)}`));
    scan.current?.focus();
  };
  const post = async () => {
    await receiveTransfer(transfer.dispatch, arrivedOf(transfer.lines, latest.current, location, ''));
    rememberLocation(location);
    hand.clear();
    for (const queryKey of [keys.stock, keys.inbox, keys.status]) void client.invalidateQueries({ queryKey });
    toasts.say(words.text('stock.arrival.done'));
    go(stockPaths.transfer(transfer.dispatch), { replace: true });
  };
  const differing = apart(transfer.lines, said);
  const finish = async () => {
    setUnready('');
    setProblem(undefined);
    if (location === '') return setUnready(words.text('stock.chooseLocation'));
    if (!(await scan.current?.idle())) return setUnready(words.text('stock.post.typed'));
    if (transfer.lines.some((line) => lacking(line, latest.current).startsWith('-'))) return setUnready(words.problem('more-than-sent'));
    if (apart(transfer.lines, latest.current).length > 0) return setAsked(true);
    await post().catch(setProblem);
  };
  useKeys({ 'Ctrl+Enter': asked ? undefined : () => void finish() });
  return (
    <>
      <LocationSelect
        label={words.text('stock.to')}
        value={location}
        autoFocus={location === ''}
        change={(id) => {
          hand.edit('location', id);
          rememberLocation(id);
          setTimeout(() => scan.current?.focus());
        }}
      />
      {!hand.kept ? <Alert color="yellow">{words.text('record.notKept')}</Alert> : null}
      <ScanField
        ref={scan}
        name={transfer.dispatch}
        label={words.text('stock.arrival.want')}
        hint={words.text('stock.scan.hint')}
        take={take}
        down={() => table.current?.querySelector<HTMLElement>('input')?.focus()}
      />
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {unready !== '' ? (
        <Alert color="yellow" role="alert">
          {unready}
        </Alert>
      ) : null}
      <ArrivalLines ref={table} transfer={transfer} hand={hand} leave={() => scan.current?.focus()} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {differing.length === 0 ? words.text('stock.arrival.whole') : words.text('stock.arrival.differs', { count: differing.length })}
        </Text>
        <Group gap="sm">
          <Button variant="default" onClick={everything}>
            {words.text('stock.arrival.everything')}
          </Button>
          <Button title="Ctrl+Enter" onClick={() => void finish()}>
            {words.text('stock.arrival.post')}
          </Button>
        </Group>
      </Group>
      {asked ? (
        <Ask title={words.text('stock.arrival.ask')} yes={words.text('stock.arrival.post')} close={() => setAsked(false)} act={post} size="lg">
          <Text size="sm">{words.text('stock.arrival.ask.what', { site: transfer.from })}</Text>
          {differing.map((line) => (
            <Text size="sm" key={line.line} dir="auto">
              {words.text('stock.arrival.short', {
                item: [line.name, line.lot, line.serial].filter((part) => part !== '').join(' · '),
                missing: words.decimal(lacking(line, said)),
                damaged: words.decimal(damagedOf(said, line.line)),
                unit: line.unit,
              })}
            </Text>
          ))}
        </Ask>
      ) : null}
    </>
  );
}
