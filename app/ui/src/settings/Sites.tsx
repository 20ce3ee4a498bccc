// The organisation's sites and relays; headquarters invites a site, and takes a relay into service.
import { Badge, Button, Card, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { answer, api, keys, organisationQuery, ProblemAlert, regionName, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Invitations } from './Invitations';
import { Invite } from './Invite';

export function Sites() {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  const hasRelay = (organisation.data?.relays.length ?? 0) > 0;
  return (
    <Stack>
      {organisation.error ? <ProblemAlert error={organisation.error} /> : null}
      <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              <Table.Th>{words.text('sites.name')}</Table.Th>
              <Table.Th>{words.text('sites.country')}</Table.Th>
              <Table.Th>{words.text('sites.currency')}</Table.Th>
              <Table.Th>{words.text('sites.zone')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {organisation.data?.sites.map((site) => (
              <Table.Tr key={site.id}>
                <Table.Td>
                  <Group gap="xs">
                    {site.code}
                    {site.headquarters ? <Badge variant="light">{words.text('sites.headquarters')}</Badge> : null}
                    {site.here ? <Badge variant="default">{words.text('sync.here')}</Badge> : null}
                  </Group>
                </Table.Td>
                <Table.Td>
                  <bdi>{site.name}</bdi>
                </Table.Td>
                <Table.Td>{regionName(words.intl, site.country)}</Table.Td>
                <Table.Td>{site.currency}</Table.Td>
                <Table.Td>{site.time_zone}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {isHeadquarters ? hasRelay ? <Invite /> : <Text size="sm">{words.text('sites.needRelay')}</Text> : <Text size="sm">{words.text('sites.elsewhere')}</Text>}
      {isHeadquarters ? <Invitations /> : null}
      <Card withBorder component="section" aria-labelledby="relays">
        <Title order={2} size="h5" id="relays" mb="xs">
          {words.text('sites.relays')}
        </Title>
        {organisation.data?.relays.length === 0 ? <Text size="sm">{words.text('sync.none.what')}</Text> : null}
        {organisation.data?.relays.map((relay) => (
          <Text size="sm" key={relay.pin}>
            {[relay.address, regionName(words.intl, relay.jurisdiction)].filter((part) => part !== '').join(' · ')}
          </Text>
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
