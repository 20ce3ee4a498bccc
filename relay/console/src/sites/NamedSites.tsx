// The sites that something is about to be done of, by name: so many as can be read, and how many more.
import { List, Text } from '@mantine/core';
import type { Site } from '../api/client';
import { useWords } from '../words/useWords';

const MOST_NAMED = 8;

/** With who holds their lines and why, where that is about to be forgotten. */
export function NamedSites({ sites, withHolds = false }: { sites: Site[]; withHolds?: boolean }) {
  const words = useWords();
  const more = sites.length - MOST_NAMED;
  return (
    <div>
      <List size="sm">
        {sites.slice(0, MOST_NAMED).map(({ code, name, held }) => (
          <List.Item key={code}>
            {code} · <bdi>{name}</bdi>
            {withHolds && held != null ? (
              <Text size="sm" c="dimmed">
                {words.text('sites.heldBy', { by: held.by })} <bdi>{held.reason}</bdi>
              </Text>
            ) : null}
          </List.Item>
        ))}
      </List>
      {more > 0 ? (
        <Text size="sm" mt={4}>
          {words.text('sites.more', { count: more })}
        </Text>
      ) : null}
    </div>
  );
}
