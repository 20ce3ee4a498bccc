// Sites that are met without a relay: whether the line is up, when each was last heard of, what it holds. Owns the drawing alone.
import { Card, Table, Text, Title } from '@mantine/core';
import type { Status } from '../api/types';
import { useWords } from '../words/useWords';

export function DirectCard({ peers }: { peers: Status['direct'] }) {
  const words = useWords();
  return (
    <Card withBorder component="section" aria-labelledby="direct">
      <Title order={2} size="h5" id="direct" mb="xs">
        {words.text('sync.direct')}
      </Title>
      <Text size="sm" mb="xs">
        {words.text('sync.direct.what')}
      </Text>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              <Table.Th>{words.text('sync.direct.state')}</Table.Th>
              <Table.Th>{words.text('sync.direct.lastContact')}</Table.Th>
              <Table.Th ta="end">{words.text('sync.direct.holds')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {peers.map((peer) => (
              <Table.Tr key={peer.site}>
                <Table.Td>
                  <bdi>{peer.site}</bdi>
                </Table.Td>
                <Table.Td>{words.text(`sync.direct.${peer.state}`)}</Table.Td>
                <Table.Td>{peer.last_contact ? words.moment(peer.last_contact) : words.text('sync.never')}</Table.Td>
                <Table.Td ta="end">{words.count(peer.holds)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
