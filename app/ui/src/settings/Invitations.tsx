// Invitations that are open: whom they are for, until when they hold, and withdrawing one.
import { Badge, Button, Card, Group, Table, Text, Title } from '@mantine/core';
import { answer, api, Dialog, invitationsQuery, keys, ProblemAlert, regionName, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function Invitations() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const invitations = useQuery(invitationsQuery);
  const [asking, setAsking] = useState<Schemas['InvitationShown']>();
  const [problem, setProblem] = useState<unknown>();
  const withdraw = async ({ id, site }: Schemas['InvitationShown']) => {
    setAsking(undefined);
    setProblem(undefined);
    try {
      await answer(api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }));
      toasts.say(words.text('invitations.withdrawn', { site }));
    } catch (error) {
      setProblem(error);
    }
    void client.invalidateQueries({ queryKey: keys.invitations });
  };
  if (invitations.error) return <ProblemAlert error={invitations.error} />;
  if (!invitations.data || invitations.data.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="invitations">
      <Title order={2} size="h5" id="invitations" mb="xs">
        {words.text('invitations.title')}
      </Title>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              <Table.Th>{words.text('sites.name')}</Table.Th>
              <Table.Th>{words.text('sites.country')}</Table.Th>
              <Table.Th>{words.text('invitations.until')}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.text('record.line.actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {invitations.data.map((invitation) => (
              <Table.Tr key={invitation.id}>
                <Table.Td>{invitation.site}</Table.Td>
                <Table.Td>
                  <bdi>{invitation.name}</bdi>
                </Table.Td>
                <Table.Td>{regionName(words.intl, invitation.country)}</Table.Td>
                <Table.Td>
                  {invitation.expired ? <Badge color="gray">{words.text('invitations.expired')}</Badge> : words.moment(invitation.expires)}
                </Table.Td>
                <Table.Td ta="end">
                  <Button
                    size="compact-sm"
                    variant="light"
                    aria-label={words.text('invitations.withdraw', { site: invitation.site })}
                    onClick={() => setAsking(invitation)}
                  >
                    {words.text('invitations.withdraw.do')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {asking ? (
        <Dialog title={words.text('invitations.withdraw', { site: asking.site })} close={() => setAsking(undefined)}>
          <Text size="sm">{words.text('invitations.withdraw.what')}</Text>
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setAsking(undefined)}>
              {words.text('action.cancel')}
            </Button>
            <Button color="red.9" onClick={() => void withdraw(asking)}>
              {words.text('invitations.withdraw.do')}
            </Button>
          </Group>
        </Dialog>
      ) : null}
    </Card>
  );
}
