// What is seen before anybody is signed in: name and password where there are accounts; else what happened, and how to get a link.
import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { asProblem, entryQuery, LanguageSwitch, ProblemAlert, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { SignInForm } from './SignInForm';
import { BranchForm } from '../window/BranchForm';
import { LeaveBranch } from '../window/LeaveBranch';
import { inWindow } from '../window/window';
import { useSignInProblem } from './Preferences';
import { overNetwork } from './session';

export function SignIn({ error, retry }: { error: unknown; retry: () => void }) {
  const words = useWords();
  const signInProblem = useSignInProblem();
  const { code } = asProblem(error);
  const isNobody = code === 'sign-in-needed';
  const isStranger = code === 'unauthorised';
  const entry = useQuery({ ...entryQuery, enabled: isStranger && !inWindow });
  const byName = isNobody || entry.data?.accounts === true;
  return (
    <Container size="xs" pt="10vh" component="main">
      <Stack>
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <Title order={1} size="h3">
          {words.text(isStranger || isNobody ? 'signin.title' : 'signin.away')}
        </Title>
        {signInProblem ? <ProblemAlert error={signInProblem} /> : null}
        {byName ? <SignInForm done={retry} /> : null}
        {isNobody ? null : isStranger && inWindow ? (
          <>
            <Text>{words.text('branch.sentAway')}</Text>
            <BranchForm />
          </>
        ) : isStranger && overNetwork ? (
          byName ? null : <Text>{words.text('signin.network')}</Text>
        ) : isStranger ? (
          <>
            <Text>{words.text(byName ? 'signin.orLink' : 'signin.what')}</Text>
            <Code block>comptoir-node open</Code>
          </>
        ) : (
          <ProblemAlert error={error} />
        )}
        {byName ? null : (
          <Button onClick={retry} w="fit-content">
            {words.text('action.retry')}
          </Button>
        )}
        <LeaveBranch />
        <LanguageSwitch />
      </Stack>
    </Container>
  );
}
