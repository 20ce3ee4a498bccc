// The files that a person can keep aside before a rebuild: each kind of record that has any, what is typed and not saved, and a
// report. Owns the drawing and the counting.
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, kindsQuery } from '../api/queries';
import { listRecords } from '../api/records';
import { exportFile } from '../api/transfer';
import { ProblemAlert } from '../problem/ProblemAlert';
import { keptDrafts } from '../record/draft';
import { useWords } from '../words/useWords';
import { saveDrafts, saveReport } from './keepAside';

export function KeepAside({ site }: { site: string }) {
  const words = useWords();
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const on = (kinds.data ?? []).filter((kind) => kind.on);
  const counts = useQueries({
    queries: on.map((kind) => ({
      queryKey: [...keys.list(kind.kind), 'count'],
      queryFn: async () => (await listRecords(kind.kind, [['limit', '1'], ['columns', kind.title]])).total,
    })),
  });
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState<unknown>();
  // A browser shows its downloads itself; the app's window says where a file lies.
  const [place, setPlace] = useState<string>();
  const drafts = keptDrafts().length;
  const keep = async (name: string, work: () => Promise<string | undefined>) => {
    setBusy(name);
    setProblem(undefined);
    setPlace(undefined);
    try {
      setPlace(await work());
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy('');
    }
  };
  const failed = kinds.error ?? counts.find((count) => count.error)?.error;
  return (
    <Stack gap="sm">
      <Text size="sm">{words.text('repair.keep.what')}</Text>
      {failed ? <ProblemAlert error={failed} /> : null}
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {place ? (
        <Text size="sm" role="status">
          {words.text('repair.keep.place', { place })}
        </Text>
      ) : null}
      <Table.ScrollContainer minWidth={420}>
        <Table aria-label={words.text('repair.step.keep')}>
          <Table.Tbody>
            <Table.Tr>
              <Table.Td>
                <Text size="sm">{words.text('repair.keep.report')}</Text>
                <Text size="xs" c="dimmed">
                  {words.text('repair.keep.report.what')}
                </Text>
              </Table.Td>
              <Table.Td ta="end">
                <Button size="compact-sm" variant="default" loading={busy === 'report'} onClick={() => void keep('report', () => saveReport(site))}>
                  {words.text('repair.keep.save')}
                </Button>
              </Table.Td>
            </Table.Tr>
            {drafts > 0 ? (
              <Table.Tr>
                <Table.Td>
                  <Text size="sm">{words.text('repair.keep.drafts', { count: drafts })}</Text>
                  <Text size="xs" c="dimmed">
                    {words.text('repair.keep.drafts.what')}
                  </Text>
                </Table.Td>
                <Table.Td ta="end">
                  <Button size="compact-sm" variant="default" loading={busy === 'drafts'} onClick={() => void keep('drafts', () => saveDrafts(site))}>
                    {words.text('repair.keep.save')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ) : null}
            {on.map((kind, at) =>
              (counts[at]?.data ?? 0) > 0 ? (
                <Table.Tr key={kind.kind}>
                  <Table.Td>
                    <bdi>{words.kind(kind.kind, kind.label)}</bdi>{' '}
                    <Text span size="sm" c="dimmed">
                      {words.text('grid.count', { count: counts[at]?.data ?? 0 })}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="end">
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      {(['csv', 'xlsx'] as const).map((format) => (
                        <Button
                          key={format}
                          size="compact-sm"
                          variant="default"
                          aria-label={`${words.kind(kind.kind, kind.label)} ${format.toUpperCase()}`}
                          loading={busy === `${kind.kind}.${format}`}
                          onClick={() => void keep(`${kind.kind}.${format}`, () => exportFile(kind.kind, format, [], kind.kind))}
                        >
                          {format.toUpperCase()}
                        </Button>
                      ))}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ) : null,
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
