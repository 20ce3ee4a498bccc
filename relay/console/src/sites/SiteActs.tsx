// What an operator may do about a site: its line, at once; and what headquarters is asked about it. What waits already is said instead.
import { Button, Group, Text } from '@mantine/core';
import { PlaceLink, useToasts } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Site } from '../api/client';
import { requestsQuery } from '../api/queries';
import { waitingOn } from '../requests/request';
import { places } from '../shell/place';
import { useMay } from '../shell/role';
import { useWords } from '../words/useWords';
import { ActDialog } from './ActDialog';
import { asksOn, lineActOn, type AskedAct, type SiteAct } from './acts';
import { useSiteAct } from './useSiteAct';

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
  const toasts = useToasts();
  const { act, afterwards } = useSiteAct();
  const [asking, setAsking] = useState<{ act: SiteAct; sites: Site[] }>();
  const line = lineActOn(site);
  const ask = (act: SiteAct) => setAsking({ act, sites: [site] });
  const release = async () => {
    try {
      await act('release', site.code);
      toasts.say(words.text('line.released', { count: 1, site: site.code }));
    } catch (error) {
      toasts.fail(error);
    }
    afterwards('release');
  };
  if (line === undefined && asks.length === 0 && asking === undefined) return null;
  return (
    <Group gap="xs">
      {line === 'hold' ? (
        <Button size="sm" variant="light" onClick={() => ask('hold')}>
          {words.text('line.hold')}
        </Button>
      ) : null}
      {line === 'release' ? (
        <Button size="sm" onClick={() => void release()}>
          {words.text('line.release')}
        </Button>
      ) : null}
      {asks.map((act) => (
        <Button key={act} size="sm" variant="default" onClick={() => ask(act)}>
          {words.text(`ask.open.${act}`)}
        </Button>
      ))}
      {asking ? <ActDialog {...asking} close={() => setAsking(undefined)} /> : null}
    </Group>
  );
}
