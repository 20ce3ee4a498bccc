// Asking for a new key of a scope, beside its name; or that it is asked for already.
import { Button } from '@mantine/core';
import { PlaceLink } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { requestsQuery } from '../api/queries';
import { places } from '../shell/place';
import { useWords } from '../words/useWords';
import { NewKeyDialog } from './NewKeyDialog';
import { isRenewable, isWaiting } from './request';

export function NewKey({ scope }: { scope: string }) {
  const words = useWords();
  const requests = useQuery(requestsQuery).data?.requests;
  const [asking, setAsking] = useState(false);
  const ask = { act: 'rotate', scope } as const;
  if (!requests || !isRenewable(scope)) return null;
  return (
    <>
      {isWaiting(requests, ask) ? (
        <PlaceLink to={places.requests}>{words.text('ask.waits.rotate')}</PlaceLink>
      ) : (
        <Button size="compact-sm" variant="light" aria-label={words.text('ask.open.rotate.of', { scope: words.scope(scope) })} onClick={() => setAsking(true)}>
          {words.text('ask.open.rotate')}
        </Button>
      )}
      {asking ? <NewKeyDialog scope={scope} close={() => setAsking(false)} /> : null}
    </>
  );
}
