// What is not saved yet, and the two ways on. Owns nothing: the form saves, the draft is dropped.
import { Button, Group, Text } from '@mantine/core';
import { useWords } from '../words/useWords';
import type { DraftInHand } from './useDraft';

export function SaveBar({ hand, saving, label }: { hand: DraftInHand; saving: boolean; label: string }) {
  const words = useWords();
  if (!hand.dirty) return null;
  return (
    <Group
      pos="sticky"
      bottom={0}
      p="sm"
      gap="sm"
      justify="flex-end"
      style={{ zIndex: 3, background: 'var(--mantine-color-body)', borderTop: '1px solid var(--mantine-color-default-border)' }}
    >
      <Text size="sm" c="dimmed">
        {words.text(hand.kept ? 'record.unsaved' : 'record.unsavedNotKept')}
      </Text>
      <Button variant="default" onClick={hand.clear}>
        {words.text('record.discard')}
      </Button>
      <Button type="submit" loading={saving} title="Ctrl+S">
        {label}
      </Button>
    </Group>
  );
}
