// Records that were begun and not saved, in a window that is gone: offered where the next one is made. Owns the choice; what is typed is
// the draft's.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useWords } from '../words/useWords';
import { emptyDraft, keepDraft, nameOf } from './draft';
import { useAbandoned } from './newDrafts';

export function Abandoned({ kind, own, title, goOn }: { kind: string; own: string; title: string | undefined; goOn: (id: string) => void }) {
  const words = useWords();
  const [left, look] = useAbandoned(kind, own);
  if (left.length === 0) return null;
  return (
    <Alert color="yellow" title={words.text('record.begun')}>
      <Stack gap="xs">
        {left.map(({ id, draft }) => {
          const name = nameOf(draft, title) || words.text('record.unnamed');
          return (
            <Group key={id} gap="xs">
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                <bdi>{name}</bdi>
              </Text>
              <Button size="compact-sm" variant="light" aria-label={`${words.text('record.goOn')}: ${name}`} onClick={() => goOn(id)}>
                {words.text('record.goOn')}
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={`${words.text('record.discard')}: ${name}`}
                onClick={() => {
                  keepDraft(kind, id, emptyDraft);
                  look();
                }}
              >
                {words.text('record.discard')}
              </Button>
            </Group>
          );
        })}
      </Stack>
    </Alert>
  );
}
