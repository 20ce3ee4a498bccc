// Why something is asked or done, in somebody's own words.
import { Textarea } from '@mantine/core';
import { useWords } from '../words/useWords';

export interface ReasonProps {
  reason: string;
  change: (reason: string) => void;
  /** For whom it is. */
  what: string;
  focused?: boolean;
}

export function Reason({ reason, change, what, focused = false }: ReasonProps) {
  const words = useWords();
  return (
    <Textarea
      {...(focused ? { 'data-autofocus': true } : {})}
      dir="auto"
      autosize
      minRows={2}
      maxRows={8}
      label={words.text('ask.reason')}
      description={what}
      value={reason}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
