// How old the figures of each site are: when something of it last came, and up to when everything that the relay had was here. Owns
// the reading of that; never looks at sockets.
import { Badge, Group, Text } from '@mantine/core';
import { logQuery, organisationQuery, statusQuery, useWords, type Words } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';

export interface SiteFreshness {
  code: string;
  name: string;
  here: boolean;
  /** When something of it last came; undefined where nothing ever did. */
  heard: string | undefined;
}

const OLD_MS = 24 * 60 * 60 * 1000;

export function useFreshness(): SiteFreshness[] {
  const organisation = useQuery(organisationQuery);
  const log = useQuery(logQuery);
  return (organisation.data?.sites ?? []).map(({ code, name, here }) => ({
    code, name, here, heard: log.data?.sites.find((entry) => entry.site === code)?.received,
  }));
}

/** `14:02`, or the day too where it was not today. */
export function freshText(words: Words, site: SiteFreshness): string {
  if (site.here) return words.text('sync.here');
  return site.heard === undefined ? words.text('stock.fresh.never') : words.lately(site.heard);
}

export const isOld = (site: SiteFreshness, now = Date.now()): boolean =>
  !site.here && (site.heard === undefined || now - Date.parse(site.heard) > OLD_MS);

export function Freshness({ only }: { only?: string }) {
  const words = useWords();
  const status = useQuery(statusQuery);
  const sites = useFreshness().filter((site) => !only || site.code === only);
  const upTo = status.data?.relay.received_up_to;
  return (
    <Group gap="xs" data-freshness>
      <Text size="sm">{words.text('stock.fresh')}</Text>
      {sites.map((site) => (
        <Badge key={site.code} variant="light" color={isOld(site) ? 'yellow' : 'teal'} tt="none" title={site.name} data-site={site.code}>
          {site.code} · {freshText(words, site)}
        </Badge>
      ))}
      <Text size="xs" c="dimmed">
        {upTo ? words.text('stock.fresh.upTo', { time: words.lately(upTo) }) : words.text('stock.fresh.noRelay')}
      </Text>
    </Group>
  );
}
