// Acts over many records, of every site, and taking one back as one.
import { Button, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { asProblem, batchesQuery, keys, ProblemAlert, undoBatch, useToasts, useWords, type Batch } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function ImportsScreen() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const batches = useQuery(batchesQuery);
  const [busy, setBusy] = useState<Batch>();
  const [problem, setProblem] = useState<unknown>();
  const undo = async (batch: Batch) => {
    setBusy(batch);
    setProblem(undefined);
    try {
      const undone = await undoBatch(batch.id, batch.site);
      toasts.say(words.text('imports.undone', { archived: undone.archived, reverted: undone.reverted, left: undone.left }));
      void client.invalidateQueries({ queryKey: ['list'] });
      void client.invalidateQueries({ queryKey: keys.batches });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <Stack maw={960}>
      <Title order={1} size="h3">
        {words.text('imports.title')}
      </Title>
      <Text size="sm">{words.text('imports.what')}</Text>
      {batches.error ? <ProblemAlert error={batches.error} /> : null}
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {busy ? (
        <Group gap="xs">
          <Loader size="xs" />
          <Text size="sm" role="status">
            {words.text('imports.undoing', { count: busy.changes })}
          </Text>
        </Group>
      ) : null}
      {batches.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {batches.data?.length === 0 ? <Text>{words.text('imports.none')}</Text> : null}
      {(batches.data?.length ?? 0) > 0 ? (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('sync.when')}</Table.Th>
                <Table.Th>{words.text('sync.act')}</Table.Th>
                <Table.Th>{words.text('sync.from')}</Table.Th>
                <Table.Th ta="end">{words.text('sync.changes')}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {batches.data?.map((batch) => (
                <Table.Tr key={`${batch.site}-${batch.id}`}>
                  <Table.Td>{words.moment(batch.first)}</Table.Td>
                  <Table.Td>
                    {words.kind(batch.command.split('.')[0] ?? '')} · {words.command(batch.command)}
                  </Table.Td>
                  <Table.Td>
                    <bdi>
                      {words.author(batch.author, batch.site)}
                    </bdi>
                  </Table.Td>
                  <Table.Td ta="end">{words.count(batch.changes)}</Table.Td>
                  <Table.Td ta="end">
                    <Button size="compact-sm" variant="light" loading={busy?.id === batch.id && busy.site === batch.site} disabled={busy !== undefined} onClick={() => void undo(batch)}>
                      {words.text('imports.takeBack')}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}
