// A new password: one field, and how long it must be (`MIN_PASSWORD_CHARACTERS` of the node).
import { TextInput } from '@mantine/core';
import { useWords } from '@comptoir/kit';

const LEAST = 10;

/** Characters as the node counts them, not units of UTF-16. */
export const isLongEnough = (password: string): boolean => Array.from(password).length >= LEAST;

export function NewPassword({ value, change, focused = false }: { value: string; change: (value: string) => void; focused?: boolean }) {
  const words = useWords();
  return (
    <TextInput
      type="password"
      label={words.text('account.password.new')}
      description={words.text('account.password.least', { least: LEAST })}
      autoComplete="new-password"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      {...(focused ? { 'data-autofocus': true } : {})}
    />
  );
}
