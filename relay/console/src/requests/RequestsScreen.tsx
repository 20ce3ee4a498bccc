// What is asked of nodes: of headquarters, which approves or declines it, and of a site, to judge an entry again; by whom, why, and what became of it.
import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { requestsQuery } from '../api/queries';
import { Refused } from '../shell/Refused';
import { useMay } from '../shell/role';
import { useWords } from '../words/useWords';
import { Entry } from './Entry';
import { InviteDialog } from './InviteDialog';
import { Outcome } from './Outcome';
import type { Request } from './request';

export function RequestsScreen() {
  const words = useWords();
  const requests = useQuery(requestsQuery);
  const mayAct = useMay('operator');
  const [inviting, setInviting] = useState(false);
  if (requests.error && !requests.data) return <Refused title={words.text('requests.title')} error={requests.error} />;
  const shown = requests.data?.requests ?? [];
  return (
    <Stack maw={1100}>
      <Group justify="space-between">
        <Title order={1} size="h3">
          {words.text('requests.title')}
        </Title>
        {mayAct ? (
          <Button size="sm" onClick={() => setInviting(true)}>
            {words.text('invite.open')}
          </Button>
        ) : null}
      </Group>
      <Text size="sm">{words.text('requests.what')}</Text>
      {requests.data && shown.length === 0 ? <Text role="status">{words.text('requests.none')}</Text> : null}
      {shown.length > 0 ? <Lines requests={shown} /> : null}
      {inviting ? <InviteDialog close={() => setInviting(false)} /> : null}
    </Stack>
  );
}

function Lines({ requests }: { requests: Request[] }) {
  const words = useWords();
  return (
    <Table.ScrollContainer minWidth={820} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('requests.asked')}</Table.Th>
            <Table.Th>{words.text('requests.by')}</Table.Th>
            <Table.Th>{words.text('requests.at')}</Table.Th>
            <Table.Th>{words.text('ask.reason')}</Table.Th>
            <Table.Th>{words.text('requests.outcome')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {requests.map((request) => (
            <Table.Tr key={request.id} data-request={request.act}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {words.request(request)}
                {request.entry == null ? null : (
                  <div>
                    <Entry hash={request.entry} />
                  </div>
                )}
              </Table.Td>
              <Table.Td>
                <bdi>{request.by}</bdi>
              </Table.Td>
              <Table.Td>{words.moment(request.at)}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <bdi>{request.reason}</bdi>
              </Table.Td>
              <Table.Td>
                <Outcome request={request} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
