// Records that were merged into this one: what they say otherwise, and the way to separate them again.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { unmergeRecord } from '../api/records';
import type { RecordShown } from '../api/types';
import { fieldAt, type KindSchema } from '../schema/kindSchema';
import { useWords } from '../words/useWords';
import type { Act } from './MergeDialog';

export function Aliases({ record, schema, act, mayEdit }: { record: RecordShown; schema: KindSchema; act: Act; mayEdit: boolean }) {
  const words = useWords();
  return (
    <Stack>
      {(record.aliases ?? []).map((alias) => (
        <Card withBorder key={alias.id} component="section" aria-label={alias.title}>
          <Group justify="space-between" align="start">
            <Title order={2} size="h5">
              <bdi>{alias.title}</bdi> {alias.reference ? <bdi>({alias.reference})</bdi> : null}
            </Title>
            {mayEdit ? (
              <Group gap="xs">
                <Button size="compact-sm" variant="light" onClick={() => void act(() => unmergeRecord(record.kind, alias.id, false), words.text('merge.undone'))}>
                  {words.text('merge.undo')}
                </Button>
                <Button size="compact-sm" variant="subtle" onClick={() => void act(() => unmergeRecord(record.kind, alias.id, true), words.text('merge.undone'))}>
                  {words.text('merge.distinct')}
                </Button>
              </Group>
            ) : null}
          </Group>
          {Object.entries(alias.fields).map(([path, value]) => (
            <Text size="sm" key={path}>
              <Text span c="dimmed" size="sm">
                {words.text('label', { name: words.path(schema, path) })}{' '}
              </Text>
              <bdi>{words.value(fieldAt(schema, path)?.field, value)}</bdi>
            </Text>
          ))}
        </Card>
      ))}
    </Stack>
  );
}
