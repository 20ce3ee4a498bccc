// What is seen on a node that is not set up yet: start an organisation or join one, and what came of it. Follows the node's own
// state, so that it goes on after a reload, and after a restart of the node.
import { Alert, Container, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { asProblem, LanguageSwitch, setupQuery, statusQuery, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { SignIn } from '../shell/SignIn';
import { BranchForm } from '../window/BranchForm';
import { Choose, type Way } from './Choose';
import { Finish } from './Finish';
import { JoinForm } from './JoinForm';
import { JoinProgress } from './JoinProgress';
import { linkedCode } from './joinLink';
import { StartForm } from './StartForm';

export default function FirstRun({ done }: { done: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const setup = useQuery(setupQuery);
  const [way, setWay] = useState<Way>(() => (linkedCode() === '' ? 'choose' : 'join'));
  const [founded, setFounded] = useState<Schemas['FoundedShown']>();
  const state = setup.data?.state;
  useEffect(() => {
    if (state === 'ready') void client.invalidateQueries({ queryKey: statusQuery.queryKey });
  }, [client, state]);
  if (setup.error && asProblem(setup.error).code === 'unauthorised') {
    return <SignIn error={setup.error} retry={() => void setup.refetch()} />;
  }
  const end = () => {
    // What was asked before there was a node was answered with a refusal.
    void client.invalidateQueries();
    done();
  };
  const begin = () => void setup.refetch();
  return (
    <Container size="sm" py="6vh" component="main">
      <Stack gap="lg">
        <Group justify="space-between">
          <Group gap="sm">
            <img src="/favicon.svg" alt="" width={36} height={36} />
            <Title order={1} size="h3">
              {words.text(state === 'ready' ? 'first.done' : 'first.title')}
            </Title>
          </Group>
          <LanguageSwitch />
        </Group>
        {setup.error ? (
          <Alert color="red" role="alert" title={words.problem(asProblem(setup.error).code)}>
            {words.advice(asProblem(setup.error).code)}
          </Alert>
        ) : null}
        {state === undefined && !setup.error ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
        {state === 'empty' && way === 'choose' && !setup.data?.refused ? <Choose choose={setWay} /> : null}
        {state === 'empty' && way === 'start' ? (
          <StartForm
            back={() => setWay('choose')}
            founded={(founded) => {
              setFounded(founded);
              begin();
            }}
          />
        ) : null}
        {state === 'empty' && (way === 'join' || (way === 'choose' && setup.data?.refused)) ? (
          <JoinForm refused={setup.data?.refused ?? undefined} back={() => setWay('start-or-join')} begun={begin} />
        ) : null}
        {state === 'empty' && way === 'branch' ? <BranchForm back={() => setWay('choose')} /> : null}
        {state === 'empty' && way === 'start-or-join' ? <Choose choose={setWay} /> : null}
        {state === 'joining' && setup.data?.join ? <JoinProgress join={setup.data.join} changed={begin} /> : null}
        {state === 'founding' || state === 'opening' ? (
          <Group role="status">
            <Loader size="sm" />
            <Text>{words.text('first.opening')}</Text>
          </Group>
        ) : null}
        {state === 'ready' ? <Finish founded={founded} done={end} /> : null}
      </Stack>
    </Container>
  );
}
