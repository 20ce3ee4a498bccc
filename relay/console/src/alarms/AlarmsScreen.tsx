// What headquarters should know: alarms that hold, and those that are over when they are asked for. Whoever may act says that one was seen.
import { Badge, Button, Group, Stack, Switch, Table, Text, Title } from '@mantine/core';
import { PlaceLink, useToasts } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Schemas } from '../api/client';
import { alarmsQuery, done, keys } from '../api/queries';
import { places } from '../shell/place';
import { Refused } from '../shell/Refused';
import { useMay } from '../shell/role';
import { useWords } from '../words/useWords';

type Alarm = Schemas['AlarmShown'];

export function AlarmsScreen() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [all, setAll] = useState(false);
  const alarms = useQuery(alarmsQuery(all));
  const mayAct = useMay('operator');
  const acknowledge = async (alarm: Alarm) => {
    try {
      await done(answer(api.POST('/api/v1/alarms/{id}/acknowledge', { params: { path: { id: String(alarm.id) } } })));
      toasts.say(words.text('alarms.seen.said'));
    } catch (error) {
      toasts.fail(error);
    }
    void client.invalidateQueries({ queryKey: keys.alarms });
  };
  if (alarms.error && !alarms.data) return <Refused title={words.text('alarms.title')} error={alarms.error} />;
  const shown = alarms.data?.alarms ?? [];
  return (
    <Stack maw={1100}>
      <Group justify="space-between">
        <Title order={1} size="h3">
          {words.text('alarms.title')}
        </Title>
        <Switch label={words.text('alarms.all')} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
      </Group>
      {alarms.data && shown.length === 0 ? <Text role="status">{words.text('alarms.none')}</Text> : null}
      {shown.length > 0 ? (
        <Table.ScrollContainer minWidth={820} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('alarms.where')}</Table.Th>
                <Table.Th>{words.text('alarms.what')}</Table.Th>
                <Table.Th>{words.text('alarms.since')}</Table.Th>
                <Table.Th>{words.text('alarms.state')}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{words.text('alarms.acts')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((alarm) => (
                <Table.Tr key={alarm.id} data-alarm={alarm.kind}>
                  <Table.Td>{alarm.site == null ? words.text('alarms.relay') : <PlaceLink to={places.site(alarm.site)}>{alarm.site}</PlaceLink>}</Table.Td>
                  <Table.Td>
                    {words.alarm(alarm.kind)}
                    <Text size="xs" c="dimmed">
                      {words.measure(alarm.kind, alarm.measure)}
                    </Text>
                  </Table.Td>
                  <Table.Td>{words.moment(alarm.raised)}</Table.Td>
                  <Table.Td>
                    <State alarm={alarm} />
                  </Table.Td>
                  <Table.Td ta="end">
                    {mayAct && alarm.over == null && alarm.acknowledged == null ? (
                      <Button size="compact-sm" variant="light" aria-label={words.text('alarms.seen.of', { what: words.alarm(alarm.kind), where: alarm.site ?? words.text('alarms.relay') })} onClick={() => void acknowledge(alarm)}>
                        {words.text('alarms.seen')}
                      </Button>
                    ) : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}

function State({ alarm }: { alarm: Alarm }) {
  const words = useWords();
  if (alarm.over != null) return <Text size="sm">{words.text('alarms.over', { at: words.moment(alarm.over) })}</Text>;
  if (alarm.acknowledged == null) return <Badge color="red" variant="light">{words.text('alarms.new')}</Badge>;
  return <Text size="sm">{words.text('alarms.seen.by', { by: alarm.acknowledged_by ?? '', at: words.moment(alarm.acknowledged) })}</Text>;
}
