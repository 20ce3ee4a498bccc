// Sites that are asked for: by whom and why, and what became of it; headquarters invites one, or declines it and says why.
import { Badge, Button, Card, Group, Table, Text, Title } from '@mantine/core';
import { answer, api, keys, ProblemAlert, regionName, siteRequestsQuery, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DeclineDialog } from './DeclineDialog';
import { Invited } from './Invite';

type Request = Schemas['SiteRequestShown'];

/** As long as an invitation that is made in the form, unless something else is chosen there. */
const VALID_S = 7 * 86_400;

export function SiteRequests({ decides }: { decides: boolean }) {
  const words = useWords();
  const client = useQueryClient();
  const requests = useQuery(siteRequestsQuery);
  const [declining, setDeclining] = useState<Request>();
  const [made, setMade] = useState<{ code: string; expires: string; site: string }>();
  const [problem, setProblem] = useState<unknown>();
  const invite = async ({ id, site }: Request) => {
    setProblem(undefined);
    setMade(undefined);
    try {
      const invitation = await answer(api.POST('/api/v1/invitations', { body: { request: id, expires_s: VALID_S } }));
      setMade({ ...invitation, site: site.code });
    } catch (error) {
      setProblem(error);
    } finally {
      for (const queryKey of [keys.siteRequests, keys.invitations]) void client.invalidateQueries({ queryKey });
    }
  };
  const decline = async ({ id }: Request, said: string) => {
    try {
      await answer(api.POST('/api/v1/site-requests/{id}/decline', { params: { path: { id } }, body: { answer: said } }));
    } finally {
      void client.invalidateQueries({ queryKey: keys.siteRequests });
    }
  };
  if (requests.error) return <ProblemAlert error={requests.error} />;
  if (!requests.data || requests.data.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="requests">
      <Title order={2} size="h5" id="requests" mb="xs">
        {words.text('requests.title')}
      </Title>
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              <Table.Th>{words.text('sites.country')}</Table.Th>
              <Table.Th>{words.text('requests.by')}</Table.Th>
              <Table.Th>{words.text('requests.reason')}</Table.Th>
              <Table.Th>{words.text('requests.decision')}</Table.Th>
              {decides ? (
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              ) : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {requests.data.map((request) => (
              <Table.Tr key={request.id}>
                <Table.Td>
                  {request.site.code}
                  {request.site.name === request.site.code ? null : (
                    <Text size="xs" c="dimmed">
                      <bdi>{request.site.name}</bdi>
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{regionName(words.intl, request.site.country)}</Table.Td>
                <Table.Td>{request.asked_by}</Table.Td>
                <Table.Td>
                  <bdi>{request.reason}</bdi>
                </Table.Td>
                <Table.Td>
                  <Decision {...request} />
                </Table.Td>
                {decides ? (
                  <Table.Td>
                    {request.decision === '' ? (
                      <Group gap="xs" justify="end" wrap="nowrap">
                        <Button size="compact-sm" aria-label={words.text('requests.invite', { site: request.site.code })} onClick={() => void invite(request)}>
                          {words.text('requests.invite.do')}
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="light"
                          aria-label={words.text('requests.decline', { site: request.site.code })}
                          onClick={() => setDeclining(request)}
                        >
                          {words.text('requests.decline.do')}
                        </Button>
                      </Group>
                    ) : null}
                  </Table.Td>
                ) : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {made ? <Invited {...made} /> : null}
      {declining ? (
        <DeclineDialog
          title={words.text('requests.decline', { site: declining.site.code })}
          what={words.text('requests.decline.what')}
          done={words.text('requests.declined', { site: declining.site.code })}
          put={(said) => decline(declining, said)}
          close={() => setDeclining(undefined)}
        />
      ) : null}
    </Card>
  );
}

function Decision({ decision, answer }: Request) {
  const words = useWords();
  switch (decision) {
    case '':
      return <Badge color="gray">{words.text('requests.open')}</Badge>;
    case 'invited':
      return <Badge color="teal">{words.text('requests.is.invited')}</Badge>;
    default:
      return (
        <>
          <Badge color="orange">{words.text('requests.is.declined')}</Badge>
          {answer === '' ? null : (
            <Text size="xs">
              <bdi>{answer}</bdi>
            </Text>
          )}
        </>
      );
  }
}
