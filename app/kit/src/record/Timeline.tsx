// What was done to a record: who, where, when, from what to what; any of it can be taken back. Owns the drawing and the request
// that takes back.
import { Badge, Button, Group, Loader, Paper, Stack, Text, Timeline as Line, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { historyQuery } from '../api/queries';
import type { HistoryEntry, HistoryPut } from '../api/types';
import { ProblemAlert } from '../problem/ProblemAlert';
import { fieldAt, inFormOrder, type KindSchema } from '../schema/kindSchema';
import { useWords } from '../words/useWords';
import { StateAt } from './StateAt';
import { useTakeBack } from './useTakeBack';

/** Changes that are drawn at once; a person asks for more. */
const DRAWN = 30;

export function Timeline({ kind, id, schema, mayEdit }: { kind: string; id: string; schema: KindSchema; mayEdit: boolean }) {
  const words = useWords();
  const takeBack = useTakeBack();
  const history = useQuery(historyQuery(kind, id));
  const [drawn, setDrawn] = useState(DRAWN);
  const [problem, setProblem] = useState<unknown>();
  if (history.error) return <ProblemAlert error={history.error} />;
  if (!history.data) return <Loader size="sm" />;
  const items = history.data.toReversed();
  const undo = async (item: HistoryEntry) => {
    setProblem(undefined);
    try {
      await takeBack([{ kind, record: id, change: item.change }]);
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Stack gap="md">
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      <StateAt kind={kind} id={id} schema={schema} mayEdit={mayEdit} />
      <Title order={2} size="h5">
        {words.text('timeline.title')}
      </Title>
      <Line bulletSize={14} lineWidth={2}>
        {items.slice(0, drawn).map((item) => (
          <Line.Item
            key={item.change}
            title={
              <Group gap="xs">
                <Text size="sm" fw={600}>
                  {words.command(item.command)}
                </Text>
                <Text size="sm">
                  <time dateTime={item.time}>{words.moment(item.time)}</time> · <bdi>{words.author(item.author, item.site)}</bdi>
                </Text>
                {item.puts.some((put) => put.concurrent) ? (
                  <Badge size="sm" variant="light" color="yellow">
                    {words.text('timeline.concurrent')}
                  </Badge>
                ) : null}
              </Group>
            }
          >
            <Paper withBorder p="xs" mt={4}>
              <Stack gap={2}>
                {inFormOrder(schema, item.puts.filter(isTold), (put) => put.field).map((put) => (
                  <Put key={put.field} put={put} schema={schema} created={item.created} />
                ))}
              </Stack>
              {mayEdit ? (
                <Group justify="flex-end" mt={4}>
                  <Button size="compact-xs" variant="subtle" onClick={() => void undo(item)}>
                    {words.text(item.created ? 'timeline.undoCreate' : 'timeline.undo')}
                  </Button>
                </Group>
              ) : null}
            </Paper>
          </Line.Item>
        ))}
      </Line>
      {items.length > drawn ? (
        <Group>
          <Button variant="default" size="compact-sm" onClick={() => setDrawn(drawn + 100)}>
            {words.text('timeline.more', { count: items.length - drawn })}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

/** The place of a line is kept for the program's sake. */
const isTold = (put: HistoryPut) => !put.field.endsWith('.position') || put.before !== null;

function Put({ put, schema, created }: { put: HistoryPut; schema: KindSchema; created: boolean }) {
  const words = useWords();
  const field = fieldAt(schema, put.field)?.field;
  const before = words.value(field, put.before);
  const after = words.value(field, put.value);
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      <Text span c="dimmed" size="sm">
        {words.text('label', { name: words.path(schema, put.field) })}{' '}
      </Text>
      {created || before === '' ? null : (
        <>
          <bdi>
            <s>{before}</s>
          </bdi>{' '}
          →{' '}
        </>
      )}
      <bdi>{after === '' ? <em>{words.text('record.nothing')}</em> : after}</bdi>
    </Text>
  );
}
