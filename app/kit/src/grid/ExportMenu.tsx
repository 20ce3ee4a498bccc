// What is listed as a file: in which form, that it is under way, and a way to stop it. Owns the request while it lasts.
import { Button, Group, Loader, Menu, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { wasAborted } from '../api/problem';
import type { Pairs } from '../api/records';
import { exportFile } from '../api/transfer';
import { useToasts } from '../problem/toasts';
import { useWords } from '../words/useWords';

export interface ExportMenuProps {
  kind: string;
  /** Which records, in which columns. */
  pairs: Pairs;
  count: number;
  fail: (problem: unknown) => void;
}

export function ExportMenu({ kind, pairs, count, fail }: ExportMenuProps) {
  const words = useWords();
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const out = async (format: 'csv' | 'xlsx') => {
    fail(undefined);
    setBusy(true);
    stop.current = new AbortController();
    try {
      const place = await exportFile(kind, format, pairs, kind, stop.current.signal);
      toasts.say(place === undefined ? words.text('grid.exported', { count }) : words.text('grid.exportedTo', { count, place }));
    } catch (error) {
      if (wasAborted(error)) toasts.say(words.text('grid.exportStopped'));
      else fail(error);
    } finally {
      setBusy(false);
    }
  };
  if (busy) {
    return (
      <Group gap="xs">
        <Loader size="xs" />
        <Text size="sm" role="status">
          {words.text('grid.exporting', { count })}
        </Text>
        <Button variant="default" size="sm" onClick={() => stop.current?.abort()}>
          {words.text('import.cancel')}
        </Button>
      </Group>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="sm">
          {words.text('grid.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void out('csv')}>CSV</Menu.Item>
        <Menu.Item onClick={() => void out('xlsx')}>XLSX</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
