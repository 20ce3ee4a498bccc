// What the lists of definitions share: how reading and changing them stands, and taking one out of use or back.
import { Button, Loader, Text } from '@mantine/core';
import { ProblemAlert, useWords, type ListedRecord } from '@comptoir/kit';
import type { Definitions } from './useDefinitions';

/** What went wrong, that they are being read, or, in these words, that there are none. */
export function Standing({ own, none }: { own: Definitions; none: string }) {
  const words = useWords();
  return (
    <>
      {own.error ? <ProblemAlert error={own.error} /> : null}
      {own.problem ? <ProblemAlert error={own.problem} close={() => own.setProblem(undefined)} /> : null}
      {own.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {!own.isPending && own.records.length === 0 ? <Text size="sm">{none}</Text> : null}
    </>
  );
}

export function Retire({ own, record, name }: { own: Definitions; record: ListedRecord; name: string }) {
  const words = useWords();
  const said = words.text(record.archived ? 'fields.broughtBack' : 'fields.isRetired', { name });
  return (
    <Button
      size="compact-sm"
      variant="light"
      aria-label={words.text(record.archived ? 'fields.bringBack' : 'fields.retire', { name })}
      onClick={() => void own.archive(record.id, !record.archived, said)}
    >
      {words.text(record.archived ? 'fields.bringBack.do' : 'fields.retire.do')}
    </Button>
  );
}
