// Asking headquarters to invite a site: its code, its name and its country; the rest follows from these, or is headquarters' to say.
import { Select, Text, TextInput } from '@mantine/core';
import { Ask, countries, useToasts } from '@comptoir/kit';
import { useState } from 'react';
import { useWords } from '../words/useWords';
import { Reason } from './Reason';
import { useAsk } from './useAsk';

export function InviteDialog({ close }: { close: () => void }) {
  const words = useWords();
  const toasts = useToasts();
  const put = useAsk();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [country, setCountry] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const act = async () => {
    await put({ act: 'invite', code: code.trim(), name: name.trim(), country: country ?? '' }, reason);
    toasts.say(words.text('ask.said'));
    close();
  };
  return (
    <Ask title={words.text('invite.title')} yes={words.text('ask.do')} act={act} close={close} unready={code.trim() === '' || country === null} hasField>
      <Text size="sm">{words.text('invite.what')}</Text>
      <TextInput
        data-autofocus
        label={words.text('sites.code')}
        description={words.text('invite.code.what')}
        maxLength={12}
        withAsterisk
        autoComplete="off"
        spellCheck={false}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.toUpperCase())}
      />
      <TextInput dir="auto" label={words.text('sites.name')} description={words.text('invite.name.what')} autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select
        label={words.text('sites.country')}
        data={countries(words.intl.locale)}
        searchable
        limit={60}
        withAsterisk
        allowDeselect={false}
        value={country}
        onChange={setCountry}
        comboboxProps={{ withinPortal: false }}
      />
      <Reason reason={reason} change={setReason} what={words.text('ask.reason.what')} />
    </Ask>
  );
}
