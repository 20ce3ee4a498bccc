// Entries that a site has set aside: which, why, and what came of asking it to judge one again.
import { Button, Card, Code, Table, Text, Title } from '@mantine/core';
import { useToasts } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import type { Schemas, Site } from '../api/client';
import { requestsQuery } from '../api/queries';
import { Entry, shortEntry } from '../requests/Entry';
import { Outcome } from '../requests/Outcome';
import { lastOf } from '../requests/request';
import { useAsk } from '../requests/useAsk';
import { useMay } from '../shell/role';
import { useWords } from '../words/useWords';
import { mayJudgeAgain } from './acts';

export function SetAside({ site }: { site: Site }) {
  const words = useWords();
  const mayAct = useMay('operator');
  const { health } = site;
  if (!health || health.set_aside.length === 0) return null;
  const [shown, all] = [health.set_aside.length, health.quarantined + health.parked];
  return (
    <Card withBorder component="section" aria-labelledby="set-aside">
      <Title order={2} size="h5" id="set-aside" mb="xs">
        {words.text('setAside.title')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text('setAside.what')} {all > shown ? words.text('setAside.some', { shown, all }) : null}
      </Text>
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('setAside.entry')}</Table.Th>
              <Table.Th>{words.text('setAside.scope')}</Table.Th>
              <Table.Th>{words.text('setAside.writer')}</Table.Th>
              <Table.Th ta="end">{words.text('setAside.seq')}</Table.Th>
              <Table.Th>{words.text('setAside.why')}</Table.Th>
              <Table.Th>{words.text('setAside.last')}</Table.Th>
              {mayAct ? (
                <Table.Th>
                  <span className="visually-hidden">{words.text('setAside.acts')}</span>
                </Table.Th>
              ) : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {health.set_aside.map((entry) => (
              <Line key={entry.entry} site={site} entry={entry} mayAct={mayAct} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function Line({ site, entry, mayAct }: { site: Site; entry: Schemas['SetAsideShown']; mayAct: boolean }) {
  const words = useWords();
  const toasts = useToasts();
  const put = useAsk();
  const requests = useQuery(requestsQuery).data?.requests;
  const ask = { act: 'judge-again', site: site.code, entry: entry.entry } as const;
  const last = lastOf(requests ?? [], ask);
  const again = async () => {
    try {
      await put(ask);
      toasts.say(words.text('setAside.again.said', { site: site.code }));
    } catch (error) {
      toasts.fail(error);
    }
  };
  return (
    <Table.Tr data-entry={entry.entry}>
      <Table.Td>
        <Entry hash={entry.entry} />
      </Table.Td>
      <Table.Td>{words.scope(entry.scope)}</Table.Td>
      <Table.Td>
        <bdi>{entry.site}</bdi>
      </Table.Td>
      <Table.Td ta="end">{words.count(entry.seq)}</Table.Td>
      <Table.Td>
        <Code>{entry.code}</Code>
        <Text size="xs">{words.text(entry.parked ? 'setAside.parked' : 'setAside.breaks')}</Text>
      </Table.Td>
      <Table.Td>{last ? <Outcome request={last} /> : null}</Table.Td>
      {mayAct ? (
        <Table.Td ta="end">
          {requests && mayJudgeAgain(site, entry.entry, requests) ? (
            <Button size="compact-sm" variant="light" aria-label={words.text('setAside.again.of', { entry: shortEntry(entry.entry) })} onClick={() => void again()}>
              {words.text('setAside.again')}
            </Button>
          ) : null}
        </Table.Td>
      ) : null}
    </Table.Tr>
  );
}
