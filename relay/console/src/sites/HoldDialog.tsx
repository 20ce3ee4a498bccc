// Holding the line of a site, at once: what follows, what does not, and why it is done.
import { Text } from '@mantine/core';
import { Ask, useToasts } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { done, keys } from '../api/queries';
import { Reason } from '../requests/Reason';
import { useWords } from '../words/useWords';

export function HoldDialog({ code, close }: { code: string; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [reason, setReason] = useState('');
  const hold = async () => {
    await done(answer(api.POST('/api/v1/sites/{code}/line', { params: { path: { code } }, body: { reason } })));
    void client.invalidateQueries({ queryKey: keys.sites });
    toasts.say(words.text('line.held', { site: code }));
    close();
  };
  return (
    <Ask title={words.text('line.hold.title', { site: code })} yes={words.text('line.hold.do')} act={hold} close={close} hasField>
      <Text size="sm">{words.text('line.hold.now', { site: code })}</Text>
      <Text size="sm">{words.text('line.hold.what', { site: code })}</Text>
      <Reason reason={reason} change={setReason} what={words.text('line.hold.reason')} focused />
    </Ask>
  );
}
