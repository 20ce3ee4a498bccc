// What the organisation calls kinds of record and their fields, in French and English, beside the program's own names. One save
// writes what was changed; an empty name brings the program's own back. What is typed is kept in this browser like any draft.
import { Alert, Button, Group, Loader, Stack, Table, Text, TextInput } from '@mantine/core';
import { LANGUAGE_NAMES, ProblemAlert, schemaQuery, useDraft, useToasts, useWords, type KindSchema, type RecordShown, type Words } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { KindChoice, useChosenKind } from './KindChoice';
import { textOf, useDefinitions, type Definitions } from './useDefinitions';

const LANGUAGES = ['fr', 'en'] as const;
const COLUMNS = ['path', 'language', 'text'];
/** Under which name what is typed is kept: no kind of record has it. */
const NAMES = 'names';

interface Row {
  path: string;
  own: string;
  isLine: boolean;
}

/** What can be named, as the program names it itself. */
function rows(words: Words, schema: KindSchema): Row[] {
  return [
    { path: '', own: words.kind(schema.kind), isLine: false },
    ...schema.fields.filter((field) => !field.isCustom).map((one) => ({ path: one.path, own: words.programField(one), isLine: false })),
    ...schema.lines.flatMap((lines) => [
      { path: lines.list, own: words.programLines(lines), isLine: false },
      ...lines.fields.map((one) => ({ path: `${lines.list}.${one.path}`, own: words.programField(one), isLine: true })),
    ]),
  ];
}

export function Names() {
  const [kind, choose] = useChosenKind();
  return <NamesOf key={kind} kind={kind} choose={choose} />;
}

function NamesOf({ kind, choose }: { kind: string; choose: (kind: string) => void }) {
  const words = useWords();
  const toasts = useToasts();
  const labels = useDefinitions('label', kind, COLUMNS, false);
  const schema = useQuery(schemaQuery(kind, words.intl.locale));
  const [saving, setSaving] = useState(false);
  const known = new Map(labels.records.map((record) => [`${textOf(record, 'path')}/${textOf(record, 'language')}`, record]));
  const stored = (at: string) => {
    const record = known.get(at);
    return record ? textOf(record, 'text') : '';
  };
  const hand = useDraft(NAMES, kind, useNamesAsRecord(kind, labels.isPending, labels.records));
  const typed = (at: string) => (at in hand.draft.set ? String(hand.draft.set[at] ?? '') : undefined);
  const changed = Object.keys(hand.draft.set).filter((at) => typed(at)?.trim() !== stored(at));
  const save = async () => {
    setSaving(true);
    let refused = false;
    for (const at of changed) {
      const [record, text, cut] = [known.get(at), typed(at)?.trim() ?? '', at.lastIndexOf('/')];
      const written =
        record && text === ''
          ? await labels.archive(record.id, true, '')
          : record
            ? await labels.change(record.id, { set: { text } }, '')
            : await labels.create({ set: { kind, path: at.slice(0, cut), language: at.slice(cut + 1), text } }, '');
      // What was refused stays in its place, to be corrected.
      refused = !written;
      if (refused) break;
      hand.drop(at);
    }
    setSaving(false);
    if (!refused) toasts.say(words.text('record.saved'));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack>
        <Text size="sm">{words.text(labels.isHeadquarters ? 'names.what' : 'settings.elsewhere')}</Text>
        <Group justify="space-between" align="end">
          <KindChoice kind={kind} choose={choose} />
          {labels.isHeadquarters ? (
            <Group gap="sm">
              {changed.length > 0 ? (
                <Button variant="default" onClick={hand.clear}>
                  {words.text('record.discard')}
                </Button>
              ) : null}
              <Button type="submit" loading={saving} disabled={changed.length === 0}>
                {words.text('names.save', { count: changed.length })}
              </Button>
            </Group>
          ) : null}
        </Group>
        {!hand.kept ? <Alert color="yellow">{words.text('record.notKept')}</Alert> : null}
        {labels.error ?? schema.error ? <ProblemAlert error={labels.error ?? schema.error} /> : null}
        {labels.problem ? <ProblemAlert error={labels.problem} close={() => labels.setProblem(undefined)} /> : null}
        {labels.isPending || !schema.data ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
        {!labels.isPending && schema.data ? (
          <Table.ScrollContainer minWidth={560}>
            <Table aria-label={words.text('settings.names')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.text('names.program')}</Table.Th>
                  <Table.Th>{LANGUAGE_NAMES.fr}</Table.Th>
                  <Table.Th>{LANGUAGE_NAMES.en}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows(words, schema.data).map((row) => (
                  <Table.Tr key={row.path}>
                    <Table.Td pl={row.isLine ? 'lg' : 'xs'} fw={row.path === '' ? 700 : 400}>
                      {row.own}
                    </Table.Td>
                    {LANGUAGES.map((language) => {
                      const at = `${row.path}/${language}`;
                      return (
                        <Table.Td key={language}>
                          <TextInput
                            size="xs"
                            dir="auto"
                            aria-label={`${row.own} · ${LANGUAGE_NAMES[language]}`}
                            readOnly={!labels.isHeadquarters}
                            maxLength={300}
                            value={typed(at) ?? stored(at)}
                            onChange={(event) => hand.edit(at, event.currentTarget.value)}
                          />
                        </Table.Td>
                      );
                    })}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        ) : null}
      </Stack>
    </form>
  );
}

/** The names that there are, as a draft is typed over them; none until they are here. */
function useNamesAsRecord(kind: string, isPending: boolean, labels: Definitions['records']): RecordShown | undefined {
  const fields = JSON.stringify(labels.map((record) => [`${textOf(record, 'path')}/${textOf(record, 'language')}`, textOf(record, 'text')]));
  return useMemo(
    () => (isPending ? undefined : { id: kind, kind: NAMES, scope: '', title: '', archived: false, fields: Object.fromEntries(JSON.parse(fields) as [string, string][]), lines: {}, conflicts: [] }),
    [kind, isPending, fields],
  );
}
