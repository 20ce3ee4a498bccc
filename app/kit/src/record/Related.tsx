// What a record has to do with others: what it names, and what names it, kind by kind, counted, each leading to the list of just
// those. Owns the drawing and when it is asked: only when a person looks, so that no record opens later for it.
import { Card, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { keys, kindsQuery, recordQuery, schemaQuery } from '../api/queries';
import { listRecords, type Pairs } from '../api/records';
import type { Kind, RecordShown } from '../api/types';
import { paths, PlaceLink } from '../place/place';
import { ProblemAlert } from '../problem/ProblemAlert';
import type { KindSchema } from '../schema/kindSchema';
import { namedBy, references, type Named, type Reference } from '../schema/references';
import { useWords } from '../words/useWords';

/** Records that are shown by name; of the others their number. */
const NAMED = 5;

interface Referring {
  kind: Kind;
  schema: KindSchema;
  reference: Reference;
  pairs: Pairs;
}

export function Related({ record, schema }: { record: RecordShown; schema: KindSchema }) {
  const words = useWords();
  const lang = words.intl.locale;
  const kinds = useQuery(kindsQuery(lang));
  const on = (kinds.data ?? []).filter((kind) => kind.on);
  const schemas = useQueries({ queries: on.map((kind) => schemaQuery(kind.kind, lang)) });
  const referring = on.flatMap((kind, at): Referring[] => {
    const read = schemas[at]?.data;
    if (!read) return [];
    return references(read)
      .filter((reference) => reference.target === record.kind)
      .map((reference) => ({ kind, schema: read, reference, pairs: [[`${reference.path}[eq]`, record.id]] }));
  });
  const lists = useQueries({
    queries: referring.map(({ kind, pairs }) => ({
      queryKey: [...keys.list(kind.kind), 'related', pairs],
      queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(kind.kind, [...pairs, ['columns', kind.title], ['limit', String(NAMED)]], signal),
    })),
  });
  const named = namedBy(schema, record);
  const error = kinds.error ?? schemas.find((one) => one.error)?.error ?? lists.find((one) => one.error)?.error;
  const isRead = kinds.data !== undefined && schemas.every((one) => one.data) && lists.every((one) => one.data);
  const some = referring.flatMap((one, at) => {
    const page = lists[at]?.data;
    return page && page.total > 0 ? [{ ...one, page }] : [];
  });
  return (
    <Stack maw={960}>
      {error ? <ProblemAlert error={error} /> : null}
      {some.length > 0 ? (
        <Card withBorder component="section" aria-labelledby="referring">
          <Title order={2} size="h5" id="referring" mb="xs">
            {words.text('related.to')}
          </Title>
          <Table aria-label={words.text('related.to')}>
            <Table.Tbody>
              {some.map(({ kind, schema, reference, pairs, page }) => (
                <Table.Tr key={`${kind.kind} ${reference.path}`}>
                  <Table.Td w="32%" style={{ verticalAlign: 'top' }}>
                    <PlaceLink to={paths.list(kind.kind, pairs)}>
                      <bdi>{words.kind(kind.kind, kind.label)}</bdi> ({words.count(page.total)})
                    </PlaceLink>
                    <Text size="xs" c="dimmed">
                      {words.path(schema, reference.path)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Group gap="sm">
                      {page.records.map((other) => (
                        <PlaceLink key={other.id} to={paths.record(kind.kind, other.id)}>
                          <bdi>{other.title || words.text('record.unnamed')}</bdi>
                        </PlaceLink>
                      ))}
                      {page.total > page.records.length ? (
                        <PlaceLink to={paths.list(kind.kind, pairs)}>{words.text('related.more', { count: page.total - page.records.length })}</PlaceLink>
                      ) : null}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      ) : null}
      {named.length > 0 ? (
        <Card withBorder component="section" aria-labelledby="named">
          <Title order={2} size="h5" id="named" mb="xs">
            {words.text('related.from')}
          </Title>
          <Table aria-label={words.text('related.from')}>
            <Table.Tbody>
              {named.map((one) => (
                <NamedRow key={`${one.reference.path} ${one.id}`} named={one} schema={schema} />
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      ) : null}
      {isRead || error ? null : <Loader size="sm" aria-label={words.text('loading')} />}
      {isRead && some.length === 0 && named.length === 0 ? <Text size="sm">{words.text('related.nothing')}</Text> : null}
    </Stack>
  );
}

function NamedRow({ named: { reference, id }, schema }: { named: Named; schema: KindSchema }) {
  const words = useWords();
  const other = useQuery(recordQuery(reference.target, id));
  return (
    <Table.Tr>
      <Table.Td w="32%">
        <Text size="sm">{words.path(schema, reference.path)}</Text>
      </Table.Td>
      <Table.Td>
        {/* One that has not arrived here yet, or that this site may not see, has no name. */}
        {other.error ? (
          <Text size="sm">{words.problem('not-found')}</Text>
        ) : (
          <PlaceLink to={paths.record(reference.target, id)}>
            <bdi>{other.data?.title || words.text(other.data ? 'record.unnamed' : 'loading')}</bdi>
          </PlaceLink>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
