// Bringing countries, subdivisions and currencies up to the edition that the program carries: told first, then done as one act.
import { Button, Group, Loader, Stack, Table, Text } from '@mantine/core';
import { answer, api, Dialog, formatDay, keys, organisationQuery, ProblemAlert, useToasts, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function UpdateEdition() {
  const words = useWords();
  const [opened, setOpened] = useState(false);
  const organisation = useQuery(organisationQuery);
  if (!organisation.data?.sites.some((site) => site.here && site.headquarters)) return null;
  return (
    <>
      <Button variant="default" size="sm" onClick={() => setOpened(true)}>
        {words.text('edition.update')}
      </Button>
      {opened ? <Asked close={() => setOpened(false)} /> : null}
    </>
  );
}

const SHOWN = 12;

function Asked({ close }: { close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const would = useQuery({
    queryKey: ['edition'],
    queryFn: () => answer(api.POST('/api/v1/reference/update', { params: { query: { dry_run: true } } })),
    staleTime: 0,
    gcTime: 0,
  });
  const update = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const report = await answer(api.POST('/api/v1/reference/update', { params: { query: { dry_run: false } } }));
      for (const kind of ['country', 'subdivision', 'currency']) void client.invalidateQueries({ queryKey: keys.list(kind) });
      void client.invalidateQueries({ queryKey: keys.batches });
      toasts.say(words.text('edition.done', { created: report.created, changed: report.changed }));
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const edition = would.data ? formatDay(words.intl, would.data.edition) : '';
  const same = would.data?.created === 0 && would.data.changed === 0;
  return (
    <Dialog title={words.text('edition.title')} close={close} size="lg">
      <Stack>
        {would.error ? <ProblemAlert error={would.error} /> : null}
        {would.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
        {would.data ? (
          <Text size="sm">
            {same
              ? words.text('edition.same', { edition })
              : words.text('edition.what', { edition, created: would.data.created, changed: would.data.changed })}
          </Text>
        ) : null}
        {(would.data?.differences.length ?? 0) > 0 ? (
          <Table fz="sm">
            <Table.Tbody>
              {would.data?.differences.slice(0, SHOWN).map((difference) => (
                <Table.Tr key={`${difference.kind}-${difference.code}-${difference.field}`}>
                  <Table.Td>{difference.code}</Table.Td>
                  <Table.Td>
                    <s>{difference.before}</s> → {difference.after}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        ) : null}
        {problem ? <ProblemAlert error={problem} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.text(same ? 'action.close' : 'action.cancel')}
          </Button>
          {would.data && !same ? (
            <Button loading={busy} onClick={() => void update()}>
              {words.text('edition.do')}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Dialog>
  );
}
