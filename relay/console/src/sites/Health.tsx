// What a site says of itself, signed: how it stands now, and how that went over a day. Counts alone.
import { Alert, Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Site } from '../api/client';
import { historyQuery } from '../api/queries';
import { Facts, type Fact } from '../shell/Facts';
import { useWords } from '../words/useWords';
import { Plot } from './Plot';

export function Health({ site }: { site: Site }) {
  const words = useWords();
  const history = useQuery(historyQuery(site.code));
  const { health } = site;
  const samples = history.data?.samples ?? [];
  const facts: Fact[] = health
    ? [
        [words.text('health.at'), words.moment(health.at)],
        [words.text('health.software'), health.software],
        [words.text('sites.outbox'), words.count(health.outbox)],
        [words.text('sites.lag'), words.count(health.lag)],
        [words.text('health.inbox'), words.count(health.inbox)],
        [words.text('sites.conflicts'), words.count(health.conflicts)],
        [words.text('sites.quarantined'), words.count(health.quarantined)],
        [words.text('health.parked'), words.count(health.parked)],
        [words.text('health.waiting'), words.count(health.waiting)],
        [words.text('health.store'), words.bytes(health.store_bytes)],
        [words.text('sites.disk'), health.disk_free_bytes == null ? words.text('health.untold') : words.bytes(health.disk_free_bytes)],
        [words.text('health.backup'), health.backup == null ? words.text('health.backup.none') : words.moment(health.backup)],
        [words.text('sites.clock'), words.seconds(Math.round(health.clock_skew_ms / 1_000))],
      ]
    : [];
  return (
    <Card withBorder component="section" aria-labelledby="health">
      <Title order={2} size="h5" id="health" mb="xs">
        {words.text('health.title')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text(health ? 'health.what' : 'health.none')}
      </Text>
      {health ? (
        <Stack>
          {health.restored ? <Alert color="yellow">{words.text('health.restored')}</Alert> : null}
          {health.forks > 0 ? <Alert color="red">{words.text('health.forks', { count: health.forks })}</Alert> : null}
          <Facts facts={facts} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Plot name={words.text('sites.lag')} points={samples.map((sample) => [Date.parse(sample.at), sample.lag])} />
            <Plot name={words.text('sites.outbox')} points={samples.map((sample) => [Date.parse(sample.at), sample.outbox])} />
          </SimpleGrid>
        </Stack>
      ) : null}
    </Card>
  );
}
