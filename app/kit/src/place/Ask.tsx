// Asking before what cannot be undone. Owns that it is done once, and that a refusal stands in the dialog.
import { Button, Group, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useText } from '../words/useWords';
import { Dialog } from './Dialog';

export interface AskProps {
  title: string;
  /** What would be done. */
  children: ReactNode;
  /** What the button says. */
  yes: string;
  /** What the other button says, where *Cancel* could be taken for what is asked. */
  no?: string;
  /** Closes the dialog itself when it is done; where some of it is left, it can be done again. */
  act: () => Promise<void>;
  close: () => void;
  size?: string;
  /** What is asked for is not complete yet. */
  unready?: boolean;
  /** Another place has the focus when it opens. */
  hasField?: boolean;
}

export function Ask({ title, children, yes, no, act, close, size, unready = false, hasField = false }: AskProps) {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const run = async () => {
    if (busy || unready) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} close={close} {...(size ? { size } : {})}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Stack>
          {children}
          {problem ? <ProblemAlert error={problem} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {no ?? text('action.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={unready} {...(hasField ? {} : { 'data-autofocus': true })}>
              {yes}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
