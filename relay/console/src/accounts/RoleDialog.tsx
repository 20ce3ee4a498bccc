// Another role for somebody, who is signed out by it.
import { Text } from '@mantine/core';
import { Ask } from '@comptoir/kit';
import { useState } from 'react';
import { answer, api, type Schemas } from '../api/client';
import { done } from '../api/queries';
import { useWords } from '../words/useWords';
import { RoleChoice } from './RoleChoice';

export interface RoleDialogProps {
  account: Schemas['Account'];
  close: () => void;
  changed: (said: string) => void;
}

export function RoleDialog({ account: { name, role: present }, close, changed }: RoleDialogProps) {
  const words = useWords();
  const [role, setRole] = useState(present);
  const set = async () => {
    await done(answer(api.PUT('/api/v1/accounts/{name}/role', { params: { path: { name } }, body: { role } })));
    changed(words.text('accounts.role.set', { name, role: words.role(role) }));
  };
  return (
    <Ask title={words.text('accounts.role.of', { name })} yes={words.text('action.save')} act={set} close={close} unready={role === present} hasField>
      <RoleChoice role={role} choose={setRole} />
      <Text size="sm">{words.text('accounts.role.what')}</Text>
    </Ask>
  );
}
