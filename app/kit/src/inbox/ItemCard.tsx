// One item of the inbox: what is broken, in words; before, ours and theirs, by whom, where and when; and the choice. Owns the
// request that settles it, and how that is taken back.
import { Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Scalar } from '../api/client';
import { historyQuery, keys, schemaQuery, statusQuery, useMay } from '../api/queries';
import { settle } from '../api/records';
import type { InboxItem, ItemValue } from '../api/types';
import { FieldInput } from '../field/FieldInput';
import { paths, PlaceLink } from '../place/place';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useToasts } from '../problem/toasts';
import { useTakeBack } from '../record/useTakeBack';
import { fieldAt } from '../schema/kindSchema';
import type { TextId } from '../words/catalogue';
import { useWords } from '../words/useWords';

/** Choices that are the program's own words, and no values. */
const CHOICES: Partial<Record<string, TextId>> = { distinct: 'inbox.distinct', lost: 'stock.settle.lost', found: 'stock.settle.found', honour: 'stock.settle.honour' };

export function ItemCard({ item, within = false }: { item: InboxItem; within?: boolean }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const takeBack = useTakeBack();
  const [other, setOther] = useState<Scalar>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const kind = item.record_kind ?? '';
  const isConflict = item.kind === 'conflict' && item.field != null && item.record != null;
  // What is settled by a posting is no change of a record, and no posting takes it back.
  const isFinal = (item.kind === 'discrepancy' || item.kind === 'sold-after-all') && item.values.length > 0;
  const mayPost = useMay('move', 'post');
  const mayEdit = useMay(kind, 'edit');
  const maySettle = kind === '' ? mayPost : mayEdit;
  const schema = useQuery({ ...schemaQuery(kind, words.intl.locale), enabled: kind !== '' });
  const status = useQuery(statusQuery);
  const history = useQuery({ ...historyQuery(kind, item.record ?? ''), enabled: isConflict });
  const field = schema.data && item.field ? fieldAt(schema.data, item.field)?.field : undefined;
  const put = history.data?.flatMap((entry) => entry.puts).find((put) => put.field === item.field && put.concurrent);

  const card = useRef<HTMLElement>(null);
  const settledHere = useFocusOn(card);

  const decide = async (decision: { take: number } | { value: Scalar }) => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const written = await settle(item.id, decision);
      settledHere();
      for (const queryKey of [keys.inbox, keys.status, keys.list(kind), keys.record(kind, item.record ?? ''), keys.history(kind, item.record ?? '')]) {
        void client.invalidateQueries({ queryKey });
      }
      toasts.say(words.text('inbox.settled'), written.length > 0 ? () => void takeBack(written).catch(toasts.fail) : undefined);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const side = (value: ItemValue) =>
    value.site == null ? undefined : words.text(value.site === status.data?.site ? 'inbox.ours' : 'inbox.theirs');
  const said = (value: ItemValue): string =>
    item.kind === 'conflict' ? words.value(field, value.value) || words.text('record.nothing') : named(value);
  const named = (value: ItemValue): string => {
    if (value.record != null) return value.reference ? `${String(value.value)} (${value.reference})` : String(value.value);
    const text = String(value.value);
    const choice = CHOICES[text];
    if (choice) return words.text(choice);
    return item.kind === 'edited-archived' || item.kind === 'merged-into-archived'
      ? words.text(value.value === true || text === 'true' || text === 'archived' ? 'inbox.stayArchived' : 'inbox.bringBack')
      : text;
  };
  const choose = (value: ItemValue) =>
    words.text((value.record == null && CHOICES[String(value.value)]) || item.kind.includes('archived') ? 'inbox.choose' : 'inbox.take');
  const heading = isConflict && schema.data ? words.path(schema.data, item.field ?? '') : words.item(item.kind);
  return (
    <Card ref={card} withBorder padding="md" component="section" tabIndex={-1} aria-label={`${heading}: ${item.name ?? ''}`} data-item={item.kind}>
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2} size="h5">
            {heading}
          </Title>
          {!within && item.record != null && item.name ? (
            <PlaceLink to={paths.record(kind, item.record)}>
              <bdi>{item.name}</bdi>
            </PlaceLink>
          ) : item.name && !within ? (
            <bdi>{item.name}</bdi>
          ) : null}
          {isConflict ? null : item.score != null ? (
            <Badge variant="light">{words.text('inbox.score', { score: item.score })}</Badge>
          ) : null}
          {(item.reasons ?? []).map((reason) => (
            <Badge key={reason} variant="default" tt="none">
              {words.reason(reason)}
            </Badge>
          ))}
        </Group>
        <Text size="sm">{words.itemWhat(item.kind)}</Text>
        {item.code ? (
          <Text size="sm" c="dimmed">
            {words.problem(item.code)}
          </Text>
        ) : null}
        {isConflict && put ? (
          <Text size="sm">
            <Text span c="dimmed" size="sm">
              {words.text('inbox.before')}{' '}
            </Text>
            <bdi>{words.value(field, put.before) || words.text('record.nothing')}</bdi>
          </Text>
        ) : null}
        {item.values.length > 0 ? (
          <Table verticalSpacing={6} withRowBorders={false}>
            <Table.Tbody>
              {item.values.map((value, at) => (
                <Table.Tr key={`${at}-${String(value.value)}-${value.record ?? ''}`}>
                  <Table.Td>
                    <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                      {value.record != null && !isConflict ? (
                        <PlaceLink to={paths.record(kind, value.record)}>
                          <bdi>{said(value)}</bdi>
                        </PlaceLink>
                      ) : (
                        <bdi>{said(value)}</bdi>
                      )}
                    </Text>
                    {value.site != null || value.at_ms != null ? (
                      <Text size="xs" c="dimmed">
                        {[side(value), value.site != null ? words.author(value.author ?? '', value.site) : value.author, value.at_ms != null ? words.moment(new Date(value.at_ms).toISOString()) : undefined]
                          .filter((part) => part)
                          .join(' · ')}
                        {isConflict && at === item.values.length - 1 ? ` · ${words.text('inbox.shownNow')}` : ''}
                      </Text>
                    ) : null}
                  </Table.Td>
                  <Table.Td w={150} ta="end">
                    {maySettle ? (
                      <Button size="compact-sm" variant="light" aria-disabled={busy} onClick={() => void decide({ take: at + 1 })} aria-label={`${words.text('label', { name: choose(value) })} ${said(value)}`}>
                        {choose(value)}
                      </Button>
                    ) : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        ) : null}
        {isConflict && field && maySettle ? (
          other === undefined ? (
            <Group>
              <Button size="compact-sm" variant="subtle" onClick={() => setOther(item.values.at(-1)?.value ?? '')}>
                {words.text('inbox.edit')}
              </Button>
            </Group>
          ) : (
            <Group align="end">
              <FieldInput field={{ ...field, required: false }} value={other} change={setOther} />
              <Button size="sm" aria-disabled={busy} onClick={() => void decide({ value: other })}>
                {words.text('inbox.useThis')}
              </Button>
              <Button size="sm" variant="default" onClick={() => setOther(undefined)}>
                {words.text('action.cancel')}
              </Button>
            </Group>
          )
        ) : null}
        {isFinal ? (
          <Text size="sm" c="dimmed">
            {words.text('inbox.final')}
          </Text>
        ) : null}
        {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      </Stack>
    </Card>
  );
}

/** A card that is settled goes, and the keyboard with it: on to the next card, else the one before, else the heading. */
function useFocusOn(card: RefObject<HTMLElement | null>): () => void {
  const settled = useRef(false);
  useLayoutEffect(() => {
    const here = card.current;
    return () => {
      if (!settled.current || !here) return;
      const all = [...document.querySelectorAll<HTMLElement>('[data-item]')];
      const at = all.indexOf(here);
      const next = [...all.slice(at + 1), ...all.slice(0, at).reverse(), ...document.querySelectorAll<HTMLElement>('h1')];
      setTimeout(() => {
        // Whoever went on to something else meanwhile stays there.
        if (document.activeElement === document.body) next.find((one) => one.isConnected)?.focus();
      });
    };
  }, [card]);
  return useCallback(() => {
    settled.current = true;
  }, []);
}
