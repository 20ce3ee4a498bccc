// Asks before a request is declined, and what to say to whoever made it. Whose request it is, and how it is declined, its place says.
import { Text, Textarea } from '@mantine/core';
import { Ask, useToasts, useWords } from '@comptoir/kit';
import { useState } from 'react';

interface DeclineDialogProps {
  title: string;
  /** What follows from it. */
  what: string;
  /** Said once it is done. */
  done: string;
  /** Declines it. */
  put: (said: string) => Promise<unknown>;
  close: () => void;
}

export function DeclineDialog({ title, what, done, put, close }: DeclineDialogProps) {
  const words = useWords();
  const toasts = useToasts();
  const [said, setSaid] = useState('');
  const decline = async () => {
    await put(said.trim());
    close();
    toasts.say(done);
  };
  return (
    <Ask title={title} yes={words.text('requests.decline.do')} act={decline} close={close} hasField>
      <Text size="sm">{what}</Text>
      <Textarea
        size="sm"
        data-autofocus
        autosize
        minRows={2}
        dir="auto"
        label={words.text('requests.answer')}
        value={said}
        onChange={(event) => setSaid(event.currentTarget.value)}
      />
    </Ask>
  );
}
