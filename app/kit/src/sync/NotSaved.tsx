// What was typed in this browser and not saved, so that no draft is forgotten behind a screen that was left. Owns the list and how
// a draft is thrown away.
import { Button, Card, Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { kindsQuery, recordQuery } from '../api/queries';
import { paths, PlaceLink } from '../place/place';
import { emptyDraft, keepDraft, keptDrafts, nameOf, type KeptDraft } from '../record/draft';
import { isNew, takeNewDraft } from '../record/newDrafts';
import { useWords } from '../words/useWords';

export function NotSaved() {
  const words = useWords();
  const [kept, setKept] = useState(keptDrafts);
  const kinds = useQuery(kindsQuery(words.intl.locale));
  // What a module's own screen keeps, such as a list of scans, is no record and stands there.
  const drafts = kept.filter((one) => kinds.data?.some((kind) => kind.kind === one.kind));
  useEffect(() => {
    // Another window types, saves or throws away.
    const follow = () => setKept(keptDrafts());
    window.addEventListener('storage', follow);
    return () => window.removeEventListener('storage', follow);
  }, []);
  if (drafts.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="unsaved">
      <Title order={2} size="h5" id="unsaved" mb="xs">
        {words.text('sync.unsaved')}
      </Title>
      <Text size="sm" mb="xs">
        {words.text('sync.unsaved.what')}
      </Text>
      <Table>
        <Table.Tbody>
          {drafts.map((kept) => (
            <UnsavedRow
              key={`${kept.kind}.${kept.id}`}
              kept={kept}
              discard={() => {
                keepDraft(kept.kind, kept.id, emptyDraft);
                setKept(keptDrafts());
              }}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function UnsavedRow({ kept, discard }: { kept: KeptDraft; discard: () => void }) {
  const words = useWords();
  const isMade = isNew(kept.id);
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const record = useQuery({ ...recordQuery(kept.kind, kept.id), enabled: !isMade });
  const about = kinds.data?.find((kind) => kind.kind === kept.kind);
  const label = about?.label;
  const typed = nameOf(kept.draft, about?.title);
  const name = isMade ? words.text('record.newOne', { kind: words.kindOne(kept.kind, label) }) + (typed === '' ? '' : ` · ${typed}`) : record.data?.title || words.kindOne(kept.kind, label);
  const count = Object.keys(kept.draft.set).length + kept.draft.add.length + (kept.draft.scope === undefined ? 0 : 1);
  return (
    <Table.Tr>
      <Table.Td>
        <PlaceLink {...(isMade ? { to: paths.create(kept.kind), first: () => takeNewDraft(kept.kind, kept.id) } : { to: paths.record(kept.kind, kept.id) })}>
          <bdi>{name}</bdi>
        </PlaceLink>
      </Table.Td>
      <Table.Td>{words.text('sync.unsaved.fields', { count })}</Table.Td>
      <Table.Td ta="end">
        <Group justify="flex-end">
          <Button size="compact-sm" variant="subtle" aria-label={`${words.text('record.discard')}: ${name}`} onClick={discard}>
            {words.text('record.discard')}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
