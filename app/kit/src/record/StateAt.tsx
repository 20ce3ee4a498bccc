// A record as it stood at a date, and the way back to it.
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, recordQuery } from '../api/queries';
import { revertRecord } from '../api/records';
import { DayInput } from '../field/DayInput';
import { asProblem, ProblemAlert } from '../problem/ProblemAlert';
import { useToasts } from '../problem/toasts';
import { fieldAt, type KindSchema } from '../schema/kindSchema';
import { formatDay, useWords } from '../words/useWords';
import { differences, valueAt } from './draft';

export function StateAt({ kind, id, schema, mayEdit }: { kind: string; id: string; schema: KindSchema; mayEdit: boolean }) {
  const words = useWords();
  const toasts = useToasts();
  const client = useQueryClient();
  const [at, setAt] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const now = useQuery(recordQuery(kind, id));
  const then = useQuery({ ...recordQuery(kind, id, at), enabled: at !== '' });
  // The record is here: what was not found is how it was.
  const notYet = now.data !== undefined && then.error !== null && asProblem(then.error).code === 'not-found';
  const differ = now.data && then.data ? differences(then.data, now.data) : [];
  const back = async () => {
    setProblem(undefined);
    try {
      await revertRecord(kind, id, { at });
      await client.invalidateQueries({ queryKey: keys.record(kind, id) });
      await client.invalidateQueries({ queryKey: keys.history(kind, id) });
      toasts.say(words.text('timeline.reverted', { day: formatDay(words.intl, at) }));
      setAt('');
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Stack gap="xs">
      <Group align="end">
        <DayInput
          size="sm"
          label={words.text('timeline.at')}
          value={at}
          change={(day) => {
            setProblem(undefined);
            setAt(day);
          }}
        />
        {at !== '' ? (
          <Button variant="subtle" size="sm" onClick={() => setAt('')}>
            {words.text('timeline.now')}
          </Button>
        ) : null}
      </Group>
      {problem ? <ProblemAlert error={problem} /> : null}
      {then.error && at !== '' ? notYet ? <Text size="sm">{words.text('timeline.notYet', { day: formatDay(words.intl, at) })}</Text> : <ProblemAlert error={then.error} /> : null}
      {then.data && at !== '' ? (
        <Paper withBorder p="sm">
          <Text size="sm" fw={600} mb={4}>
            {words.text(differ.length === 0 ? 'timeline.same' : 'timeline.differs', { day: formatDay(words.intl, at) })}
          </Text>
          {differ.map((path) => (
            <Text size="sm" key={path}>
              <Text span c="dimmed" size="sm">
                {words.text('label', { name: words.path(schema, path) })}{' '}
              </Text>
              <bdi>{words.value(fieldAt(schema, path)?.field, valueAt(then.data, path)) || words.text('record.nothing')}</bdi>
            </Text>
          ))}
          {differ.length > 0 && mayEdit ? (
            <Button size="compact-sm" mt="xs" variant="light" onClick={() => void back()}>
              {words.text('timeline.revert')}
            </Button>
          ) : null}
        </Paper>
      ) : null}
    </Stack>
  );
}
