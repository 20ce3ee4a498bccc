// What is seen before anybody is signed in: what happened, and how to get a link.
import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { asProblem, ProblemAlert, useWords } from '@comptoir/kit';
import { LanguageSwitch } from './LanguageSwitch';
import { BranchForm } from '../window/BranchForm';
import { LeaveBranch } from '../window/LeaveBranch';
import { inWindow } from '../window/window';
import { usePreferences } from './Preferences';
import { overNetwork } from './session';

export function SignIn({ error, retry }: { error: unknown; retry: () => void }) {
  const words = useWords();
  const { signInProblem } = usePreferences();
  const isStranger = asProblem(error).code === 'unauthorised';
  return (
    <Container size="xs" pt="10vh" component="main">
      <Stack>
        <img src="/favicon.svg" alt="" width={44} height={44} />
        <Title order={1} size="h3">
          {words.text(isStranger ? 'signin.title' : 'signin.away')}
        </Title>
        {signInProblem ? <ProblemAlert error={signInProblem} /> : null}
        {isStranger && inWindow ? (
          <>
            <Text>{words.text('branch.sentAway')}</Text>
            <BranchForm />
          </>
        ) : isStranger && overNetwork ? (
          <Text>{words.text('signin.network')}</Text>
        ) : isStranger ? (
          <>
            <Text>{words.text('signin.what')}</Text>
            <Code block>comptoir-node open</Code>
          </>
        ) : (
          <ProblemAlert error={error} />
        )}
        <Button onClick={retry} w="fit-content">
          {words.text('action.retry')}
        </Button>
        <LeaveBranch />
        <LanguageSwitch />
      </Stack>
    </Container>
  );
}
