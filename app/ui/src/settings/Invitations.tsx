// Invitations that are open: whom they are for, until when they hold, and withdrawing one.
import { Badge, Button, Card, Table, Text, Title } from '@mantine/core';
import { answer, api, Ask, invitationsQuery, keys, ProblemAlert, regionName, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function Invitations() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const invitations = useQuery(invitationsQuery);
  const [asking, setAsking] = useState<Schemas['InvitationShown']>();
  const withdraw = async ({ id, site }: Schemas['InvitationShown']) => {
    try {
      await answer(api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }));
    } finally {
      void client.invalidateQueries({ queryKey: keys.invitations });
    }
    setAsking(undefined);
    toasts.say(words.text('invitations.withdrawn', { site }));
  };
  if (invitations.error) return <ProblemAlert error={invitations.error} />;
  if (!invitations.data || invitations.data.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="invitations">
      <Title order={2} size="h5" id="invitations" mb="xs">
        {words.text('invitations.title')}
      </Title>
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
        <Ask
          title={words.text('invitations.withdraw', { site: asking.site })}
          yes={words.text('invitations.withdraw.do')}
          act={() => withdraw(asking)}
          close={() => setAsking(undefined)}
        >
          <Text size="sm">{words.text('invitations.withdraw.what')}</Text>
        </Ask>
      ) : null}
    </Card>
  );
}
