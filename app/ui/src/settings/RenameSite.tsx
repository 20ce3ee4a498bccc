// Another name for a site, from headquarters; its code stays.
import { Text, TextInput } from '@mantine/core';
import { answer, api, Ask, keys, useToasts, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function RenameSite({ site: { code, name }, close }: { site: { code: string; name: string }; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [typed, setTyped] = useState(name);
  const run = async () => {
    try {
      await answer(api.PUT('/api/v1/sites/{code}/name', { params: { path: { code } }, body: { name: typed.trim() } }));
    } finally {
      for (const queryKey of [keys.sites, keys.organisation]) void client.invalidateQueries({ queryKey });
    }
    close();
    toasts.say(words.text('sites.renamed', { site: code, name: typed.trim() }));
  };
  return (
    <Ask title={words.text('sites.rename', { site: code })} yes={words.text('sites.rename.do')} act={run} close={close} unready={typed.trim() === ''} hasField>
      <Text size="sm">{words.text('sites.rename.what', { site: code })}</Text>
      <TextInput
        size="sm"
        data-autofocus
        dir="auto"
        label={words.text('sites.name')}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Ask>
  );
}
