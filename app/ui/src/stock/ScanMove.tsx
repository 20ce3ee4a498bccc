// A delivery that is received, or goods that are picked for a customer or for another site: scanned line by line, posted by one
// key. Owns the heading of the move and the key; lines and scans are the tally's.
import { Alert, Button, Group, Loader, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { organisationQuery, paths, PlaceLink, ProblemAlert, ReferenceInput, ScanField, useKeys, useToasts, useWords, type Scalar, type ScanHandle } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { lastLocation, LocationSelect, rememberLocation, useOwnLocations } from './LocationSelect';
import { stockPaths } from './places';
import { postingQuery, reverse, type PostingShown } from './queries';
import { ScanLines } from './ScanLines';
import { textOf, waiting } from './tally';
import { usePosting } from './usePosting';
import { useTally } from './useTally';

export type ScanAct = 'receive' | 'issue' | 'send';

export function ScanMove({ act }: { act: ScanAct }) {
  const words = useWords();
  const { locations, error } = useOwnLocations();
  return (
    <Stack gap="md">
      <Title order={1} size="h3">
        {words.text(`stock.act.${act}`)}
      </Title>
      {error ? <ProblemAlert error={error} /> : null}
      {!locations && !error ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {locations?.length === 0 ? (
        <Stack gap="xs" align="start">
          <Text>{words.text('stock.noLocation')}</Text>
          <PlaceLink to={paths.create('location')}>{words.text('record.newOne', { kind: words.kindOne('location') })}</PlaceLink>
        </Stack>
      ) : null}
      {locations && locations.length > 0 ? <Scanning key={act} act={act} only={locations.length === 1 ? locations[0]?.id : undefined} /> : null}
    </Stack>
  );
}

function Scanning({ act, only }: { act: ScanAct; only: string | undefined }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const scan = useRef<ScanHandle>(null);
  const table = useRef<HTMLTableElement>(null);
  const { locations, site } = useOwnLocations();
  const organisation = useQuery(organisationQuery);
  const enters = act === 'receive';
  const remembered = lastLocation();
  const usual = only ?? (locations?.some((location) => location.id === remembered) ? remembered : '');
  // The draft says it, else what was chosen the last time.
  const [fallback, setFallback] = useState(usual);
  const tally = useTally(act, enters, fallback);
  const { hand, lines } = tally;
  const heard = (name: string) => String(hand.draft.set[name] ?? '');
  const location = heard('location') || fallback;
  const [unready, setUnready] = useState('');
  const [posted, setPosted] = useState<PostingShown>();
  const heading = (): Record<string, Scalar> => ({
    type: act,
    [enters ? 'to' : 'from']: location,
    ...Object.fromEntries(['party', 'to_site', 'reference', 'note'].flatMap((name) => (heard(name) === '' ? [] : [[name, heard(name)]]))),
  });
  const { post, busy, refusal, forget } = usePosting(hand, heading);
  const toScan = () => setTimeout(() => scan.current?.focus());

  const finish = async () => {
    if (busy) return;
    setUnready('');
    forget();
    if (!(await scan.current?.idle())) return setUnready(words.text('stock.post.typed'));
    const counted = tally.now();
    if (counted.length === 0) return setUnready(words.problem('no-lines'));
    if (act === 'send' && heard('to_site') === '') return setUnready(words.text('stock.post.noSite'));
    const waits = waiting(counted, enters);
    if (waits) return setUnready(words.text('stock.post.waits', { item: textOf(waits.line, 'name') }));
    const id = await post(counted);
    if (id === undefined) return;
    rememberLocation(location);
    setFallback(location);
    hand.clear();
    const posting = await client.query(postingQuery(id)).catch(() => undefined);
    setPosted(posting);
    const undo = async () => {
      try {
        const back = await reverse(id);
        setPosted(undefined);
        toasts.say(words.text('stock.post.reversed', { number: back.number }));
      } catch (error) {
        toasts.fail(error);
      }
    };
    // What is on its way to another site is taken back by its receiver's receipt alone.
    toasts.say(words.text('stock.post.done', { number: posting?.number ?? '' }), act === 'send' ? undefined : () => void undo());
    toScan();
  };
  useKeys({ 'Ctrl+Enter': () => void finish() });

  const expected = tally.expected;
  const label = expected ? words.text(`stock.scan.want.${expected.want}`, { item: textOf(expected.line, 'name') }) : words.text('stock.scan.want.item');
  const sites = (organisation.data?.sites ?? []).filter((other) => other.code !== site).map((other) => ({ value: other.code, label: `${other.code} · ${other.name}` }));
  return (
    <>
      <Group align="end" gap="sm">
        <LocationSelect
          label={words.text(enters ? 'stock.to' : 'stock.from')}
          value={location}
          autoFocus={location === ''}
          change={(id) => {
            hand.edit('location', id);
            rememberLocation(id);
            toScan();
          }}
        />
        {act === 'send' ? (
          <Select
            size="sm"
            w={260}
            label={words.text('stock.toSite')}
            data={sites}
            value={heard('to_site') === '' ? null : heard('to_site')}
            searchable
            allowDeselect={false}
            onChange={(code) => {
              hand.edit('to_site', code ?? '');
              toScan();
            }}
          />
        ) : (
          <ReferenceInput
            target="party"
            value={heard('party')}
            change={(id) => {
              hand.edit('party', id);
              toScan();
            }}
            shared={{ size: 'sm', w: 300, label: words.text(enters ? 'stock.supplier' : 'stock.customer') }}
          />
        )}
        <TextInput
          size="sm"
          w={220}
          dir="auto"
          autoComplete="off"
          label={words.text('stock.reference')}
          value={heard('reference')}
          onChange={(event) => hand.edit('reference', event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.ctrlKey) return;
            event.preventDefault();
            scan.current?.focus();
          }}
        />
      </Group>
      {!hand.kept ? <Alert color="yellow">{words.text('record.notKept')}</Alert> : null}
      {location === '' ? (
        <Text size="sm">{words.text('stock.chooseLocation')}</Text>
      ) : (
        <ScanField
          ref={scan}
          name={act}
          label={label}
          hint={words.text('stock.scan.hint')}
          take={(typed) => {
            setPosted(undefined);
            setUnready('');
            return tally.take(typed);
          }}
          down={() => table.current?.querySelector<HTMLElement>('input')?.focus()}
        />
      )}
      {posted ? (
        <Alert color="teal" role="status" data-posted={posted.number} title={words.text('stock.post.done', { number: posted.number })}>
          <PlaceLink to={stockPaths.posting(posted.id)}>{words.text('stock.post.look')}</PlaceLink>
        </Alert>
      ) : null}
      {refusal ? (
        <ProblemAlert error={refusal.error} close={forget}>
          {refusal.line === undefined ? null : <Text size="sm">{words.text('stock.post.line', { number: lines.findIndex((line) => line.key === refusal.line) + 1 })}</Text>}
        </ProblemAlert>
      ) : null}
      {unready !== '' ? (
        <Alert color="yellow" role="alert">
          {unready}
        </Alert>
      ) : null}
      <ScanLines
        ref={table}
        lines={lines}
        hand={hand}
        enters={enters}
        location={location}
        wrong={refusal?.line}
        leave={() => scan.current?.focus()}
      />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {lines.length === 0 ? words.text('stock.scan.empty') : words.text('stock.scan.lines', { count: lines.length })}
        </Text>
        <Group gap="sm">
          {lines.length > 0 ? (
            <Button
              variant="default"
              onClick={() => {
                hand.clear();
                forget();
                toScan();
              }}
            >
              {words.text('record.discard')}
            </Button>
          ) : null}
          <Button loading={busy} title="Ctrl+Enter" onClick={() => void finish()}>
            {words.text(`stock.post.${act}`)}
          </Button>
        </Group>
      </Group>
    </>
  );
}
