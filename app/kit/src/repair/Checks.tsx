// What an examination saw, check by check: whether it is well, and what to do if it is not. Owns the drawing alone.
import { Badge, Stack, Table, Text } from '@mantine/core';
import { paths, PlaceLink } from '../place/place';
import { legible, useWords } from '../words/useWords';
import type { Found, Outcome, Seen } from './findings';

const COLOURS: Record<Outcome, string> = { good: 'teal', look: 'yellow', bad: 'red' };
/** Where something can be done about it here. */
const PLACES: Partial<Record<Seen, string>> = { 'work.inbox': paths.inbox, 'log.quarantined': paths.inbox, 'work.outbox': paths.sync };

export function Checks({ found }: { found: Found[] }) {
  const words = useWords();
  return (
    <Table aria-label={words.text('repair.checks')}>
      <Table.Tbody>
        {found.map(({ check, outcome, seen }) => (
          <Table.Tr key={check}>
            <Table.Td w={120} style={{ verticalAlign: 'top' }}>
              <Badge variant="light" color={COLOURS[outcome]}>
                {words.text(`repair.outcome.${outcome}`)}
              </Badge>
            </Table.Td>
            <Table.Td>
              <Stack gap={2}>
                <Text size="sm">{words.text(`repair.seen.${seen}`, { check: legible(check) })}</Text>
                {outcome === 'good' ? null : (
                  <Text size="sm" c="dimmed">
                    {words.text(`repair.do.${seen as Exclude<Seen, `${string}.good`>}`)}
                  </Text>
                )}
                {PLACES[seen] ? <PlaceLink to={PLACES[seen]}>{words.text('repair.goThere')}</PlaceLink> : null}
              </Stack>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
