// Signing in: name and password, then six digits or a recovery code. Owns the two halves; what is typed stands nowhere but in its field.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { asProblem, PlaceLink, ProblemAlert } from '@comptoir/kit';
import { useState, type SyntheticEvent } from 'react';
import { answer, api, type Schemas } from '../api/client';
import { client, keys } from '../api/queries';
import { useWords } from '../words/useWords';
import { CodeField } from './CodeField';
import { Outside } from './Outside';
import { places } from './place';

export function SignIn() {
  const words = useWords();
  const [challenge, setChallenge] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const refused = (error: unknown) => {
    setProblem(error);
    if (error !== undefined && asProblem(error).code === 'challenge-unknown') setChallenge(undefined);
  };
  return (
    <Outside title={words.text('signin.title')}>
      {problem ? <ProblemAlert error={problem} /> : null}
      {challenge === undefined ? <Password taken={setChallenge} refused={refused} /> : <SecondFactor challenge={challenge} refused={refused} back={() => setChallenge(undefined)} />}
      <PlaceLink to={places.setup}>{words.text('signin.setup')}</PlaceLink>
    </Outside>
  );
}

/** A form that asks one thing at a time, and says how it ended. */
function useAsking(refused: (error: unknown) => void, ask: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    refused(undefined);
    ask().catch(refused).finally(() => setBusy(false));
  };
  return { busy, onSubmit };
}

function Password({ taken, refused }: { taken: (challenge: string) => void; refused: (error: unknown) => void }) {
  const words = useWords();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, onSubmit } = useAsking(refused, async () => {
    try {
      taken((await answer(api.POST('/api/v1/sign-in', { body: { name: name.trim(), password } }))).challenge);
    } finally {
      setPassword('');
    }
  });
  return (
    <form noValidate onSubmit={onSubmit}>
      <Stack>
        <TextInput autoFocus label={words.text('signin.name')} autoComplete="username" autoCapitalize="none" spellCheck={false} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput type="password" label={words.text('signin.password')} autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
        <Button type="submit" loading={busy} disabled={name.trim() === '' || password === ''}>
          {words.text('signin.next')}
        </Button>
      </Stack>
    </form>
  );
}

function SecondFactor({ challenge, refused, back }: { challenge: string; refused: (error: unknown) => void; back: () => void }) {
  const words = useWords();
  const [isRecovery, setIsRecovery] = useState(false);
  const [code, setCode] = useState('');
  const { busy, onSubmit } = useAsking(refused, async () => {
    const borne: Schemas['SecondFactor'] = { challenge, ...(isRecovery ? { recovery_code: code.trim() } : { code }) };
    try {
      client.setQueryData(keys.session, await answer(api.POST('/api/v1/sign-in/second-factor', { body: borne })));
    } finally {
      setCode('');
    }
  });
  return (
    <form noValidate onSubmit={onSubmit}>
      <Stack>
        {isRecovery ? (
          <TextInput
            key="recovery"
            autoFocus
            label={words.text('signin.recovery')}
            description={words.text('signin.recovery.what')}
            autoComplete="off"
            spellCheck={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        ) : (
          <CodeField key="digits" focused value={code} change={setCode} what={words.text('signin.code.what')} />
        )}
        <Button type="submit" loading={busy} disabled={isRecovery ? code.trim() === '' : code.length < 6}>
          {words.text('signin.do')}
        </Button>
        <Group justify="space-between">
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              setIsRecovery(!isRecovery);
              setCode('');
            }}
          >
            {words.text(isRecovery ? 'signin.byCode' : 'signin.byRecovery')}
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={back}>
            {words.text('signin.other')}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {words.text('signin.lost')}
        </Text>
      </Stack>
    </form>
  );
}
