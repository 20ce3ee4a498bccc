// How a transfer stands, as one badge. Owns its colour.
import { Badge } from '@mantine/core';
import { useWords } from '@comptoir/kit';

const COLOURS: Record<string, string> = { 'under-way': 'ink', received: 'teal', short: 'yellow' };

export function TransferState({ state }: { state: string }) {
  const words = useWords();
  const known = state === 'under-way' || state === 'received' || state === 'short' ? state : undefined;
  return (
    <Badge variant="light" color={COLOURS[state] ?? 'gray'} tt="none" style={{ flex: 'none' }}>
      {known ? words.text(`stock.state.${known}`) : state}
    </Badge>
  );
}
