// What was posted about stock, the last first, of one site or of all. Owns how further pages come.
import { Badge, Button, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { formatDay, keys, PlaceLink, ProblemAlert, useWords } from '@comptoir/kit';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Freshness } from './Freshness';
import { changedWritten, readWritten, stockPaths } from './places';
import { postingType } from './postingWords';
import { postingsBefore } from './queries';
import { SiteSelect } from './SiteSelect';

const PAGE = 100;

export function Postings({ written, change }: { written: string; change: (written: string) => void }) {
  const words = useWords();
  const { site = '' } = readWritten(written);
  const postings = useInfiniteQuery({
    queryKey: [...keys.stock, 'postings', site],
    queryFn: ({ pageParam }) => postingsBefore(site, pageParam, PAGE),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
  });
  const all = postings.data?.pages.flat() ?? [];
  return (
    <Stack gap="md">
      <Title order={1} size="h3">
        {words.text('stock.postings')}
      </Title>
      <Group gap="md">
        <SiteSelect value={site} all={words.text('stock.allSites')} change={(site) => change(changedWritten(written, { site }))} />
        <Freshness {...(site === '' ? {} : { only: site })} />
      </Group>
      {postings.error ? (
        <ProblemAlert error={postings.error}>
          <Button size="compact-sm" onClick={() => void postings.refetch()}>
            {words.text('action.retry')}
          </Button>
        </ProblemAlert>
      ) : null}
      {postings.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {postings.data && all.length === 0 ? <Text>{words.text('stock.noPostings')}</Text> : null}
      {all.length > 0 ? (
        <Table.ScrollContainer minWidth={700}>
          <Table aria-label={words.text('stock.postings')} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('stock.number')}</Table.Th>
                <Table.Th>{words.text('stock.what')}</Table.Th>
                <Table.Th>{words.text('stock.day')}</Table.Th>
                <Table.Th>{words.text('stock.reference')}</Table.Th>
                <Table.Th>{words.text('stock.by')}</Table.Th>
                <Table.Th>{words.text('stock.postedAt')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {all.map((posting) => (
                <Table.Tr key={posting.id} data-posting={posting.type}>
                  <Table.Td>
                    <PlaceLink to={stockPaths.posting(posting.id)}>{posting.number}</PlaceLink>
                  </Table.Td>
                  <Table.Td>
                    <Group gap={6}>
                      {postingType(words, posting)}
                      {posting.to ? ` → ${posting.to}` : ''}
                      {posting.kind === 'stock.move' && posting.about ? <Badge variant="light" color="yellow" tt="none">{words.text('stock.reversal')}</Badge> : null}
                      {posting.reversed_by ? <Badge variant="light" color="gray" tt="none">{words.text('stock.takenBack')}</Badge> : null}
                    </Group>
                  </Table.Td>
                  <Table.Td>{formatDay(words.intl, posting.date)}</Table.Td>
                  <Table.Td dir="auto">{posting.reference}</Table.Td>
                  <Table.Td>
                    <bdi>{words.author(posting.author, posting.site)}</bdi>
                  </Table.Td>
                  <Table.Td>{words.moment(new Date(posting.at_ms).toISOString())}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {postings.hasNextPage ? (
        <Group>
          <Button variant="default" loading={postings.isFetchingNextPage} onClick={() => void postings.fetchNextPage()}>
            {words.text('stock.earlier')}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}
