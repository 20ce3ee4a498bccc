// One's own password: the present one and a code of the authenticator are asked for again. What is typed stands nowhere but in its field.
import { Text, TextInput } from '@mantine/core';
import { Ask, isLongEnough, useToasts } from '@comptoir/kit';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { client, done, keys } from '../api/queries';
import { NewPassword } from '../setup/NewPassword';
import { useWords } from '../words/useWords';
import { CodeField } from './CodeField';

export function OwnPassword({ name, close }: { name: string; close: () => void }) {
  const words = useWords();
  const toasts = useToasts();
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const [code, setCode] = useState('');
  const [refused, setRefused] = useState<unknown>();
  const change = async () => {
    setRefused(undefined);
    try {
      client.setQueryData(keys.session, await done(answer(api.POST('/api/v1/session/password', { body: { present, new: next, code } }))));
    } catch (error) {
      // A code is taken once, and it holds for half a minute.
      setCode('');
      setRefused(error);
      throw error;
    }
    close();
    toasts.say(words.text('own.password.changed'));
  };
  return (
    <Ask title={words.text('own.password')} yes={words.text('own.password.do')} act={change} close={close} hasField unready={present === '' || !isLongEnough(next) || code.length < 6}>
      <Text size="sm">{words.text('own.password.what')}</Text>
      {/* For whatever keeps passwords in the browser. */}
      <input className="visually-hidden" type="text" autoComplete="username" value={name} readOnly tabIndex={-1} aria-hidden />
      <TextInput
        data-autofocus
        type="password"
        label={words.text('own.password.present')}
        autoComplete="current-password"
        value={present}
        onChange={(event) => setPresent(event.currentTarget.value)}
      />
      <NewPassword value={next} change={setNext} refused={refused} />
      <CodeField value={code} change={setCode} what={words.text('signin.code.what')} />
    </Ask>
  );
}
