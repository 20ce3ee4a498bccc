// A new password: one field, how long it must be, as the relay has it, and why it was refused. No rule says of what it is made.
import { PasswordInput } from '@mantine/core';
import { passwordFault } from '@comptoir/kit';
import { useWords } from '../words/useWords';

const LEAST_CHARACTERS = 10;

/** Characters as the relay counts them, not units of UTF-16. */
export const isLongEnough = (password: string): boolean => Array.from(password).length >= LEAST_CHARACTERS;

export interface NewPasswordProps {
  value: string;
  change: (value: string) => void;
  /** What it was refused with, or whatever else was. */
  refused: unknown;
  focused?: boolean;
}

export function NewPassword({ value, change, refused, focused = false }: NewPasswordProps) {
  const words = useWords();
  const fault = passwordFault(words.kit, refused);
  return (
    <PasswordInput
      autoFocus={focused}
      label={words.text('setup.password')}
      description={words.text('setup.password.least', { least: LEAST_CHARACTERS })}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': words.text('setup.password.show') }}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      {...(fault === undefined ? {} : { error: fault, 'aria-invalid': true })}
    />
  );
}
