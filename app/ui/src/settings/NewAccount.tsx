// A new account of this site: the name to sign in with, the person's own, a first password, the roles. A script's has no password.
import { Button, Card, Checkbox, Group, TextInput, Title } from '@mantine/core';
import { answer, api, isLongEnough, keys, ProblemAlert, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { NewPassword } from './NewPassword';
import { RoleChoice } from './RolesOf';

export function NewAccount() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [login, setLogin] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isScript, setIsScript] = useState(false);
  const [roles, setRoles] = useState<string[]>([]);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  useUnsaved(login.trim() !== '' || name.trim() !== '');
  const add = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const made = await answer(api.POST('/api/v1/staff', { body: { login: login.trim(), name: name.trim(), ...(isScript ? {} : { password }), roles } }));
      setLogin('');
      setName('');
      setPassword('');
      setRoles([]);
      void client.invalidateQueries({ queryKey: keys.staff });
      toasts.say(words.text(isScript ? 'staff.added.script' : 'staff.added', { name: made.name }));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card withBorder component="section" aria-labelledby="new-account">
      <Title order={2} size="h5" id="new-account" mb="xs">
        {words.text('staff.add')}
      </Title>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Group align="end">
          <TextInput
            size="sm"
            label={words.text('account.login')}
            description={words.text('staff.login.what')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <TextInput size="sm" label={words.text('sites.name')} autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />
          {isScript ? null : <NewPassword value={password} change={setPassword} refused={problem} />}
          <Checkbox size="sm" label={words.text('staff.script')} checked={isScript} onChange={(event) => setIsScript(event.currentTarget.checked)} />
          <RoleChoice label={words.text('roles.title')} chosen={roles} change={setRoles} />
          <Button size="sm" type="submit" loading={busy} disabled={login.trim() === '' || (!isScript && !isLongEnough(password))}>
            {words.text('staff.add.do')}
          </Button>
        </Group>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
    </Card>
  );
}
