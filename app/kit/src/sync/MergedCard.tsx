// What was merged without asking: records of which several sites changed different fields at once, with what each of them did.
// Owns the drawing alone.
import { Card, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { mergesQuery, schemaQuery } from '../api/queries';
import type { Merged } from '../api/types';
import { paths, PlaceLink } from '../place/place';
import { useWords } from '../words/useWords';
import { changedFields } from './merged';

export function MergedCard() {
  const words = useWords();
  const { data } = useQuery(mergesQuery);
  return (
    <Card withBorder component="section" aria-labelledby="merged">
      <Title order={2} size="h5" id="merged" mb="xs">
        {words.text('sync.merged')}
      </Title>
      {data?.merges.length === 0 ? <Text size="sm">{words.text('sync.merged.empty')}</Text> : null}
      {(data?.merges.length ?? 0) > 0 ? (
        <>
          <Text size="sm" mb="xs">
            {words.text('sync.merged.what')}
          </Text>
          <Table.ScrollContainer minWidth={520}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.text('sync.here.at')}</Table.Th>
                  <Table.Th>{words.text('sync.merged.record')}</Table.Th>
                  <Table.Th>{words.text('sync.merged.changed')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data?.merges.map((merged) => (
                  <MergedRow key={`${merged.scope}-${merged.kind}-${merged.id}`} merged={merged} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      ) : null}
      {data?.since ? (
        <Text size="sm" c="dimmed">
          {words.text('sync.merged.since', { time: words.moment(data.since) })}
        </Text>
      ) : null}
    </Card>
  );
}

function MergedRow({ merged }: { merged: Merged }) {
  const words = useWords();
  const { kind, id, name } = merged;
  const schema = useQuery({ ...schemaQuery(kind, words.intl.locale), enabled: name != null });
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>{words.moment(merged.received)}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {name == null ? (
          // Of a kind that only a newer version knows: there is no screen to lead to.
          <bdi>{id}</bdi>
        ) : (
          <PlaceLink to={paths.record(kind, id)}>
            <bdi>{name || words.text('record.unnamed')}</bdi>
          </PlaceLink>
        )}
        <Text size="xs" c="dimmed">
          {words.kindOne(kind, schema.data?.text)}
        </Text>
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        <Stack gap={4}>
          {merged.sides.map((side) => (
            <div key={`${side.site}-${side.author}`}>
              <Text size="sm">{changedFields(schema.data, side.fields, words.path).join(', ') || <em>{words.text('sync.merged.other')}</em>}</Text>
              <Text size="xs" c="dimmed">
                <bdi>{words.author(side.author, side.site)}</bdi> · {words.moment(side.time)}
                {side.here ? ` · ${words.text('sync.here')}` : ''}
              </Text>
            </div>
          ))}
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}
