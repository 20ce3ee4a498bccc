// Who may sign in at the console: made, given another role, kept out, let in, begun anew. Owns which dialog is open; a set-up code is shown once.
import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Ask, ProblemAlert, useToasts } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schemas } from '../api/client';
import { accountsQuery, done, keys, sessionQuery } from '../api/queries';
import { useWords } from '../words/useWords';
import { NewAccount } from './NewAccount';
import { RoleDialog } from './RoleDialog';
import { SetupGiven } from './SetupGiven';

type Account = Schemas['Account'];
type Asking = { about: Account; what: 'role' | 'disable' | 'reset' } | { what: 'add' };

export function AccountsScreen() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const accounts = useQuery(accountsQuery);
  const own = useQuery(sessionQuery).data?.name;
  const [asking, setAsking] = useState<Asking>();
  const [given, setGiven] = useState<Schemas['SetupGiven']>();
  const close = () => setAsking(undefined);
  const changed = (said?: string) => {
    close();
    void client.invalidateQueries({ queryKey: keys.accounts });
    if (said !== undefined) toasts.say(said);
  };
  const path = (account: Account) => ({ params: { path: { name: account.name } } });
  const disable = async (account: Account) => {
    await done(answer(api.POST('/api/v1/accounts/{name}/disable', path(account))));
    changed(words.text('accounts.disabled', { name: account.name }));
  };
  const enable = async (account: Account) => {
    try {
      await done(answer(api.POST('/api/v1/accounts/{name}/enable', path(account))));
      changed(words.text('accounts.enabled', { name: account.name }));
    } catch (error) {
      toasts.fail(error);
    }
  };
  const reset = async (account: Account) => {
    setGiven(await done(answer(api.POST('/api/v1/accounts/{name}/reset', path(account)))));
    changed();
  };
  return (
    <Stack maw={1000}>
      <Group justify="space-between">
        <Title order={1} size="h3">
          {words.text('accounts.title')}
        </Title>
        <Button size="sm" onClick={() => setAsking({ what: 'add' })}>
          {words.text('accounts.add')}
        </Button>
      </Group>
      {accounts.error ? <ProblemAlert error={accounts.error} /> : null}
      <Table.ScrollContainer minWidth={900} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('accounts.name')}</Table.Th>
              <Table.Th>{words.text('accounts.role')}</Table.Th>
              <Table.Th>{words.text('accounts.state')}</Table.Th>
              <Table.Th>{words.text('accounts.added')}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.text('accounts.acts')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(accounts.data?.accounts ?? []).map((account) => (
              <Table.Tr key={account.name}>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <bdi>{account.name}</bdi>
                    {account.name === own ? <Badge variant="default" style={{ flexShrink: 0 }}>{words.text('accounts.own')}</Badge> : null}
                  </Group>
                </Table.Td>
                <Table.Td>{words.role(account.role)}</Table.Td>
                <Table.Td>
                  <State account={account} />
                </Table.Td>
                <Table.Td>{words.moment(account.added)}</Table.Td>
                <Table.Td ta="end">
                  <Group justify="flex-end" gap="xs" wrap="nowrap">
                    <Act label={words.text('accounts.role.of', { name: account.name })} run={() => setAsking({ about: account, what: 'role' })}>
                      {words.text('accounts.role.do')}
                    </Act>
                    <Act label={words.text('accounts.reset.of', { name: account.name })} run={() => setAsking({ about: account, what: 'reset' })}>
                      {words.text('accounts.reset.do')}
                    </Act>
                    {account.disabled ? (
                      <Act label={words.text('accounts.enable.of', { name: account.name })} run={() => void enable(account)}>
                        {words.text('accounts.enable.do')}
                      </Act>
                    ) : (
                      <Act label={words.text('accounts.disable.of', { name: account.name })} run={() => setAsking({ about: account, what: 'disable' })}>
                        {words.text('accounts.disable.do')}
                      </Act>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {asking?.what === 'add' ? (
        <NewAccount
          close={close}
          added={(given) => {
            changed();
            setGiven(given);
          }}
        />
      ) : null}
      {asking?.what === 'role' ? <RoleDialog account={asking.about} close={close} changed={changed} /> : null}
      {asking?.what === 'disable' ? (
        <Ask title={words.text('accounts.disable.of', { name: asking.about.name })} yes={words.text('accounts.disable.do')} act={() => disable(asking.about)} close={close}>
          <Text size="sm">{words.text('accounts.disable.what')}</Text>
        </Ask>
      ) : null}
      {asking?.what === 'reset' ? (
        <Ask title={words.text('accounts.reset.of', { name: asking.about.name })} yes={words.text('accounts.reset.do')} act={() => reset(asking.about)} close={close}>
          <Text size="sm">{words.text('accounts.reset.what')}</Text>
        </Ask>
      ) : null}
      {given ? <SetupGiven given={given} close={() => setGiven(undefined)} /> : null}
    </Stack>
  );
}

function Act({ label, run, children }: { label: string; run: () => void; children: string }) {
  return (
    <Button size="compact-sm" variant="light" aria-label={label} onClick={run}>
      {children}
    </Button>
  );
}

function State({ account }: { account: Account }) {
  const words = useWords();
  if (account.disabled) return <Badge variant="light" color="gray">{words.text('accounts.state.disabled')}</Badge>;
  if (account.set_up) {
    return (
      <Group gap="xs">
        <Badge variant="light" color="teal" style={{ flexShrink: 0 }}>
          {words.text('accounts.state.in')}
        </Badge>
        <Text size="xs">{words.text('accounts.recovery', { count: account.recovery_codes })}</Text>
      </Group>
    );
  }
  return <Text size="sm">{account.setup_until == null ? words.text('accounts.state.stale') : words.text('accounts.state.waits', { until: words.moment(account.setup_until) })}</Text>;
}
