// Merging a record into another, which stands for both from then on.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { mergeRecord } from '../api/records';
import type { RecordShown } from '../api/types';
import { ReferenceInput } from '../field/ReferenceInput';
import { Dialog } from '../place/Dialog';
import { useText } from '../words/useWords';

export type Act = (work: () => Promise<RecordShown>, said: string) => Promise<void>;

export function MergeDialog({ record, close, act }: { record: RecordShown; close: () => void; act: Act }) {
  const text = useText();
  const [into, setInto] = useState('');
  return (
    <Dialog title={text('merge.title')} close={close}>
      <Stack>
        <Text size="sm">{text('merge.what', { name: record.title })}</Text>
        <ReferenceInput target={record.kind} value={into} change={setInto} shared={{ label: text('merge.into'), 'data-autofocus': true }} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {text('action.cancel')}
          </Button>
          <Button
            disabled={into === '' || into === record.id}
            onClick={() => {
              close();
              void act(() => mergeRecord(record.kind, record.id, into), text('merge.done'));
            }}
          >
            {text('record.merge.do')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
