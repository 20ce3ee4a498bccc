// One site in depth: what the roster says of it, whether it is here, what may be done about it, what it and its program say of themselves, how far each of its logs is held.
import { Alert, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { PlaceLink } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '../api/queries';
import { Facts } from '../shell/Facts';
import { places } from '../shell/place';
import { Refused } from '../shell/Refused';
import { ScopeTable } from '../shell/ScopeTable';
import { useWords } from '../words/useWords';
import { standingOf, stateOf } from './columns';
import { Health } from './Health';
import { Journal } from './Journal';
import { SetAside } from './SetAside';
import { SiteActs } from './SiteActs';

export function SiteScreen({ code }: { code: string }) {
  const words = useWords();
  const sites = useQuery(sitesQuery);
  if (sites.error && !sites.data) return <Refused title={code} error={sites.error} />;
  if (!sites.data) return null;
  const site = sites.data.sites.find((site) => site.code === code);
  const back = <PlaceLink to={places.sites}>{words.text('sites.all')}</PlaceLink>;
  if (!site) {
    return (
      <Stack>
        <Title order={1} size="h3">
          {words.text('site.unknown', { code })}
        </Title>
        {back}
      </Stack>
    );
  }
  const state = stateOf(site);
  const standing = standingOf(site);
  const seen = site.seen == null ? words.text('site.unseen') : words.moment(site.seen);
  return (
    <Stack maw={820}>
      {back}
      <Group gap="sm">
        <Title order={1} size="h3">
          {site.code} · <bdi>{site.name}</bdi>
        </Title>
        <Badge variant="light" color={state === 'online' ? 'teal' : state === 'held' ? 'red' : 'gray'}>
          {words.text(`sites.state.${state}`)}
        </Badge>
        {standing === 'active' ? null : (
          <Badge variant="light" color="red">
            {words.text(`sites.standing.${standing}`)}
          </Badge>
        )}
        {site.headquarters ? <Badge variant="light">{words.text('site.headquarters')}</Badge> : null}
      </Group>
      {site.held == null ? null : (
        <Alert color="red" role="alert" title={words.text('line.held', { count: 1, site: site.code })}>
          {words.text('line.held.by', { site: site.code, by: site.held.by, since: words.moment(site.held.since) })}
          {site.held.reason === '' ? null : (
            <Text size="sm" mt="xs">
              <bdi>{site.held.reason}</bdi>
            </Text>
          )}
        </Alert>
      )}
      <SiteActs site={site} />
      <Card withBorder component="section" aria-labelledby="facts">
        <Title order={2} size="h5" id="facts" mb="xs">
          {words.text('site.facts')}
        </Title>
        <Facts
          facts={[
            [words.text('sites.state'), words.text(`sites.state.${state}`)],
            ...(site.connected_since == null ? [] : [[words.text('site.since'), words.moment(site.connected_since)] as const]),
            [words.text('sites.seen'), site.connected ? words.text('site.now') : seen],
            [words.text('sites.country'), words.country(site.country)],
            [words.text('sites.law'), words.country(site.jurisdiction)],
            [words.text('sites.standing'), words.text(`sites.standing.${standing}`)],
            [words.text('site.id'), site.id, 'code'],
          ]}
        />
      </Card>
      <Health site={site} />
      <SetAside site={site} />
      <Journal site={site} />
      <Card withBorder component="section" aria-labelledby="scopes">
        <Title order={2} size="h5" id="scopes" mb="xs">
          {words.text('site.scopes')}
        </Title>
        <Text size="sm" mb="sm">
          {words.text('site.scopes.what')}
        </Text>
        <ScopeTable scopes={site.scopes} />
      </Card>
    </Stack>
  );
}
