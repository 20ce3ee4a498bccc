// The session has ended over a screen that stays: what was typed is kept. Owns the way back, by name and password or by a link.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { entryQuery, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import type { Ended } from './client';
import { overNetwork } from './session';
import { SignInForm } from './SignInForm';
import { SentAway } from '../window/SentAway';
import { inWindow } from '../window/window';

export function SessionEnded({ how, retry }: { how: Ended; retry: () => void }) {
  const words = useWords();
  const wasSentAway = inWindow && how === 'unauthorised';
  const entry = useQuery({ ...entryQuery, enabled: how === 'unauthorised' && !inWindow });
  const byName = how === 'sign-in-needed' || entry.data?.accounts === true;
  return (
    <Alert color="red" role="alert" mb="sm" style={{ flexShrink: 0 }} title={words.problem('unauthorised')}>
      {byName ? (
        <Stack gap="sm">
          <Text size="sm">{words.advice('sign-in-needed')}</Text>
          <SignInForm done={retry} />
        </Stack>
      ) : (
        <Group justify="space-between">
          <Text size="sm">{wasSentAway ? words.text('branch.sentAway') : overNetwork ? words.text('signin.network') : words.advice('unauthorised')}</Text>
          {wasSentAway ? (
            <SentAway />
          ) : (
            <Button size="compact-sm" onClick={retry}>
              {words.text('action.retry')}
            </Button>
          )}
        </Group>
      )}
    </Alert>
  );
}
