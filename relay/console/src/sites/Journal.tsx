// What a site's program last said of its running: warnings and errors, in its own words.
import { Badge, Card, Code, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Site } from '../api/client';
import { journalQuery } from '../api/queries';
import { useWords } from '../words/useWords';

export function Journal({ site }: { site: Site }) {
  const words = useWords();
  const journal = useQuery(journalQuery(site.code));
  if (!site.health || !journal.data) return null;
  const lines = journal.data.lines.toReversed();
  return (
    <Card withBorder component="section" aria-labelledby="journal">
      <Title order={2} size="h5" id="journal" mb="xs">
        {words.text('journal.title')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text(lines.length === 0 ? 'journal.none' : 'journal.what')}
      </Text>
      {lines.length === 0 ? null : (
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('journal.at')}</Table.Th>
                <Table.Th>{words.text('journal.weight')}</Table.Th>
                <Table.Th>{words.text('journal.text')}</Table.Th>
                <Table.Th>{words.text('journal.code')}</Table.Th>
                <Table.Th>{words.text('journal.part')}</Table.Th>
                <Table.Th ta="end">{words.text('journal.times')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.map((line) => (
                <Table.Tr key={`${line.part} ${line.text} ${line.code ?? ''} ${String(line.error)}`}>
                  <Table.Td>{words.exactly(line.at)}</Table.Td>
                  <Table.Td>
                    <Badge variant="light" color={line.error ? 'red' : 'yellow'}>
                      {words.text(line.error ? 'journal.error' : 'journal.warning')}
                    </Badge>
                  </Table.Td>
                  <Table.Td lang="en">
                    <bdi>{line.text}</bdi>
                  </Table.Td>
                  <Table.Td>{line.code == null ? null : <Code>{line.code}</Code>}</Table.Td>
                  <Table.Td>
                    <Code>{line.part}</Code>
                  </Table.Td>
                  <Table.Td ta="end">{words.count(line.times)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
