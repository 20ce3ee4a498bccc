// This site was suspended or revoked, and its node knows: said over every screen, since nothing can be saved here until headquarters
// decides otherwise.
import { Alert, Text } from '@mantine/core';
import { isRemoved, useWords, type Status } from '@comptoir/kit';

export function Removed({ status }: { status: Status }) {
  const words = useWords();
  if (!isRemoved(status)) return null;
  return (
    <Alert
      color={status.standing === 'revoked' ? 'red' : 'yellow'}
      role="alert"
      mb="sm"
      style={{ flexShrink: 0 }}
      title={words.text(status.standing === 'revoked' ? 'removed.revoked' : 'removed.suspended')}
    >
      <Text size="sm">{words.text('removed.what')}</Text>
      {status.past_cut > 0 ? <Text size="sm">{words.text('removed.pastCut', { count: status.past_cut })}</Text> : null}
    </Alert>
  );
}
