// The access log: who was shown what of persons, pay, health and courts at this node.
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { answer, api, keys, paths, PlaceLink, ProblemAlert, useWords } from '@comptoir/kit';
import { useInfiniteQuery } from '@tanstack/react-query';
import { classNames } from './roleWords';

export function AccessLog() {
  const words = useWords();
  const log = useInfiniteQuery({
    queryKey: keys.accesses,
    queryFn: ({ pageParam }) => answer(api.GET('/api/v1/access-log', { params: { query: pageParam === undefined ? {} : { before: pageParam } } })),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
  if (log.error) return <ProblemAlert error={log.error} />;
  if (!log.data) return null;
  const accesses = log.data.pages.flatMap((page) => page.accesses);
  return (
    <Stack>
      <Text size="sm">{words.text(accesses.length === 0 ? 'access.none' : 'access.what')}</Text>
      {accesses.length === 0 ? null : (
        <Table.ScrollContainer minWidth={640}>
          <Table aria-label={words.text('access.title')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('access.when')}</Table.Th>
                <Table.Th>{words.text('access.who')}</Table.Th>
                <Table.Th>{words.text('access.shown')}</Table.Th>
                <Table.Th>{words.text('access.surface')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {accesses.map((access, at) => (
                <Table.Tr key={`${access.time} ${at}`}>
                  <Table.Td>
                    <time dateTime={access.time}>{words.moment(access.time)}</time>
                  </Table.Td>
                  <Table.Td>
                    <bdi>{access.author}</bdi>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{classNames(words, access.classes)}</Text>
                    {access.kind && access.record ? (
                      <PlaceLink to={paths.record(access.kind, access.record)}>{words.kind(access.kind)}</PlaceLink>
                    ) : (
                      <Text size="sm" c="dimmed">
                        {access.kind ? `${words.kind(access.kind)} · ` : ''}
                        {words.text('access.of', { records: access.records })}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{access.surface}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {log.hasNextPage ? (
        <Group>
          <Button variant="default" size="compact-sm" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {words.text('access.more')}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}
