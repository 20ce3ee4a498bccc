// The sites as a table: what each is, how it stands, how much of what it wrote is set aside. Headquarters renames a site, removes it
// and lets it back from here.
import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { ProblemAlert, regionName, sitesQuery, useWords, type Schemas } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { actsOn, type RemovalAct, type Site } from './removal';
import { RemovalDialog } from './RemovalDialog';
import { RenameSite } from './RenameSite';

export function SiteTable({ sites, governs }: { sites: Schemas['SiteShown'][]; governs: boolean }) {
  const words = useWords();
  const standings = useQuery(sitesQuery);
  const [asking, setAsking] = useState<{ code: string; act: RemovalAct }>();
  const [renaming, setRenaming] = useState<Schemas['SiteShown']>();
  const standing = (code: string) => standings.data?.find((site) => site.code === code);
  const asked = asking && standing(asking.code);
  return (
    <>
      {standings.error ? <ProblemAlert error={standings.error} /> : null}
      <Table.ScrollContainer minWidth={governs ? 820 : 640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              <Table.Th>{words.text('sites.name')}</Table.Th>
              <Table.Th>{words.text('sites.country')}</Table.Th>
              <Table.Th>{words.text('sites.currency')}</Table.Th>
              <Table.Th>{words.text('sites.zone')}</Table.Th>
              <Table.Th>{words.text('sites.standing')}</Table.Th>
              {governs ? (
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              ) : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sites.map((site) => {
              const found = standing(site.code);
              return (
                <Table.Tr key={site.id}>
                  <Table.Td>
                    <Group gap="xs">
                      {site.code}
                      {site.headquarters ? <Badge variant="light">{words.text('sites.headquarters')}</Badge> : null}
                      {site.here ? <Badge variant="default">{words.text('sync.here')}</Badge> : null}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <bdi>{site.name}</bdi>
                  </Table.Td>
                  <Table.Td>{regionName(words.intl, site.country)}</Table.Td>
                  <Table.Td>{site.currency}</Table.Td>
                  <Table.Td>{site.time_zone}</Table.Td>
                  <Table.Td>{found ? <Standing site={found} /> : null}</Table.Td>
                  {governs ? (
                    <Table.Td>
                      <Group gap={4} justify="flex-end">
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={words.text('sites.rename', { site: site.code })}
                          onClick={() => setRenaming(site)}
                        >
                          {words.text('sites.rename.do')}
                        </Button>
                        {(found ? actsOn(found) : []).map((act) => (
                          <Button
                            key={act}
                            size="compact-sm"
                            variant="light"
                            aria-label={`${words.text(`removal.do.${act}`)}: ${site.code}`}
                            onClick={() => setAsking({ code: site.code, act })}
                          >
                            {words.text(`removal.do.${act}`)}
                          </Button>
                        ))}
                      </Group>
                    </Table.Td>
                  ) : null}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {renaming ? <RenameSite site={renaming} close={() => setRenaming(undefined)} /> : null}
      {asking && asked ? <RemovalDialog site={asked} act={asking.act} close={() => setAsking(undefined)} /> : null}
    </>
  );
}

const COLOURS = { member: 'teal', suspended: 'yellow', revoked: 'red' } as const;

function Standing({ site }: { site: Site }) {
  const words = useWords();
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" color={COLOURS[site.standing]}>
        {words.text(`sites.standing.${site.standing}`)}
      </Badge>
      {site.past_cut > 0 ? <Text size="xs">{words.text('sites.pastCut', { count: site.past_cut })}</Text> : null}
    </Stack>
  );
}
