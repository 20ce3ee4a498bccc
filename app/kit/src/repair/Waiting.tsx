// A long work of the node while it runs: what is done, for how long now, what goes on meanwhile. The node tells no progress of it,
// so that none is made up.
import { Alert, Group, Loader, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useWords } from '../words/useWords';
import type { RepairState } from './work';

export function Waiting({ running, before }: { running: NonNullable<RepairState['running']>; before: number | undefined }) {
  const words = useWords();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(tick);
  }, []);
  const seconds = Math.max(0, Math.round((now - running.since) / 1_000));
  return (
    <Alert variant="light" role="status" title={words.text(`repair.running.${running.work}`)} icon={<Loader size="xs" aria-hidden />}>
      <Text size="sm">{words.text('repair.running.meanwhile')}</Text>
      <Group gap="md" mt={4}>
        <Text size="sm" aria-live="off" style={{ fontVariantNumeric: 'tabular-nums' }}>
          {words.text('repair.running.since', { seconds })}
        </Text>
        {before === undefined ? null : (
          <Text size="sm" c="dimmed">
            {words.text('repair.running.before', { seconds: Math.max(1, Math.round(before / 1_000)) })}
          </Text>
        )}
      </Group>
    </Alert>
  );
}
