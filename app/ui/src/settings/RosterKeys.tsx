// The keys of this site, which may be renewed here, and those that the organisation is governed with: where root's is, whether a copy of it was seen to be
// good, who may act as an admin. The latter to look at: what is done with them is done at the node's own machine, by commands, since a passphrase has no
// business in a page.
import { Badge, Card, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import { asProblem, ProblemAlert, rosterKeysQuery, useWords, type Schemas } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { Rekey, SiteKeys } from './SiteKeys';

export function RosterKeys() {
  const words = useWords();
  const shown = useQuery(rosterKeysQuery);
  const refused = shown.error ? asProblem(shown.error).code : undefined;
  if (refused === 'only-here' || refused === 'operator-only') return <Text>{words.text(refused === 'only-here' ? 'rosterKeys.elsewhere' : 'rosterKeys.operator')}</Text>;
  if (shown.error) return <ProblemAlert error={shown.error} />;
  if (!shown.data) return null;
  return (
    <Stack>
      <SiteKeys renewal={shown.data.renewal ?? undefined} />
      {shown.data.admin.state === 'named' ? <Rekey /> : null}
      <Text size="sm">{words.text('rosterKeys.what')}</Text>
      <Root root={shown.data.root} />
      <Admins admin={shown.data.admin} admins={shown.data.admins} />
      <Files sealed={shown.data.sealed} />
    </Stack>
  );
}

function Root({ root }: { root: Schemas['RootShown'] }) {
  const words = useWords();
  // Where root never was, nothing is to be done about it.
  const step = root.here ? (root.copy_seen == null ? 'export' : 'remove') : root.removed == null ? undefined : 'import';
  return (
    <Card withBorder component="section" aria-labelledby="root-key">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5" id="root-key">
          {words.text('rosterKeys.root')}
        </Title>
        <Badge variant="light" color={root.here ? 'yellow' : 'gray'}>
          {words.text(root.here ? 'rosterKeys.root.here' : 'rosterKeys.root.away')}
        </Badge>
      </Group>
      <Text size="sm" mb="sm">
        {words.text('rosterKeys.root.what')}
      </Text>
      {root.copy_seen == null ? null : <Text size="sm">{words.text('rosterKeys.root.copy', { when: words.moment(root.copy_seen) })}</Text>}
      {root.here && root.copy_seen == null ? <Text size="sm">{words.text('rosterKeys.root.noCopy')}</Text> : null}
      {root.removed == null ? null : <Text size="sm">{words.text('rosterKeys.root.removed', { when: words.moment(root.removed) })}</Text>}
      {step ? <Command does={words.text(`rosterKeys.root.${step}`)} line={`comptoir-node root ${step} root.age --passphrase-stdin`} /> : null}
    </Card>
  );
}

function Admins({ admin, admins }: { admin: Schemas['AdminKeyShown']; admins: Schemas['AdminShown'][] }) {
  const words = useWords();
  return (
    <Card withBorder component="section" aria-labelledby="admins">
      <Title order={2} size="h5" id="admins" mb="xs">
        {words.text('rosterKeys.admins')}
      </Title>
      <Text size="sm">{words.text(`rosterKeys.admin.${admin.state}`)}</Text>
      {admin.state === 'named' ? (
        <Command does={words.text('rosterKeys.admin.export')} line="comptoir-node admin export admin.age --passphrase-stdin" />
      ) : (
        <Command does={words.text('rosterKeys.admin.request')} line="comptoir-node admin request" />
      )}
      {admins.length > 0 ? (
        <Table.ScrollContainer minWidth={480} mt="sm" scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('sites.name')}</Table.Th>
                <Table.Th>{words.text('sites.standing')}</Table.Th>
                <Table.Th>{words.text('rosterKeys.id')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {admins.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td>
                    <bdi>{one.name}</bdi> {one.here ? <Badge variant="light">{words.text('rosterKeys.here')}</Badge> : null}
                  </Table.Td>
                  <Table.Td>
                    <Badge variant="light" color={one.standing === 'member' ? 'teal' : 'orange'}>
                      {words.text(`rosterKeys.standing.${one.standing}`)}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    <Code style={{ overflowWrap: 'anywhere' }}>{one.id}</Code>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {admins.length > 1 ? <Command does={words.text('rosterKeys.admin.remove')} line={`comptoir-node admin suspend ${words.text('sites.name').toUpperCase()}`} /> : null}
    </Card>
  );
}

function Files({ sealed }: { sealed: boolean }) {
  const words = useWords();
  return (
    <Card withBorder component="section" aria-labelledby="key-files">
      <Title order={2} size="h5" id="key-files" mb="xs">
        {words.text('rosterKeys.files')}
      </Title>
      <Text size="sm">{words.text(sealed ? 'rosterKeys.files.sealed' : 'rosterKeys.files.plain')}</Text>
      {sealed ? null : <Command does={words.text('rosterKeys.files.seal')} line={`comptoir-node keys seal --passphrase-file ${words.text('rosterKeys.file')}`} />}
    </Card>
  );
}

/** What is done with a key, and the command that does it. */
function Command({ does, line }: { does: string; line: string }) {
  return (
    <>
      <Text size="sm" mt="sm" mb={4}>
        {does}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap' }}>
        {line}
      </Code>
    </>
  );
}
