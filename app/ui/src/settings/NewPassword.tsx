// A new password: one field, how long it must be, and why it was refused.
import { TextInput } from '@mantine/core';
import { LEAST_PASSWORD_CHARACTERS, passwordFault, useWords, type NewPasswordProps } from '@comptoir/kit';

export function NewPassword({ value, change, refused, focused = false }: NewPasswordProps) {
  const words = useWords();
  const fault = passwordFault(words, refused);
  return (
    <TextInput
      type="password"
      label={words.text('account.password.new')}
      description={words.text('account.password.least', { least: LEAST_PASSWORD_CHARACTERS })}
      autoComplete="new-password"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      {...(fault === undefined ? {} : { error: fault })}
      {...(focused ? { 'data-autofocus': true } : {})}
    />
  );
}
