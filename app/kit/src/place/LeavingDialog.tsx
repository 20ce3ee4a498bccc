// Told to whoever was about to close the window and stayed: what is not saved, what is not sent, and that both are safe.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useWords } from '../words/useWords';
import { Dialog } from './Dialog';
import type { LeftBehind } from './leaving';
import { paths, useGo } from './place';

export function LeavingDialog({ left, close }: { left: LeftBehind; close: () => void }) {
  const words = useWords();
  const go = useGo();
  return (
    <Dialog title={words.text('leaving.title')} close={close}>
      <Stack>
        {left.unsaved ? <Text size="sm">{words.text('leaving.unsaved')}</Text> : null}
        {left.unsent > 0 ? <Text size="sm">{words.text('leaving.unsent', { count: left.unsent })}</Text> : null}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              close();
              go(paths.sync);
            }}
          >
            {words.text('leaving.look')}
          </Button>
          <Button data-autofocus onClick={close}>
            {words.text('action.close')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
