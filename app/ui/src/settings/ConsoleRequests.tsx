// What headquarters' console asks: by whom and why, and what was decided. Nothing of it happens before somebody here approves it.
import { Badge, Button, Card, Group, Table, Text, Title } from '@mantine/core';
import { answer, api, consoleRequestsQuery, keys, organisationQuery, ProblemAlert, regionName, sitesQuery, useWords, type Schemas, type Words } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { approvalOf, askedIn, type Asked } from './consoleActs';
import { ConsoleApproval } from './ConsoleApproval';
import { DeclineDialog } from './DeclineDialog';
import { Invited } from './Invite';

type Request = Schemas['ConsoleRequestShown'];

export function ConsoleRequests() {
  const words = useWords();
  const client = useQueryClient();
  const requests = useQuery(consoleRequestsQuery);
  const sites = useQuery(sitesQuery);
  const organisation = useQuery(organisationQuery);
  const [deciding, setDeciding] = useState<{ id: string; approves: boolean }>();
  const [made, setMade] = useState<{ code: string; expires: string; site: string }>();
  const decline = async (id: string, said: string) => {
    try {
      await answer(api.POST('/api/v1/console-requests/{id}/decline', { params: { path: { id } }, body: { answer: said } }));
    } finally {
      void client.invalidateQueries({ queryKey: keys.consoleRequests });
    }
  };
  if (requests.error) return <ProblemAlert error={requests.error} />;
  if (!requests.data || requests.data.length === 0) return null;
  // Before sites and scopes are read, nothing is said of what can be approved.
  const isKnown = sites.data !== undefined && organisation.data !== undefined;
  const rows = requests.data.map((request) => {
    const asked = askedIn(request);
    return { request, asked, act: wording(words, asked), approval: isKnown ? approvalOf(asked, sites.data, organisation.data.scopes) : undefined };
  });
  const decided = rows.find(({ request }) => request.id === deciding?.id);
  const close = () => setDeciding(undefined);
  return (
    <Card withBorder component="section" aria-labelledby="console-requests">
      <Title order={2} size="h5" id="console-requests" mb="xs">
        {words.text('console.title')}
      </Title>
      <Text size="sm">{words.text('console.what')}</Text>
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('console.asked')}</Table.Th>
              <Table.Th>{words.text('console.by')}</Table.Th>
              <Table.Th>{words.text('console.reason')}</Table.Th>
              <Table.Th>{words.text('requests.decision')}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.text('record.line.actions')}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ request, asked, act, approval }) => (
              <Table.Tr key={request.id}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {act}
                  {asked.act === 'invite' ? <Described {...asked.site} /> : null}
                  {request.decision || approval || !isKnown ? null : (
                    <Text size="xs" c="dimmed">
                      {words.text(asked.act === 'unknown' ? 'console.upgrade' : 'console.cannot')}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <bdi>{request.by}</bdi>
                  <Text size="xs" c="dimmed">
                    <time dateTime={request.at}>{words.moment(request.at)}</time>
                  </Text>
                </Table.Td>
                <Table.Td>
                  <bdi>{request.reason}</bdi>
                </Table.Td>
                <Table.Td>
                  <Decision {...request} />
                </Table.Td>
                <Table.Td>
                  {request.decision ? null : (
                    <Group gap="xs" justify="end" wrap="nowrap">
                      {approval ? (
                        <Button size="compact-sm" aria-label={words.text('console.approve', { act })} onClick={() => setDeciding({ id: request.id, approves: true })}>
                          {words.text('console.approve.do')}
                        </Button>
                      ) : null}
                      <Button
                        size="compact-sm"
                        variant="light"
                        aria-label={words.text('console.decline', { act })}
                        onClick={() => setDeciding({ id: request.id, approves: false })}
                      >
                        {words.text('requests.decline.do')}
                      </Button>
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {made ? <Invited {...made} /> : null}
      {deciding?.approves && decided?.approval ? (
        <ConsoleApproval id={deciding.id} approval={decided.approval} made={(invitation, site) => setMade({ ...invitation, site })} close={close} />
      ) : null}
      {deciding && !deciding.approves && decided ? (
        <DeclineDialog
          title={words.text('console.decline', { act: decided.act })}
          what={words.text('console.decline.what')}
          done={words.text('console.declined')}
          put={(said) => decline(deciding.id, said)}
          close={close}
        />
      ) : null}
    </Card>
  );
}

/** What is asked, in words. */
function wording(words: Words, asked: Asked): string {
  switch (asked.act) {
    case 'unknown':
      return words.text('console.act.unknown');
    case 'rotate':
      return words.text('residency.rotate.title', { scope: words.scope(asked.scope) });
    default:
      return words.text(`console.act.${asked.act}`, { site: asked.site.code });
  }
}

/** A site that is not there yet: its name and its country, behind its code. */
function Described({ code, name, country }: Schemas['SiteNamed']) {
  const words = useWords();
  const region = regionName(words.intl, country);
  const isNamed = name !== '' && name !== code;
  if (!isNamed && region === '') return null;
  return (
    <>
      {' ('}
      {isNamed ? <bdi>{name}</bdi> : null}
      {isNamed && region !== '' ? ', ' : null}
      {region})
    </>
  );
}

function Decision({ decision }: Request) {
  const words = useWords();
  if (!decision) return <Badge color="gray">{words.text('requests.open')}</Badge>;
  return (
    <>
      <Badge color={decision.done ? 'teal' : 'orange'}>{words.text(decision.done ? 'console.done' : 'requests.is.declined')}</Badge>
      <Text size="xs">
        <bdi>{decision.by}</bdi> · <time dateTime={decision.at}>{words.moment(decision.at)}</time>
      </Text>
      {decision.said === '' ? null : (
        <Text size="xs">
          <bdi>{decision.said}</bdi>
        </Text>
      )}
    </>
  );
}
