// Signing in by name and password. Owns the form alone; a password stands nowhere but in its field.
import { Button, Stack, TextInput } from '@mantine/core';
import { answer, api, ProblemAlert, useWords } from '@comptoir/kit';
import { useState } from 'react';

export function SignInForm({ done }: { done: () => void }) {
  const words = useWords();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await answer(api.POST('/api/v1/account/entry', { body: { login: login.trim(), password } }));
      done();
    } catch (error) {
      setProblem(error);
    } finally {
      setPassword('');
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <Stack gap="sm" maw={320}>
        <TextInput
          label={words.text('account.login')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <TextInput
          type="password"
          label={words.text('account.password')}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {problem ? <ProblemAlert error={problem} /> : null}
        <Button type="submit" w="fit-content" loading={busy} disabled={login.trim() === '' || password === ''}>
          {words.text('account.enter')}
        </Button>
      </Stack>
    </form>
  );
}
