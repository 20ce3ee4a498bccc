// Asking headquarters for a new key of a scope: what would follow, and why it is asked.
import { Text } from '@mantine/core';
import { Ask, useToasts } from '@comptoir/kit';
import { useState } from 'react';
import { useWords } from '../words/useWords';
import { Reason } from './Reason';
import { useAsk } from './useAsk';

export function NewKeyDialog({ scope, close }: { scope: string; close: () => void }) {
  const words = useWords();
  const toasts = useToasts();
  const put = useAsk();
  const [reason, setReason] = useState('');
  const act = async () => {
    await put({ act: 'rotate', scope }, reason);
    toasts.say(words.text('ask.said'));
    close();
  };
  return (
    <Ask title={words.text('ask.title.rotate', { scope: words.scope(scope) })} yes={words.text('ask.do')} act={act} close={close} hasField>
      <Text size="sm">{words.text('ask.what.rotate')}</Text>
      <Reason reason={reason} change={setReason} what={words.text('ask.reason.what')} focused />
    </Ask>
  );
}
