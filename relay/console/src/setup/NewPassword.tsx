// A new password: one field, how long it must be, and why it was refused. No rule says of what it is made.
import { PasswordInput } from '@mantine/core';
import { LEAST_PASSWORD_CHARACTERS, passwordFault, type NewPasswordProps } from '@comptoir/kit';
import { useWords } from '../words/useWords';

export function NewPassword({ value, change, refused, focused = false }: NewPasswordProps) {
  const words = useWords();
  const fault = passwordFault(words.kit, refused);
  return (
    <PasswordInput
      autoFocus={focused}
      label={words.text('setup.password')}
      description={words.text('setup.password.least', { least: LEAST_PASSWORD_CHARACTERS })}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': words.text('setup.password.show') }}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      {...(fault === undefined ? {} : { error: fault, 'aria-invalid': true })}
    />
  );
}
