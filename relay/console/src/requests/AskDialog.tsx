// Asking headquarters for what it decides: what would follow, and why it is asked.
import { Text } from '@mantine/core';
import { Ask, useToasts } from '@comptoir/kit';
import { useState } from 'react';
import { useWords } from '../words/useWords';
import { Reason } from './Reason';
import type { AskedOfHeadquarters } from './request';
import { useAsk } from './useAsk';

export function AskDialog({ ask, close }: { ask: AskedOfHeadquarters; close: () => void }) {
  const words = useWords();
  const toasts = useToasts();
  const put = useAsk();
  const [reason, setReason] = useState('');
  const about: Record<string, string> = ask.act === 'rotate' ? { scope: words.scope(ask.scope) } : { site: ask.site };
  const act = async () => {
    await put(ask, reason);
    toasts.say(words.text('ask.said'));
    close();
  };
  return (
    <Ask title={words.text(`ask.title.${ask.act}`, about)} yes={words.text('ask.do')} act={act} close={close} hasField>
      <Text size="sm">{words.text(`ask.what.${ask.act}`, about)}</Text>
      <Reason reason={reason} change={setReason} what={words.text('ask.reason.what')} focused />
    </Ask>
  );
}
