// How the relay stands: where, for whom, how many are here, how busy it is, what it holds.
import { Alert, Card, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { relayQuery } from '../api/queries';
import { Facts } from '../shell/Facts';
import { Refused } from '../shell/Refused';
import { ScopeTable } from '../shell/ScopeTable';
import { Traffic } from './Traffic';
import { useWords } from '../words/useWords';

export function RelayScreen() {
  const words = useWords();
  const { data: relay, error } = useQuery(relayQuery);
  if (error && !relay) return <Refused title={words.text('relay.title')} error={error} />;
  if (!relay) return null;
  return (
    <Stack maw={820}>
      <Title order={1} size="h3">
        {words.text('relay.title')}
      </Title>
      {relay.damaged_entries > 0 ? (
        <Alert color="red" role="alert" title={words.text('relay.damaged', { count: relay.damaged_entries })}>
          {words.text('relay.damaged.what')}
        </Alert>
      ) : null}
      <Card withBorder component="section" aria-labelledby="facts">
        <Title order={2} size="h5" id="facts" mb="xs">
          {words.text('relay.facts')}
        </Title>
        <Facts
          facts={[
            [words.text('relay.organisation'), relay.organisation_name ?? relay.organisation ?? words.text('relay.nobody')],
            [words.text('relay.jurisdiction'), relay.jurisdiction === '' ? words.text('relay.jurisdiction.none') : words.country(relay.jurisdiction)],
            [words.text('relay.address'), relay.address, 'code'],
            [words.text('relay.pin'), relay.pin, 'code'],
            [words.text('relay.version'), relay.version],
            [words.text('relay.started'), words.moment(relay.started)],
            [words.text('relay.sessions'), words.count(relay.sessions)],
            [words.text('relay.connections'), words.count(relay.connections)],
            [words.text('relay.received'), words.bytes(relay.received_bytes)],
            [words.text('relay.sent'), words.bytes(relay.sent_bytes)],
            [words.text('relay.receipts'), words.count(relay.receipts)],
            [words.text('relay.joins'), words.count(relay.join_requests)],
            [words.text('relay.store'), words.bytes(relay.store_bytes)],
            [words.text('sites.disk'), relay.disk_free_bytes == null ? words.text('health.untold') : words.bytes(relay.disk_free_bytes)],
            [words.text('relay.damagedCount'), words.count(relay.damaged_entries)],
          ]}
        />
      </Card>
      <Traffic />
      <Card withBorder component="section" aria-labelledby="scopes">
        <Title order={2} size="h5" id="scopes" mb="xs">
          {words.text('relay.scopes')}
        </Title>
        <ScopeTable scopes={relay.scopes} />
      </Card>
    </Stack>
  );
}
