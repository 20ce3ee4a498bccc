// From what was scanned to what is posted: a draft of a move, then its posting. Owns that a broken line or a crash in between posts
// nothing twice: the draft is named in this browser before it is posted, and looked at before another is made.
import { archiveRecord, asProblem, changeRecord, createRecord, readRecord, type AddedLine, type DraftInHand, type Scalar } from '@comptoir/kit';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { postDraft } from './queries';
import { textOf } from './tally';

/** So many lines go in one request: each has several fields, and a request has its bound. */
const LINES_AT_ONCE = 60;
const SENT = ['item', 'quantity', 'lot', 'serial', 'expiry', 'cost'] as const;

const sent = (line: AddedLine): Record<string, Scalar> =>
  Object.fromEntries(SENT.flatMap((name) => (textOf(line, name) === '' ? [] : [[name, textOf(line, name)]])));

export interface Refusal {
  error: unknown;
  /** The line at fault, by its key. */
  line?: string;
}

export function usePosting(hand: DraftInHand, heading: () => Record<string, Scalar>) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();

  /** The id of what was posted; undefined where it was refused. */
  const post = async (lines: AddedLine[]): Promise<string | undefined> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const before = String(hand.draft.set.move ?? '');
      if (before !== '') {
        const record = await readRecord('move', before);
        // It was posted, and the answer was lost.
        if (typeof record.fields.posted === 'string' && record.fields.posted !== '') return record.fields.posted;
        if (!record.archived) await archiveRecord('move', before, true);
      }
      const batches = Array.from({ length: Math.ceil(lines.length / LINES_AT_ONCE) }, (_, at) => lines.slice(at * LINES_AT_ONCE, (at + 1) * LINES_AT_ONCE));
      const { id } = await createRecord('move', { set: heading(), add: { lines: (batches[0] ?? []).map(sent) } });
      flushSync(() => hand.edit('move', id));
      for (const batch of batches.slice(1)) await changeRecord('move', id, { add: { lines: batch.map(sent) } });
      try {
        return (await postDraft(id)).id;
      } catch (error) {
        // A refusal is an answer: the draft is set aside, and what was scanned stays here. Anything else leaves open what became of it.
        if (asProblem(error).status >= 400 && asProblem(error).status < 500) {
          await archiveRecord('move', id, true);
          flushSync(() => hand.drop('move'));
        }
        throw error;
      }
    } catch (error) {
      const at = /^lines\.(\d+)(\.|$)/.exec(asProblem(error).field ?? '')?.[1];
      const line = at === undefined ? undefined : lines[Number(at) - 1]?.key;
      setRefusal({ error, ...(line === undefined ? {} : { line }) });
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { post, busy, refusal, forget: () => setRefusal(undefined) };
}
