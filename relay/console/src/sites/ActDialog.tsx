// Before something is done about a site, or about several at once: which, what follows, and why it is done. Owns that it is done of each, that what
// was refused stands here with its sites and can be tried again, and that nothing more is begun once it is closed.
import { Text } from '@mantine/core';
import { Ask, useToasts } from '@comptoir/kit';
import { useEffect, useRef, useState } from 'react';
import type { Site } from '../api/client';
import { Reason } from '../requests/Reason';
import type { OwnId } from '../words/catalogue';
import { useWords } from '../words/useWords';
import type { SiteAct } from './acts';
import { NamedSites } from './NamedSites';
import { Refusals } from './Refusals';
import { together, type Ended, type Refusal } from './together';
import { useSiteAct } from './useSiteAct';

export interface ActDialogProps {
  act: SiteAct;
  /** As they are when it is opened: what is named is what is acted on. */
  sites: Site[];
  /** How many more are chosen that it does not concern. */
  others?: number;
  /** Hears what came of it, each time that it is tried. */
  ended?: (ended: Ended) => void;
  close: () => void;
}

interface Said {
  title: OwnId;
  what: OwnId[];
  /** For whom a reason is; an act that has none is not asked for one. */
  reason?: OwnId;
  yes: OwnId;
  done: OwnId;
}

const SAID: Record<'hold' | 'release', Said> = {
  hold: { title: 'line.hold.title', what: ['line.hold.now', 'line.hold.what'], reason: 'line.hold.reason', yes: 'line.hold.do', done: 'line.held' },
  release: { title: 'line.release.title', what: ['line.release.what'], yes: 'line.release.do', done: 'line.released' },
};
const saidOf = (act: SiteAct): Said =>
  act === 'hold' || act === 'release' ? SAID[act] : { title: `ask.title.${act}`, what: [`ask.what.${act}`], reason: 'ask.reason.what', yes: 'ask.do', done: 'ask.said' };

export function ActDialog({ act, sites, others = 0, ended, close }: ActDialogProps) {
  const words = useWords();
  const toasts = useToasts();
  const { act: put, afterwards } = useSiteAct();
  const [reason, setReason] = useState('');
  const [left, setLeft] = useState(sites);
  const [refused, setRefused] = useState<Refusal[]>([]);
  const [behind, setBehind] = useState<number>();
  const isClosed = useRef(false);
  useEffect(() => {
    isClosed.current = false;
    return () => {
      isClosed.current = true;
    };
  }, []);
  const said = saidOf(act);
  const about = (sites: Site[]) => ({ count: sites.length, site: sites[0]?.code ?? '' });
  const run = async () => {
    setRefused([]);
    const came = await together(left.map((site) => site.code), (code) => put(act, code, reason), { told: setBehind, isStopped: () => isClosed.current });
    setBehind(undefined);
    afterwards(act);
    ended?.(came);
    const isDone = came.done.length === left.length;
    if (isDone) toasts.say(words.text(said.done, about(left)));
    else if (isClosed.current) toasts.say(words.text('sites.stopped', { done: came.done.length, all: left.length }));
    if (isDone) return close();
    const [first] = came.refused;
    if (sites.length === 1 && first) throw first.problem;
    setLeft(left.filter((site) => !came.done.includes(site.code)));
    setRefused(came.refused);
  };
  const isOne = sites.length === 1;
  return (
    <Ask title={words.text(said.title, about(left))} yes={words.text(said.yes, about(left))} act={run} close={close} hasField={said.reason !== undefined} size={isOne ? 'md' : 'lg'}>
      {isOne && act !== 'release' ? null : <NamedSites sites={left} withHolds={act === 'release'} />}
      {others > 0 ? <Text size="sm">{words.text('sites.others', { count: others })}</Text> : null}
      {said.what.map((id) => (
        <Text key={id} size="sm">
          {words.text(id, about(left))}
        </Text>
      ))}
      {said.reason ? <Reason reason={reason} change={setReason} what={words.text(said.reason)} focused /> : null}
      <Text size="sm" role="status" hidden={behind === undefined || isOne}>
        {behind === undefined ? '' : words.text('sites.behind', { done: behind, all: left.length })}
      </Text>
      {refused.length > 0 ? <Refusals refused={refused} /> : null}
    </Ask>
  );
}
