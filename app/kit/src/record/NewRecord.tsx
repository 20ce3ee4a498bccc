// A record that is being made. Owns the request; what is typed is kept like any draft.
import { Alert, Button, Group, Loader, Select, Stack, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { keys, kindsQuery, organisationQuery, schemaQuery } from '../api/queries';
import { createRecord, type Pairs } from '../api/records';
import { useKeys } from '../keys/useKeys';
import { paths, PlaceLink, useGo } from '../place/place';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useToasts } from '../problem/toasts';
import { useWords } from '../words/useWords';
import { Abandoned } from './Abandoned';
import { toChanges } from './draft';
import { stateOf, within, type Fit } from './fit';
import { useNewDraft } from './newDrafts';
import { definedHere, PRIVATE } from './placement';
import { RecordForm } from './RecordForm';
import { SaveBar } from './SaveBar';
import { useDraft } from './useDraft';
import { useSave } from './useSave';

const NOTHING: ReadonlySet<string> = new Set();

export interface NewRecordProps {
  kind: string;
  /** What it begins with: fields and their values; with others it is another form. */
  presets?: Pairs;
  fit?: Fit | undefined;
}

export function NewRecord(props: NewRecordProps) {
  const [id, goOn] = useNewDraft(props.kind);
  return <Making key={id} {...props} id={id} goOn={goOn} />;
}

function Making({ kind, presets, fit, id, goOn }: NewRecordProps & { id: string; goOn: (id: string) => void }) {
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const schema = useQuery(schemaQuery(kind, words.intl.locale));
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const organisation = useQuery(organisationQuery);
  const hand = useDraft(kind, id, undefined, presets);
  const about = kinds.data?.find((known) => known.kind === kind);
  const label = about?.label;

  const fitted = schema.data && fit ? fit(schema.data, stateOf(hand.draft, undefined)) : schema.data;
  const { save, saving, errors, problem, setProblem } = useSave(hand, async () => {
    const typed = fit && fitted ? within(hand.draft, fitted) : hand.draft;
    const made = await createRecord(kind, toChanges(typed), hand.draft.scope);
    hand.clear();
    void client.invalidateQueries({ queryKey: keys.list(kind) });
    toasts.say(words.text('record.saved'));
    go(paths.record(kind, made.id), { replace: true });
  });
  useKeys({ 'Ctrl+s': () => void save() });
  if (schema.error) return <ProblemAlert error={schema.error} />;
  if (!schema.data || !fitted) return <Loader size="sm" aria-label={words.text('loading')} />;
  const mayBeApart = schema.data.writeClass === 'shared';
  const places = [
    { value: '', label: words.text('record.place.all') },
    { value: PRIVATE, label: words.text('record.place.private') },
    ...definedHere(organisation.data).map(({ name, holders }) => ({ value: name, label: words.text('record.place.defined', { scope: name, sites: holders.join(', ') }) })),
  ];
  return (
    <Stack gap="md">
      <Stack gap={2}>
        <PlaceLink to={paths.list(kind)}>{words.kind(kind, label)}</PlaceLink>
        <Title order={1} size="h3">
          {words.text('record.newOne', { kind: words.kindOne(kind, label) })}
        </Title>
      </Stack>
      {hand.dirty ? null : <Abandoned kind={kind} own={id} title={about?.title} goOn={goOn} />}
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {!hand.kept ? <Alert color="yellow">{words.text('record.notKept')}</Alert> : null}
      <form
        // The node judges, in our words.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <RecordForm schema={fitted} record={undefined} hand={hand} errors={errors} changedUnder={NOTHING} />
        {mayBeApart ? (
          <Select
            mb="md"
            w={420}
            maw="100%"
            label={words.text('record.place')}
            description={words.text('record.place.what')}
            data={places}
            allowDeselect={false}
            value={hand.draft.scope ?? ''}
            onChange={(scope) => hand.place(scope || undefined)}
          />
        ) : null}
        {hand.dirty ? (
          <SaveBar hand={hand} saving={saving} label={words.text('record.create')} />
        ) : (
          <Group justify="flex-end">
            <Button type="submit">{words.text('record.create')}</Button>
          </Group>
        )}
      </form>
    </Stack>
  );
}
