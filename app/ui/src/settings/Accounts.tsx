// Accounts: one's own, and those of this site with their tokens. Who keeps them makes new ones, sets passwords and roles, locks; who may see
// them sees who there is.
import { Badge, Button, Card, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { accountQuery, answer, api, Ask, isLongEnough, keys, ProblemAlert, rolesQuery, staffQuery, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { signOut } from '../shell/session';
import { NewAccount } from './NewAccount';
import { NewPassword } from './NewPassword';
import { RolesOf } from './RolesOf';
import { roleName } from './roleWords';
import { Tokens } from './Tokens';

export function Accounts() {
  const account = useQuery(accountQuery);
  if (account.error) return <ProblemAlert error={account.error} />;
  if (!account.data) return null;
  return (
    <Stack>
      <Own account={account.data} />
      {account.data.granted.staff ? <Staff keeps={account.data.keeps_accounts} /> : null}
      {account.data.keeps_accounts ? <NewAccount /> : null}
      {account.data.granted.staff ? <Tokens keeps={account.data.keeps_accounts} /> : null}
    </Stack>
  );
}

function Own({ account }: { account: Schemas['AccountShown'] }) {
  const words = useWords();
  const toasts = useToasts();
  const [changing, setChanging] = useState(false);
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const [refused, setRefused] = useState<unknown>();
  const close = () => {
    setChanging(false);
    setPresent('');
    setNext('');
    setRefused(undefined);
  };
  const change = async () => {
    await answer(api.POST('/api/v1/account/password', { body: { present, new: next } })).catch(heard(setRefused));
    close();
    toasts.say(words.text('account.password.changed'));
  };
  return (
    <Card withBorder component="section" aria-labelledby="own-account">
      <Title order={2} size="h5" id="own-account" mb="xs">
        {words.text('account.own')}
      </Title>
      <Text size="sm" mb="sm">
        {account.login == null ? words.text('account.operator', { author: account.author }) : words.text('account.is', { name: account.name ?? '', author: account.author })}
      </Text>
      {account.login == null ? null : (
        <Text size="sm" mb="sm">
          {account.roles.length === 0 ? words.text('account.roles.none') : words.text('account.roles', { roles: account.roles.map((key) => roleName(words, { key, name: '', built_in: true })).join(', ') })}
        </Text>
      )}
      {account.login == null ? null : (
        <Group>
          <Button variant="default" onClick={() => setChanging(true)}>
            {words.text('account.password.change')}
          </Button>
          <Button variant="default" onClick={() => void signOut()}>
            {words.text('account.leave')}
          </Button>
        </Group>
      )}
      {changing ? (
        <Ask title={words.text('account.password.change')} yes={words.text('account.password.change.do')} act={change} close={close} hasField unready={present === '' || !isLongEnough(next)}>
          <TextInput
            data-autofocus
            type="password"
            label={words.text('account.password.present')}
            autoComplete="current-password"
            value={present}
            onChange={(event) => setPresent(event.currentTarget.value)}
          />
          <NewPassword value={next} change={setNext} refused={refused} />
        </Ask>
      ) : null}
    </Card>
  );
}

/** Hears of a refusal on its way to the dialog. */
const heard = (hear: (error: unknown) => void) => (error: unknown) => {
  hear(error);
  throw error;
};

type Member = Schemas['StaffMember'];

function Staff({ keeps }: { keeps: boolean }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const staff = useQuery(staffQuery);
  const roles = useQuery(rolesQuery);
  const [setting, setSetting] = useState<Member>();
  const [choosing, setChoosing] = useState<Member>();
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState<unknown>();
  const [problem, setProblem] = useState<unknown>();
  const closeSetting = () => {
    setSetting(undefined);
    setPassword('');
    setRefused(undefined);
  };
  const set = async ({ id, name }: Member) => {
    await answer(api.POST('/api/v1/staff/{name}/password', { params: { path: { name: id } }, body: { password } })).catch(heard(setRefused));
    closeSetting();
    void client.invalidateQueries({ queryKey: keys.staff });
    toasts.say(words.text('staff.password.set', { name }));
  };
  const lock = async ({ id, locked }: Member) => {
    setProblem(undefined);
    try {
      await answer(api.POST('/api/v1/staff/{name}/lock', { params: { path: { name: id } }, body: { locked: !locked } }));
    } catch (error) {
      setProblem(error);
    } finally {
      void client.invalidateQueries({ queryKey: keys.staff });
    }
  };
  const named = (key: string) => {
    const known = roles.data?.find((role) => role.key === key);
    return known ? roleName(words, known) : key;
  };
  if (staff.error) return <ProblemAlert error={staff.error} />;
  if (!staff.data) return null;
  return (
    <Card withBorder component="section" aria-labelledby="staff">
      <Title order={2} size="h5" id="staff" mb="xs">
        {words.text('staff.title')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text(staff.data.length === 0 ? 'staff.none' : keeps ? 'staff.what' : 'staff.elsewhere')}
      </Text>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {staff.data.length === 0 ? null : (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('account.login')}</Table.Th>
                <Table.Th>{words.text('sites.name')}</Table.Th>
                <Table.Th>{words.text('roles.title')}</Table.Th>
                <Table.Th>{words.text('staff.state')}</Table.Th>
                {keeps ? (
                  <Table.Th>
                    <span className="visually-hidden">{words.text('record.line.actions')}</span>
                  </Table.Th>
                ) : null}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {staff.data.map((member) => (
                <Table.Tr key={member.id}>
                  <Table.Td>{member.login}</Table.Td>
                  <Table.Td>
                    <bdi>{member.name}</bdi>
                  </Table.Td>
                  <Table.Td>{member.roles.map(named).join(', ')}</Table.Td>
                  <Table.Td>
                    <State member={member} />
                  </Table.Td>
                  {keeps ? (
                    <Table.Td ta="end">
                      <Group justify="flex-end" gap="xs" wrap="nowrap">
                        <Button size="compact-sm" variant="light" aria-label={words.text('roles.of', { name: member.name })} onClick={() => setChoosing(member)}>
                          {words.text('roles.of.do')}
                        </Button>
                        <Button size="compact-sm" variant="light" aria-label={words.text('staff.password', { name: member.name })} onClick={() => setSetting(member)}>
                          {words.text('staff.password.do')}
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="light"
                          aria-label={words.text(member.locked ? 'staff.unlock' : 'staff.lock', { name: member.name })}
                          onClick={() => void lock(member)}
                        >
                          {words.text(member.locked ? 'staff.unlock.do' : 'staff.lock.do')}
                        </Button>
                      </Group>
                    </Table.Td>
                  ) : null}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {setting ? (
        <Ask title={words.text('staff.password', { name: setting.name })} yes={words.text('staff.password.do')} act={() => set(setting)} close={closeSetting} hasField unready={!isLongEnough(password)}>
          <Text size="sm">{words.text('staff.password.what')}</Text>
          <NewPassword value={password} change={setPassword} refused={refused} focused />
        </Ask>
      ) : null}
      {choosing ? <RolesOf member={choosing} close={() => setChoosing(undefined)} /> : null}
    </Card>
  );
}

function State({ member }: { member: Member }) {
  const words = useWords();
  const state = member.archived ? 'archived' : member.locked ? 'locked' : member.has_password ? 'in' : 'no-password';
  return (
    <Badge variant="light" color={state === 'in' ? 'teal' : 'gray'}>
      {words.text(`staff.state.${state}`)}
    </Badge>
  );
}
