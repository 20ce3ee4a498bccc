// Demo data, in and out: offered once a node is set up, and in settings.
import { Button, Card, Text, Title } from '@mantine/core';
import { answer, api, demoQuery, keys, organisationQuery, paths, PlaceLink, ProblemAlert, useToasts, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function DemoData({ withLinks = false }: { withLinks?: boolean }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const demo = useQuery(demoQuery);
  const organisation = useQuery(organisationQuery);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  const records = demo.data?.records ?? 0;
  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      toasts.say(await work());
    } catch (error) {
      setProblem(error);
    } finally {
      for (const queryKey of [keys.demo, keys.batches, ['list']]) void client.invalidateQueries({ queryKey });
      setBusy(false);
    }
  };
  const add = () =>
    act(async () => words.text('demo.added', { count: (await answer(api.POST('/api/v1/demo'))).records }));
  const remove = () =>
    act(async () => {
      const { archived, left } = await answer(api.DELETE('/api/v1/demo'));
      return words.text('demo.removed', { archived, left });
    });
  return (
    <Card withBorder component="section" aria-labelledby="demo">
      <Title order={2} size="h5" id="demo" mb="xs">
        {words.text('settings.demo')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text('demo.what')}
      </Text>
      {demo.error ? <ProblemAlert error={demo.error} /> : null}
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {demo.data && records > 0 ? (
        <>
          <Text size="sm" mb="sm">
            {words.text('demo.there', { count: records })}
            {withLinks ? (
              <>
                {' '}
                <PlaceLink underline="always" to={paths.list('party', [['search', 'DEMO']])}>{words.kind('party')}</PlaceLink>
                {' · '}
                <PlaceLink underline="always" to={paths.list('item', [['search', 'DEMO']])}>{words.kind('item')}</PlaceLink>
              </>
            ) : null}
          </Text>
          <Button variant="default" loading={busy} onClick={() => void remove()}>
            {words.text('demo.remove')}
          </Button>
        </>
      ) : null}
      {demo.data && records === 0 ? (
        isHeadquarters ? (
          <Button variant="light" loading={busy} onClick={() => void add()}>
            {words.text('demo.add')}
          </Button>
        ) : (
          <Text size="sm">{words.text('demo.elsewhere')}</Text>
        )
      ) : null}
      {busy ? (
        <Text size="sm" mt="xs" role="status">
          {words.text(records > 0 ? 'demo.removing' : 'demo.adding')}
        </Text>
      ) : null}
    </Card>
  );
}
