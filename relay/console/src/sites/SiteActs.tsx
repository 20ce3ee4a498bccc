// What an operator may do about a site: its line, at once; and what headquarters is asked about it. What waits already is said instead.
import { Button, Group, Text } from '@mantine/core';
import { PlaceLink, useToasts } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Site } from '../api/client';
import { done, keys, requestsQuery } from '../api/queries';
import { AskDialog } from '../requests/AskDialog';
import { waitingOn } from '../requests/request';
import { places } from '../shell/place';
import { useMay } from '../shell/role';
import { useWords } from '../words/useWords';
import { asksOn, lineActOn, type AskedAct } from './acts';
import { HoldDialog } from './HoldDialog';

export function SiteActs({ site }: { site: Site }) {
  const requests = useQuery(requestsQuery).data?.requests;
  const mayAct = useMay('operator');
  const words = useWords();
  return (
    <>
      {mayAct ? <Acts site={site} asks={requests ? asksOn(site, requests) : []} /> : null}
      {waitingOn(requests ?? [], site.code).map((request) => (
        <Group key={request.id} gap="xs">
          <Text size="sm">{words.text('site.asked', { what: words.request(request) })}</Text>
          <PlaceLink to={places.requests}>{words.text('requests.title')}</PlaceLink>
        </Group>
      ))}
    </>
  );
}

function Acts({ site, asks }: { site: Site; asks: AskedAct[] }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const { code } = site;
  const [asking, setAsking] = useState<'hold' | AskedAct>();
  const line = lineActOn(site);
  const close = () => setAsking(undefined);
  const release = async () => {
    try {
      await done(answer(api.DELETE('/api/v1/sites/{code}/line', { params: { path: { code } } })));
      toasts.say(words.text('line.released', { site: code }));
    } catch (error) {
      toasts.fail(error);
    }
    void client.invalidateQueries({ queryKey: keys.sites });
  };
  if (line === undefined && asks.length === 0 && asking === undefined) return null;
  return (
    <Group gap="xs">
      {line === 'hold' ? (
        <Button size="sm" variant="light" onClick={() => setAsking('hold')}>
          {words.text('line.hold')}
        </Button>
      ) : null}
      {line === 'release' ? (
        <Button size="sm" onClick={() => void release()}>
          {words.text('line.release')}
        </Button>
      ) : null}
      {asks.map((act) => (
        <Button key={act} size="sm" variant="default" onClick={() => setAsking(act)}>
          {words.text(`ask.open.${act}`)}
        </Button>
      ))}
      {asking === 'hold' ? <HoldDialog code={code} close={close} /> : null}
      {asking !== undefined && asking !== 'hold' ? <AskDialog ask={{ act: asking, site: code }} close={close} /> : null}
    </Group>
  );
}
