// One record, whole: its form, its conflicts, what was merged into it, its history. Owns loading, saving and the acts on it;
// what is typed is the draft's.
import { Alert, Badge, Button, Group, Loader, Menu, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { ProblemAlert } from '../problem/ProblemAlert';
import { inboxQuery, keys, kindsQuery, organisationQuery, recordQuery, schemaQuery, useMay } from '../api/queries';
import { archiveRecord, changeRecord, shareRecord } from '../api/records';
import type { Changed, RecordShown, Written } from '../api/types';
import { ItemCard } from '../inbox/ItemCard';
import { useKeys } from '../keys/useKeys';
import { paths, PlaceLink, useGo } from '../place/place';
import { useWalk, walkOf } from '../place/walk';
import { useToasts } from '../problem/toasts';
import { fieldAt } from '../schema/kindSchema';
import { useWords } from '../words/useWords';
import { Aliases } from './Aliases';
import { differences, toChanges, valueAt } from './draft';
import { stateOf, type Fit } from './fit';
import { MergeDialog } from './MergeDialog';
import { apart, widerThan } from './placement';
import { RecordForm } from './RecordForm';
import { Related } from './Related';
import { SaveBar } from './SaveBar';
import { Timeline } from './Timeline';
import { useDraft } from './useDraft';
import { useSave } from './useSave';
import { useTakeBack } from './useTakeBack';

export interface RecordScreenProps {
  kind: string;
  id: string;
  /** What a module adds that is special to the kind; `dirty`: something is typed that is not saved. */
  extra?: (record: RecordShown, dirty: boolean) => ReactNode;
  /** Fields that the module shows in another way. */
  omit?: ReadonlySet<string>;
  /** Which fields the rest of the record leaves a meaning. */
  fit?: Fit | undefined;
}

export function RecordScreen({ kind, id, extra, omit, fit }: RecordScreenProps) {
  const words = useWords();
  const schema = useQuery(schemaQuery(kind, words.intl.locale));
  const record = useQuery(recordQuery(kind, id));
  const error = record.error ?? schema.error;
  if (error && !(record.data && schema.data)) {
    return (
      <Stack gap="md">
        <div>
          <PlaceLink to={paths.list(kind, walkOf(kind)?.pairs)}>{words.kind(kind)}</PlaceLink>
          <Title order={1} size="h3">
            {words.text('record.notThere')}
          </Title>
        </div>
        <ProblemAlert error={error}>
          <Button size="compact-sm" onClick={() => void record.refetch()}>
            {words.text('action.retry')}
          </Button>
        </ProblemAlert>
      </Stack>
    );
  }
  if (!record.data || !schema.data) return <Loader size="sm" aria-label={words.text('loading')} />;
  return <LoadedRecord key={`${kind}/${id}`} kind={kind} id={record.data.id} record={record.data} schema={schema.data} extra={extra} omit={omit} fit={fit} />;
}

interface LoadedProps {
  kind: string;
  id: string;
  record: RecordShown;
  schema: Parameters<typeof RecordForm>[0]['schema'];
  extra: RecordScreenProps['extra'];
  omit: RecordScreenProps['omit'];
  fit: Fit | undefined;
}

function LoadedRecord({ kind, id, record, schema, extra, omit, fit }: LoadedProps) {
  const shown = useMemo(() => (omit ? { ...schema, fields: schema.fields.filter((field) => !omit.has(field.path)) } : schema), [omit, schema]);
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const takeBack = useTakeBack();
  const hand = useDraft(kind, id, record);
  const [merging, setMerging] = useState(false);
  const [tab, setTab] = useState<string | null>('form');
  const organisation = useQuery(organisationQuery);
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const inbox = useQuery(inboxQuery);
  const { changedUnder, seen } = useChangedUnder(record);
  const seenByFew = apart(organisation.data, record.scope);
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? true;
  const mayEdit = useMay(kind, 'edit');
  const readOnly = record.archived || !mayEdit || (schema.writeClass === 'reference' && !isHeadquarters);
  const ours = kinds.data?.find((known) => known.kind === kind);
  // A kind that is named by a choice (a move by its type) is named in the words of who reads it.
  const titleField = ours ? fieldAt(schema, ours.title)?.field : undefined;
  const items = (inbox.data ?? []).filter((item) => item.record === id && item.kind === 'conflict');

  const settled = (now: RecordShown) => {
    seen(now);
    client.setQueryData(recordQuery(kind, id).queryKey, now);
    for (const queryKey of [keys.history(kind, id), keys.list(kind), keys.inbox, keys.status, keys.outbox]) {
      void client.invalidateQueries({ queryKey });
    }
  };
  const { save, saving, errors, problem, setProblem } = useSave(hand, async () => {
    if (!hand.dirty) return;
    const { written, ...now } = await changeRecord(kind, id, toChanges(hand.draft));
    hand.clear();
    settled(now);
    toasts.say(words.text('record.saved'), undoing(written));
  });
  const act = async (work: () => Promise<RecordShown | Changed>, said: string) => {
    setProblem(undefined);
    try {
      const { written, ...now } = { written: [], ...(await work()) };
      if (now.id === id) settled(now);
      else go(paths.record(kind, now.id));
      toasts.say(said, undoing(written));
    } catch (error) {
      setProblem(error);
    }
  };
  /** The way back from what was written, if anything was: from that alone, for others may have written since. */
  const undoing = (written: Written[]) => {
    if (written.length === 0) return undefined;
    return () => void takeBack(written).then((records) => records.filter((now) => now.id === id).forEach(settled), toasts.fail);
  };
  const walk = useWalk(kind, id, (next) => go(paths.record(kind, next), { replace: true }));
  const list = paths.list(kind, walkOf(kind)?.pairs);
  useKeys({
    'Ctrl+s': () => void save(),
    'Alt+ArrowLeft': () => walk.step(-1),
    'Alt+ArrowRight': () => walk.step(1),
    Escape: hand.dirty ? undefined : () => go(list),
  });
  return (
    <Stack gap="md" data-record={id}>
      <Group justify="space-between" align="start">
        <Stack gap={2}>
          <PlaceLink to={list}>{words.kind(kind, ours?.label)}</PlaceLink>
          <Group gap="sm">
            <Title order={1} size="h3" dir="auto" tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
              {(titleField?.choices.length ? words.value(titleField, valueAt(record, titleField.path)) : record.title) || words.text('record.unnamed')}
            </Title>
            {record.archived ? <Badge color="gray">{words.text('record.archived')}</Badge> : null}
            {seenByFew ? (
              <Badge variant="light" title={words.text('record.seenBy', { sites: seenByFew.holders.join(', ') })}>
                {words.scope(seenByFew.name)}
              </Badge>
            ) : null}
          </Group>
        </Stack>
        <Group gap="xs">
          {extra?.(record, hand.dirty)}
          <Button variant="default" size="sm" disabled={!walk.before} onClick={() => walk.step(-1)} aria-label={words.text('keys.previous')} title="Alt+←">
            ‹
          </Button>
          <Button variant="default" size="sm" disabled={!walk.after} onClick={() => walk.step(1)} aria-label={words.text('keys.next')} title="Alt+→">
            ›
          </Button>
          {mayEdit ? (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" size="sm">
                  {words.text('record.more')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {kind === 'party' && !record.archived ? (
                  <Menu.Item onClick={() => setMerging(true)}>{words.text('record.merge')}</Menu.Item>
                ) : null}
                {seenByFew
                  ? [undefined, ...widerThan(organisation.data, seenByFew)].map((scope) => (
                      <Menu.Item key={scope?.id ?? ''} onClick={() => void act(() => shareRecord(kind, id, scope?.name), words.text('record.shared'))}>
                        {scope ? words.text('record.shareIn', { scope: scope.name, sites: scope.holders.join(', ') }) : words.text('record.share')}
                      </Menu.Item>
                    ))
                  : null}
                <Menu.Item
                  disabled={schema.writeClass === 'reference' && !isHeadquarters}
                  onClick={() =>
                    void act(() => archiveRecord(kind, id, !record.archived), words.text(record.archived ? 'record.unarchived' : 'record.nowArchived'))
                  }
                >
                  {words.text(record.archived ? 'record.unarchive' : 'record.archive')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          ) : null}
        </Group>
      </Group>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {!hand.kept ? <Alert color="yellow">{words.text('record.notKept')}</Alert> : null}
      {schema.writeClass === 'reference' && !isHeadquarters ? (
        <Text size="sm" c="dimmed">
          {words.text('record.headquartersOnly')}
        </Text>
      ) : null}
      {ours && !mayEdit ? (
        <Text size="sm" c="dimmed">
          {words.text('record.notGranted')}
        </Text>
      ) : null}
      {changedUnder.size > 0 ? (
        <Alert color="yellow" role="status" withCloseButton closeButtonLabel={words.text('action.close')} onClose={() => seen(record)}>
          {words.text('record.changedFields', { fields: [...changedUnder].map((path) => words.path(schema, path)).join(', ') })}
        </Alert>
      ) : null}
      {items.map((item) => (
        <ItemCard key={item.id} item={item} within />
      ))}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="form">{words.text('record.tab.form')}</Tabs.Tab>
          <Tabs.Tab value="history">{words.text('record.tab.history')}</Tabs.Tab>
          <Tabs.Tab value="related">{words.text('record.tab.related')}</Tabs.Tab>
          {(record.aliases?.length ?? 0) > 0 ? (
            <Tabs.Tab value="aliases">{words.text('record.tab.aliases', { count: record.aliases?.length ?? 0 })}</Tabs.Tab>
          ) : null}
        </Tabs.List>
        <Tabs.Panel value="form">
          <form
            // The node judges, in our words.
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <RecordForm schema={fit ? fit(shown, stateOf(hand.draft, record)) : shown} record={record} hand={hand} errors={errors} changedUnder={changedUnder} readOnly={readOnly} />
            <SaveBar hand={hand} saving={saving} label={words.text('action.save')} />
          </form>
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <Timeline kind={kind} id={id} schema={schema} mayEdit={mayEdit} />
        </Tabs.Panel>
        <Tabs.Panel value="related">
          <Related record={record} schema={schema} />
        </Tabs.Panel>
        <Tabs.Panel value="aliases">
          <Aliases record={record} schema={schema} act={act} mayEdit={mayEdit} />
        </Tabs.Panel>
      </Tabs>
      {merging ? <MergeDialog record={record} close={() => setMerging(false)} act={act} /> : null}
    </Stack>
  );
}

/** Which fields somebody else changed since a person last looked. */
function useChangedUnder(record: RecordShown) {
  const looked = useRef(record);
  const [changedUnder, setChangedUnder] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (looked.current === record) return;
    setChangedUnder(new Set(differences(looked.current, record)));
  }, [record]);
  const seen = (now: RecordShown) => {
    looked.current = now;
    setChangedUnder(new Set());
  };
  return { changedUnder, seen };
}
