// The one chip that says how things stand: saved here, how much is still to send, up to when everything was received. It is
// computed from what relays have acknowledged, never from whether a socket is open.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../api/queries';
import type { Status } from '../api/types';
import { paths, useGo } from '../place/place';
import { useWords, type Words } from '../words/useWords';
import { isRemoved } from './standing';

/** The site that holds most of what no relay has acknowledged, if one holds any of it. */
function secondCopy(status: Status): Status['direct'][number] | undefined {
  return status.direct.filter((peer) => peer.holds > 0).sort((one, other) => other.holds - one.holds)[0];
}

/** The chip's sentence. */
export function syncSentence(words: Words, status: Status): string {
  const parts = [words.text('sync.saved')];
  parts.push(status.outbox > 0 ? words.text('sync.toSend', { count: status.outbox }) : words.text(status.relay.state === 'none' ? 'sync.noRelay' : 'sync.allSent'));
  const copy = secondCopy(status);
  if (copy) parts.push(words.text('sync.heldBy', { site: copy.site, count: copy.holds }));
  if (status.relay.received_up_to) parts.push(words.text('sync.received', { time: words.lately(status.relay.received_up_to) }));
  return parts.join(' · ');
}

/** `ended`: the node answers, and knows nobody who asks. */
export function SyncChip({ reachable, ended = false }: { reachable: boolean; ended?: boolean }) {
  const words = useWords();
  const go = useGo();
  const status = useQuery(statusQuery);
  const away = !reachable || (status.error !== null && status.data === undefined);
  if (!status.data && !away) return null;
  const offline = status.data !== undefined && (status.data.relay.state === 'offline' || status.data.relay.state === 'none' || isRemoved(status.data));
  const colour = away ? 'red' : offline || (status.data?.outbox ?? 0) > 0 ? 'yellow' : 'teal';
  return (
    <Button
      size="compact-sm"
      variant="default"
      radius="xl"
      // A narrow window has room for it in two lines.
      h="auto"
      mih={26}
      py={3}
      maw="100%"
      styles={{ label: { whiteSpace: 'normal', lineHeight: 1.2, textAlign: 'start', overflow: 'visible' } }}
      data-sync={away ? 'away' : status.data?.relay.state}
      data-received={status.data?.relay.received_up_to}
      leftSection={
        <span aria-hidden style={{ width: 8, height: 8, borderRadius: 4, background: `var(--mantine-color-${colour}-6)` }} />
      }
      onClick={() => go(paths.sync)}
    >
      {ended ? words.text('sync.ended') : away || !status.data ? words.text('sync.away') : syncSentence(words, status.data)}
    </Button>
  );
}
