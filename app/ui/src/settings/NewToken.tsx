// A new token: for which account, what it is for, its last day. The secret is shown this once, to copy.
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { answer, api, DayInput, keys, ProblemAlert, staffQuery, ToCopy, useUnsaved, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function NewToken() {
  const words = useWords();
  const client = useQueryClient();
  const staff = useQuery(staffQuery);
  const [account, setAccount] = useState<string | null>(null);
  const [label, setLabel] = useState('');
  const [until, setUntil] = useState('');
  const [secret, setSecret] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  useUnsaved(label.trim() !== '');
  const usable = (staff.data ?? []).filter((member) => !member.archived);
  const make = async () => {
    if (account === null) return;
    setBusy(true);
    setProblem(undefined);
    setSecret(undefined);
    try {
      const made = await answer(api.POST('/api/v1/staff/tokens', { body: { account, label: label.trim(), ...(until === '' ? {} : { until }) } }));
      setSecret(made.secret);
      setLabel('');
      setUntil('');
      void client.invalidateQueries({ queryKey: keys.tokens });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (usable.length === 0) return null;
  return (
    <Stack>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Group align="end">
          <Select
            size="sm"
            label={words.text('tokens.account')}
            data={usable.map((member) => ({ value: member.id, label: member.login }))}
            value={account}
            onChange={setAccount}
          />
          <TextInput size="sm" label={words.text('tokens.label')} description={words.text('tokens.label.what')} autoComplete="off" value={label} onChange={(event) => setLabel(event.currentTarget.value)} />
          <DayInput size="sm" label={words.text('tokens.until')} description={words.text('tokens.until.what')} value={until} change={setUntil} asTyped />
          <Button size="sm" type="submit" loading={busy} disabled={account === null || label.trim() === ''}>
            {words.text('tokens.make')}
          </Button>
        </Group>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {secret === undefined ? null : (
        <Stack role="status">
          <ToCopy text={secret} copy={words.text('tokens.copy')}>
            <Text size="sm" fw={600}>
              {words.text('tokens.once')}
            </Text>
          </ToCopy>
        </Stack>
      )}
    </Stack>
  );
}
