// A set-up code and the link that bears it, shown this once, to be handed to its owner.
import { Button, Group, Stack, Text } from '@mantine/core';
import { Dialog, ToCopy } from '@comptoir/kit';
import type { Schemas } from '../api/client';
import { setupLink } from '../setup/link';
import { useWords } from '../words/useWords';

export function SetupGiven({ given, close }: { given: Schemas['SetupGiven']; close: () => void }) {
  const words = useWords();
  const link = setupLink(window.location.origin, given.setup_code);
  return (
    <Dialog title={words.text('accounts.given', { name: given.name })} close={close} size="lg">
      <Stack>
        <Text size="sm">{words.text('accounts.given.what', { name: given.name, until: words.moment(given.until) })}</Text>
        <ToCopy text={link} copy={words.text('accounts.given.copyLink')} picture={words.text('accounts.given.picture')}>
          <Text size="sm" fw={600}>
            {words.text('accounts.given.link')}
          </Text>
        </ToCopy>
        <ToCopy text={given.setup_code} copy={words.text('accounts.given.copyCode')}>
          <Text size="sm" fw={600}>
            {words.text('setup.code')}
          </Text>
        </ToCopy>
        <Group justify="flex-end">
          <Button onClick={close}>{words.text('action.close')}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
