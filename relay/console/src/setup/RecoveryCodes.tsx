// Recovery codes, which are shown this once: to copy or to save, and to say that they are kept before they go.
import { Alert, Button, Checkbox, Code, CopyButton, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { transport } from '@comptoir/kit';
import { useEffect, useState } from 'react';
import { useWords } from '../words/useWords';

export function RecoveryCodes({ name, codes, done }: { name: string; codes: string[]; done: () => void }) {
  const words = useWords();
  const [areKept, setAreKept] = useState(false);
  useEffect(() => {
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    if (!areKept) window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [areKept]);
  const text = codes.join('\n');
  return (
    <Stack>
      <Alert color="teal" variant="light" title={words.text('setup.done', { name })}>
        {words.text('setup.recovery.what')}
      </Alert>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" role="list" aria-label={words.text('setup.step.recovery')}>
        {codes.map((code) => (
          <div key={code} role="listitem">
            <Code block>{code}</Code>
          </div>
        ))}
      </SimpleGrid>
      <Group>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {words.text(copied ? 'problem.copied' : 'setup.recovery.copy')}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={() => void transport().keep(`${text}\n`, 'comptoir-recovery-codes.txt')}>
          {words.text('setup.recovery.save')}
        </Button>
      </Group>
      <Checkbox label={words.text('setup.recovery.kept')} checked={areKept} onChange={(event) => setAreKept(event.currentTarget.checked)} />
      <Button disabled={!areKept} onClick={done}>
        {words.text('setup.signIn')}
      </Button>
      <Text size="sm" c="dimmed">
        {words.text('setup.recovery.once')}
      </Text>
    </Stack>
  );
}
