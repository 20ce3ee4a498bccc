// The audit log: what was done, by whom, when, from where, and what was refused. Owns what is asked for, which stands in the address.
import { Badge, Button, Group, NativeSelect, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { DayInput, ProblemAlert } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { auditQuery } from '../api/queries';
import { valueOf, withValues, type Pairs } from '../shell/place';
import { useTyped } from '../shell/useTyped';
import { useWords } from '../words/useWords';
import { ACTS, exportAddress, readAsked } from './asked';

/** How long after the last letter of a name it is asked for. */
const SOON_MS = 250;

export interface AuditScreenProps {
  pairs: Pairs;
  change: (pairs: Pairs, replace: boolean) => void;
}

export function AuditScreen({ pairs, change }: AuditScreenProps) {
  const words = useWords();
  const asked = readAsked(pairs);
  const log = useQuery(auditQuery(asked));
  const set = (values: Record<string, string>) => change(withValues(pairs, { before: '', ...values }), true);
  const entries = log.data?.entries ?? [];
  const next = log.data?.next;
  return (
    <Stack maw={1100}>
      <Group justify="space-between">
        <Title order={1} size="h3">
          {words.text('audit.title')}
        </Title>
        <Button component="a" size="sm" variant="default" href={exportAddress(asked)} download>
          {words.text('audit.export')}
        </Button>
      </Group>
      <Group align="end" gap="sm">
        <AccountField value={valueOf(pairs, 'account')} change={(account) => set({ account })} />
        <NativeSelect
          size="sm"
          label={words.text('audit.act')}
          data={[{ value: '', label: words.text('audit.act.any') }, ...ACTS.map((act) => ({ value: act, label: words.act(act) }))]}
          value={asked.act ?? ''}
          onChange={(event) => set({ act: event.currentTarget.value })}
        />
        <DayInput size="sm" label={words.text('audit.since')} value={valueOf(pairs, 'since')} change={(since) => set({ since })} />
        <DayInput size="sm" label={words.text('audit.until')} value={valueOf(pairs, 'until')} change={(until) => set({ until })} />
      </Group>
      {log.error ? <ProblemAlert error={log.error} /> : null}
      {log.data && entries.length === 0 ? <Text size="sm">{words.text('grid.nothingFound')}</Text> : null}
      {entries.length > 0 ? <Lines entries={entries} /> : null}
      <Group>
        {asked.before === undefined ? null : (
          <Button variant="default" size="sm" onClick={() => change(withValues(pairs, { before: '' }), false)}>
            {words.text('audit.latest')}
          </Button>
        )}
        {next == null ? null : (
          <Button variant="default" size="sm" onClick={() => change(withValues(pairs, { before: String(next) }), false)}>
            {words.text('audit.older')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** What is typed is asked for once the name is whole, or nearly. */
function AccountField({ value, change }: { value: string; change: (account: string) => void }) {
  const words = useWords();
  const [typed, type] = useTyped(value, useDebouncedCallback(change, SOON_MS));
  return (
    <TextInput
      size="sm"
      label={words.text('audit.account')}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}

function Lines({ entries }: { entries: Schemas['AuditEntry'][] }) {
  const words = useWords();
  return (
    <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('audit.time')}</Table.Th>
            <Table.Th>{words.text('audit.account')}</Table.Th>
            <Table.Th>{words.text('audit.act')}</Table.Th>
            <Table.Th>{words.text('audit.subject')}</Table.Th>
            <Table.Th>{words.text('audit.address')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.number}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{words.exactly(entry.time)}</Table.Td>
              <Table.Td>
                <bdi>{entry.account ?? words.text(entry.address == null ? 'audit.command' : 'audit.nobody')}</bdi>
              </Table.Td>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  {words.act(entry.act)}
                  {entry.refused ? (
                    <Badge variant="light" color="red" style={{ flexShrink: 0 }}>
                      {words.text('audit.refused')}
                    </Badge>
                  ) : null}
                </Group>
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <bdi>{entry.subject ?? ''}</bdi>
              </Table.Td>
              <Table.Td>{entry.address ?? ''}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
