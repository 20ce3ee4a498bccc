// The organisation's sites and relays; headquarters invites a site, removes it and lets it back, takes a relay into service and retires it.
import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { accountQuery, answer, api, keys, organisationQuery, ProblemAlert, regionName, useMay, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AskForSite } from './AskForSite';
import { ConsoleRequests } from './ConsoleRequests';
import { Invitations } from './Invitations';
import { Invite } from './Invite';
import { RetireRelay } from './RetireRelay';
import { SiteRequests } from './SiteRequests';
import { SiteTable } from './SiteTable';

export function Sites() {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  const account = useQuery(accountQuery);
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  const mayAsk = useMay('site-request', 'edit');
  const seesRequests = useMay('site-request', 'see');
  const hasRelay = (organisation.data?.relays.length ?? 0) > 0;
  return (
    <Stack>
      {organisation.error ? <ProblemAlert error={organisation.error} /> : null}
      {organisation.data ? <SiteTable sites={organisation.data.sites} governs={isHeadquarters} /> : null}
      {isHeadquarters ? hasRelay ? <Invite /> : <Text size="sm">{words.text('sites.needRelay')}</Text> : <Text size="sm">{words.text('sites.elsewhere')}</Text>}
      {organisation.data && !isHeadquarters && mayAsk ? <AskForSite /> : null}
      {organisation.data && seesRequests ? <SiteRequests decides={isHeadquarters} /> : null}
      {isHeadquarters && account.data?.everything ? <ConsoleRequests /> : null}
      {isHeadquarters ? <Invitations /> : null}
      <Card withBorder component="section" aria-labelledby="relays">
        <Title order={2} size="h5" id="relays" mb="xs">
          {words.text('sites.relays')}
        </Title>
        {organisation.data?.relays.length === 0 ? <Text size="sm">{words.text('sync.none.what')}</Text> : null}
        {organisation.data?.relays.map((relay) => (
          <Group key={relay.pin} justify="space-between" gap="xs">
            <Text size="sm">{[relay.address, regionName(words.intl, relay.jurisdiction)].filter((part) => part !== '').join(' · ')}</Text>
            {isHeadquarters ? <RetireRelay relay={relay} isLast={organisation.data?.relays.length === 1} /> : null}
          </Group>
        ))}
        {isHeadquarters ? <AddRelay /> : null}
      </Card>
    </Stack>
  );
}

function AddRelay() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [code, setCode] = useState('');
  useUnsaved(code.trim() !== '');
  const [problem, setProblem] = useState<unknown>();
  const add = async () => {
    setProblem(undefined);
    try {
      await answer(api.POST('/api/v1/relays', { body: { code: code.trim() } }));
      setCode('');
      for (const queryKey of [keys.organisation, keys.status]) void client.invalidateQueries({ queryKey });
      toasts.say(words.text('sites.relayAdded'));
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Group align="end" mt="sm">
        <TextInput
          size="sm"
          w={420}
          maw="100%"
          label={words.text('sites.relayCode')}
          description={words.text('sites.relayCode.what')}
          autoComplete="off"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button size="sm" variant="default" type="submit" disabled={code.trim() === ''}>
          {words.text('sites.relayAdd')}
        </Button>
      </Group>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
    </form>
  );
}
