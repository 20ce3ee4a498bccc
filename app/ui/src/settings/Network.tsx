// The door on the local network: open or shut, what browsers show of its certificate, who was let in, letting one more in. Decided at the
// node's own machine; seen from elsewhere it says so.
import { Alert, Badge, Button, Card, Code, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { answer, api, Ask, asProblem, keys, lanQuery, ProblemAlert, problemOf, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { LeaveBranch } from '../window/LeaveBranch';
import { LetIn } from './LetIn';

const USUAL_ADDRESS = '0.0.0.0:7443';

export function Network() {
  const words = useWords();
  const lan = useQuery(lanQuery);
  const refused = lan.error ? asProblem(lan.error).code : undefined;
  if (refused === 'only-here' || refused === 'operator-only') {
    return (
      <Stack>
        <Text>{words.text(refused === 'only-here' ? 'network.elsewhere' : 'network.operator')}</Text>
        <LeaveBranch />
      </Stack>
    );
  }
  if (lan.error) return <ProblemAlert error={lan.error} />;
  if (!lan.data) return null;
  return (
    <Stack>
      <DoorCard lan={lan.data} />
      {lan.data.state === 'open' ? <LetIn lan={lan.data} /> : null}
      {lan.data.devices.length > 0 ? <Devices devices={lan.data.devices} /> : null}
    </Stack>
  );
}

function DoorCard({ lan }: { lan: Schemas['LanShown'] }) {
  const words = useWords();
  const client = useQueryClient();
  const [address, setAddress] = useState(lan.listen ?? USUAL_ADDRESS);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const isShut = lan.state === 'shut';
  const wish = async (listen: string | null) => {
    setBusy(true);
    setProblem(undefined);
    try {
      client.setQueryData(keys.lan, await answer(api.PUT('/api/v1/lan', { body: { listen } })));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card withBorder component="section" aria-labelledby="network">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5" id="network">
          {words.text('settings.network')}
        </Title>
        <Badge variant="light" color={lan.state === 'open' ? 'teal' : lan.state === 'failed' ? 'red' : 'gray'}>
          {words.text(`network.state.${lan.state}`)}
        </Badge>
      </Group>
      <Text size="sm" mb="sm">
        {words.text('network.what')}
      </Text>
      {lan.state === 'failed' && lan.trouble ? <ProblemAlert error={problemOf(lan.trouble, 409)} /> : null}
      {lan.state === 'open' ? (
        <Table mb="sm" variant="vertical" layout="auto">
          <Table.Tbody>
            <Table.Tr>
              <Table.Th>{words.text('network.found')}</Table.Th>
              <Table.Td>{lan.addresses.map((address) => (lan.screens ? `https://${address}` : address)).join(', ')}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>{words.text('network.fingerprint')}</Table.Th>
              <Table.Td>
                <Code style={{ overflowWrap: 'anywhere' }}>{lan.fingerprint}</Code>
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      ) : null}
      {lan.state === 'open' && !lan.screens ? (
        <Alert color="yellow" mb="sm" title={words.text('network.noScreens')}>
          {words.text('network.noScreens.what')}
        </Alert>
      ) : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void wish(isShut ? address.trim() : null);
        }}
      >
        <Group align="end">
          {isShut ? (
            <TextInput
              size="sm"
              w={320}
              maw="100%"
              label={words.text('network.address')}
              description={words.text('network.address.what')}
              autoComplete="off"
              spellCheck={false}
              value={address}
              onChange={(event) => setAddress(event.currentTarget.value)}
            />
          ) : null}
          <Button size="sm" type="submit" variant={isShut ? 'filled' : 'default'} loading={busy} disabled={isShut && address.trim() === ''}>
            {words.text(isShut ? 'network.open' : 'network.shut')}
          </Button>
        </Group>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
    </Card>
  );
}

function Devices({ devices }: { devices: Schemas['DeviceShown'][] }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [asking, setAsking] = useState<Schemas['DeviceShown']>();
  const sendAway = async ({ id, name }: Schemas['DeviceShown']) => {
    try {
      await answer(api.DELETE('/api/v1/lan/devices/{id}', { params: { path: { id } } }));
    } finally {
      void client.invalidateQueries({ queryKey: keys.lan });
    }
    setAsking(undefined);
    toasts.say(words.text('network.sentAway', { name }));
  };
  return (
    <Card withBorder component="section" aria-labelledby="devices">
      <Title order={2} size="h5" id="devices" mb="xs">
        {words.text('network.devices')}
      </Title>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sites.name')}</Table.Th>
              <Table.Th>{words.text('network.added')}</Table.Th>
              <Table.Th>{words.text('network.seen')}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.text('record.line.actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {devices.map((device) => (
              <Table.Tr key={device.id}>
                <Table.Td>
                  <bdi>{device.name}</bdi>
                </Table.Td>
                <Table.Td>{words.moment(device.added)}</Table.Td>
                <Table.Td>{words.moment(device.seen)}</Table.Td>
                <Table.Td ta="end">
                  <Button size="compact-sm" variant="light" aria-label={words.text('network.sendAway', { name: device.name })} onClick={() => setAsking(device)}>
                    {words.text('network.sendAway.do')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {asking ? (
        <Ask title={words.text('network.sendAway', { name: asking.name })} yes={words.text('network.sendAway.do')} act={() => sendAway(asking)} close={() => setAsking(undefined)}>
          <Text size="sm">{words.text('network.sendAway.what')}</Text>
        </Ask>
      ) : null}
    </Card>
  );
}
