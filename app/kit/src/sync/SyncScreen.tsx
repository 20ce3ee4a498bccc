// How this site stands to the others: what is still to send, when each was last heard of, what came and what went. Owns the
// drawing alone.
import { Alert, Badge, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { inboxQuery, logQuery, mergesQuery, organisationQuery, outboxQuery, statusQuery } from '../api/queries';
import { paths, PlaceLink } from '../place/place';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { DirectCard } from './DirectCard';
import { MergedCard } from './MergedCard';
import { NotSaved } from './NotSaved';
import { isRemoved } from './standing';
import { syncSentence } from './SyncChip';

/** Entries of the outbox that are drawn. */
const DRAWN = 200;

export function SyncScreen() {
  const words = useWords();
  const status = useQuery(statusQuery);
  const outbox = useQuery(outboxQuery);
  const log = useQuery(logQuery);
  const merges = useQuery(mergesQuery);
  const inbox = useQuery(inboxQuery);
  const organisation = useQuery(organisationQuery);
  const error = status.error ?? outbox.error ?? log.error ?? merges.error;
  return (
    <Stack gap="lg" maw={960}>
      <Title order={1} size="h3">
        {words.text('sync.title')}
      </Title>
      {error ? <ProblemAlert error={error} /> : null}
      {status.data ? (
        <Text role="status">{syncSentence(words, status.data)}</Text>
      ) : null}
      {/* A site that is removed is told so over every screen: no line comes back to it. */}
      {status.data?.relay.state === 'offline' && !isRemoved(status.data) ? (
        <Alert color="yellow" title={words.text('sync.offline')}>
          {words.text('sync.offline.what')}
        </Alert>
      ) : null}
      {status.data?.relay.state === 'none' ? (
        <Alert color="yellow" title={words.text('sync.none')}>
          {words.text('sync.none.what')}
        </Alert>
      ) : null}
      <Group gap="lg">
        {(inbox.data?.length ?? 0) > 0 ? (
          <PlaceLink to={paths.inbox}>{words.text('sync.inbox', { count: inbox.data?.length ?? 0 })}</PlaceLink>
        ) : null}
        <PlaceLink to={paths.repair}>{words.text('sync.repair')}</PlaceLink>
      </Group>
      <NotSaved />

      <Card withBorder component="section" aria-labelledby="outbox">
        <Title order={2} size="h5" id="outbox" mb="xs">
          {words.text('sync.outbox')}
        </Title>
        {outbox.data?.entries.length === 0 ? <Text size="sm">{words.text('sync.outbox.empty')}</Text> : null}
        {(outbox.data?.entries.length ?? 0) > 0 ? (
          <Table.ScrollContainer minWidth={420}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.text('sync.when')}</Table.Th>
                  <Table.Th>{words.text('sync.act')}</Table.Th>
                  <Table.Th ta="end">{words.text('sync.changes')}</Table.Th>
                  <Table.Th>{words.text('sync.scope')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {outbox.data?.entries.slice(0, DRAWN).map((entry) => (
                  <Table.Tr key={entry.hash}>
                    <Table.Td>{words.moment(entry.time)}</Table.Td>
                    <Table.Td>{act(words, entry.command)}</Table.Td>
                    <Table.Td ta="end">{words.count(entry.operations)}</Table.Td>
                    <Table.Td>{words.scope(entry.scope)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        ) : null}
        {(outbox.data?.entries.length ?? 0) > DRAWN ? (
          <Text size="sm">{words.text('sync.outbox.further', { count: (outbox.data?.entries.length ?? 0) - DRAWN })}</Text>
        ) : null}
      </Card>

      <Card withBorder component="section" aria-labelledby="sites">
        <Title order={2} size="h5" id="sites" mb="xs">
          {words.text('sync.sites')}
        </Title>
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('sync.site')}</Table.Th>
                <Table.Th>{words.text('sync.lastWritten')}</Table.Th>
                <Table.Th>{words.text('sync.lastArrived')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {organisation.data?.sites.map((site) => {
                const last = log.data?.sites.find((entry) => entry.site === site.code);
                return (
                  <Table.Tr key={site.id}>
                    <Table.Td>
                      <Group gap="xs">
                        <bdi>
                          {site.code} · {site.name}
                        </bdi>
                        {site.here ? <Badge variant="light">{words.text('sync.here')}</Badge> : null}
                      </Group>
                    </Table.Td>
                    <Table.Td>{last ? words.moment(last.time) : site.here ? null : words.text('sync.never')}</Table.Td>
                    <Table.Td>
                      {last && !site.here ? (
                        <>
                          {words.moment(last.received)}{' '}
                          <Text span size="sm" c="dimmed">
                            {words.ago(last.received, Date.now())}
                          </Text>
                        </>
                      ) : null}
                    </Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>

      {status.data && status.data.direct.length > 0 ? <DirectCard peers={status.data.direct} /> : null}

      <MergedCard />

      <Card withBorder component="section" aria-labelledby="log">
        <Title order={2} size="h5" id="log" mb="xs">
          {words.text('sync.log')}
        </Title>
        <Table.ScrollContainer minWidth={520}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('sync.here.at')}</Table.Th>
                <Table.Th>{words.text('sync.from')}</Table.Th>
                <Table.Th>{words.text('sync.act')}</Table.Th>
                <Table.Th ta="end">{words.text('sync.changes')}</Table.Th>
                <Table.Th>{words.text('sync.scope')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {log.data?.entries.map((entry, at) => (
                <Table.Tr key={`${entry.received}-${at}`}>
                  <Table.Td>{words.moment(entry.received)}</Table.Td>
                  <Table.Td>
                    <bdi>{entry.here ? words.text('sync.here') : words.author(entry.author, entry.site)}</bdi>
                  </Table.Td>
                  <Table.Td>
                    {act(words, entry.command)}
                    {entry.delivered ? null : (
                      <Badge ml="xs" color="red" variant="light">
                        {words.text('sync.setAside')}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td ta="end">{words.count(entry.operations)}</Table.Td>
                  <Table.Td>{words.scope(entry.scope)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
    </Stack>
  );
}

/** `party.import` is *Parties: imported*. */
function act(words: ReturnType<typeof useWords>, command: string): string {
  const [kind = ''] = command.split('.');
  const done = words.command(command);
  return kind !== '' && Object.hasOwn(words.intl.messages, `kind.${kind}`) ? `${words.text('label', { name: words.kind(kind) })} ${done}` : done;
}
