// A new account: what they sign in with, and what they may. Password and authenticator are theirs to set.
import { TextInput } from '@mantine/core';
import { Ask } from '@comptoir/kit';
import { useState } from 'react';
import { answer, api, type Role, type Schemas } from '../api/client';
import { done } from '../api/queries';
import { useWords } from '../words/useWords';
import { RoleChoice } from './RoleChoice';

export function NewAccount({ close, added }: { close: () => void; added: (given: Schemas['SetupGiven']) => void }) {
  const words = useWords();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const add = async () => added(await done(answer(api.POST('/api/v1/accounts', { body: { name: name.trim(), role } }))));
  return (
    <Ask title={words.text('accounts.add')} yes={words.text('accounts.add.do')} act={add} close={close} unready={name.trim() === ''} hasField>
      <TextInput
        data-autofocus
        label={words.text('accounts.name')}
        description={words.text('accounts.name.what')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleChoice role={role} choose={setRole} />
    </Ask>
  );
}
