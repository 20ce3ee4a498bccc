// A new password: one field, how long it must be (`MIN_PASSWORD_CHARACTERS` of the node), and why it was refused.
import { TextInput } from '@mantine/core';
import { passwordFault, useWords } from '@comptoir/kit';

const LEAST = 10;

/** Characters as the node counts them, not units of UTF-16. */
export const isLongEnough = (password: string): boolean => Array.from(password).length >= LEAST;

export interface NewPasswordProps {
  value: string;
  change: (value: string) => void;
  /** What it was refused with, or whatever else was. */
  refused: unknown;
  focused?: boolean;
}

export function NewPassword({ value, change, refused, focused = false }: NewPasswordProps) {
  const words = useWords();
  const fault = passwordFault(words, refused);
  return (
    <TextInput
      type="password"
      label={words.text('account.password.new')}
      description={words.text('account.password.least', { least: LEAST })}
      autoComplete="new-password"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      {...(fault === undefined ? {} : { error: fault })}
      {...(focused ? { 'data-autofocus': true } : {})}
    />
  );
}
