// What was refused since somebody last signed in: said once, to whoever has just done so.
import { Alert, Text } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useWords } from '../words/useWords';

export function RefusedSince({ session }: { session: Schemas['SessionShown'] }) {
  const words = useWords();
  // As it was when the frame was opened: the session that is asked for again says nothing of it.
  const [before, setBefore] = useState(session.before);
  if (before == null || before.refused_since === 0) return null;
  const last = before.last_sign_in;
  return (
    <Alert color="yellow" role="alert" mb="sm" style={{ flexShrink: 0 }} withCloseButton closeButtonLabel={words.text('action.close')} onClose={() => setBefore(undefined)} title={words.text('signin.refused', { count: before.refused_since })}>
      <Text size="sm">
        {last == null ? words.text('signin.refused.first') : words.text('signin.refused.since', { at: words.moment(last) })} {words.text('signin.refused.do')}
      </Text>
    </Alert>
  );
}
