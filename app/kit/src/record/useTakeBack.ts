// Taking back just what was written, whatever came since: never the last change of a record, which may be somebody else's. Owns the
// requests, and that what stays is told.
import { useQueryClient } from '@tanstack/react-query';
import { keys, schemaQuery } from '../api/queries';
import { revertRecord } from '../api/records';
import type { RecordShown, Written } from '../api/types';
import { useToasts } from '../problem/toasts';
import { useWords } from '../words/useWords';

/** The records as they are now; throws what is refused. */
export type TakeBack = (written: readonly Written[]) => Promise<RecordShown[]>;

export function useTakeBack(): TakeBack {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  return async (written) => {
    const records: RecordShown[] = [];
    const stays: string[] = [];
    // The last first: what builds on the one before goes before it.
    for (const { kind, record, change } of written.toReversed()) {
      const reverted = await revertRecord(kind, record, { change });
      const schema = await client.query({ ...schemaQuery(kind, words.intl.locale), staleTime: 'static' });
      stays.push(...[...reverted.superseded, ...reverted.contested].map((path) => words.path(schema, path)));
      records.push(reverted.record);
      for (const queryKey of [keys.record(kind, record), keys.history(kind, record), keys.list(kind), keys.inbox, keys.status, keys.outbox]) {
        void client.invalidateQueries({ queryKey });
      }
    }
    toasts.say(stays.length > 0 ? words.text('timeline.undoneBut', { fields: stays.join(', ') }) : words.text('timeline.undone'));
    return records;
  };
}
