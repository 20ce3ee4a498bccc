// Retiring a relay, behind a question: of the last one it says what that means.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { answer, api, Ask, keys, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function RetireRelay({ relay: { address, pin }, isLast }: { relay: Schemas['RelayShown']; isLast: boolean }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [asking, setAsking] = useState(false);
  const retire = async () => {
    try {
      await answer(api.DELETE('/api/v1/relays/{relay}', { params: { path: { relay: pin }, query: { last: isLast } } }));
    } finally {
      for (const queryKey of [keys.organisation, keys.status]) void client.invalidateQueries({ queryKey });
    }
    setAsking(false);
    toasts.say(words.text('sites.relayRetired', { address }));
  };
  return (
    <>
      <Button size="compact-sm" variant="light" aria-label={words.text('sites.relayRetire', { address })} onClick={() => setAsking(true)}>
        {words.text('sites.relayRetire.do')}
      </Button>
      {asking ? (
        <Ask title={words.text('sites.relayRetire', { address })} yes={words.text('sites.relayRetire.do')} act={retire} close={() => setAsking(false)}>
          <Stack>
            <Text size="sm">{words.text('sites.relayRetire.what')}</Text>
            {isLast ? <Alert color="yellow">{words.text('sites.relayRetire.last')}</Alert> : null}
          </Stack>
        </Ask>
      ) : null}
    </>
  );
}
