// The six digits that an authenticator shows: one field, wherever they are asked for.
import { TextInput } from '@mantine/core';
import { digitsOf } from '../setup/steps';
import { useWords } from '../words/useWords';

export interface CodeFieldProps {
  value: string;
  change: (digits: string) => void;
  what: string;
  focused?: boolean;
}

export function CodeField({ value, change, what, focused = false }: CodeFieldProps) {
  const words = useWords();
  return (
    <TextInput
      autoFocus={focused}
      label={words.text('signin.code')}
      description={what}
      inputMode="numeric"
      autoComplete="one-time-code"
      value={value}
      onChange={(event) => change(digitsOf(event.currentTarget.value))}
    />
  );
}
