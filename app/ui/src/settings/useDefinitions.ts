// Records by which an organisation makes the program its own: own fields, stages, names. Owns reading all of one kind, and changing
// one with everything that follows from it.
import { archiveRecord, changeRecord, createRecord, keys, listRecords, organisationQuery, useToasts, type Changes, type ListedRecord, type Pairs } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

/** Definitions for one kind of record, and the acts on them, which tell whether they were done. */
export interface Definitions {
  records: ListedRecord[];
  isPending: boolean;
  error: unknown;
  isHeadquarters: boolean;
  problem: unknown;
  setProblem: (problem: unknown) => void;
  change: (id: string, changes: Changes, said: string) => Promise<boolean>;
  create: (changes: Changes, said: string) => Promise<boolean>;
  archive: (id: string, archived: boolean, said: string) => Promise<boolean>;
}

const MOST = '500';

export function useDefinitions(kind: string, of: string, columns: string[], archived: boolean): Definitions {
  const client = useQueryClient();
  const toasts = useToasts();
  const [problem, setProblem] = useState<unknown>();
  const organisation = useQuery(organisationQuery);
  const pairs: Pairs = [['kind[eq]', of], ['columns', columns.join(',')], ['limit', MOST]];
  const live = useQuery({ queryKey: [...keys.list(kind), 'settings', of], queryFn: async () => (await listRecords(kind, pairs)).records });
  const retired = useQuery({
    queryKey: [...keys.list(kind), 'settings', of, 'archived'],
    queryFn: async () => (await listRecords(kind, [...pairs, ['archived', 'true']])).records,
    enabled: archived,
  });
  const act = async (work: () => Promise<unknown>, said: string) => {
    setProblem(undefined);
    try {
      await work();
      for (const queryKey of [keys.list(kind), keys.kinds, ['schema']]) await client.invalidateQueries({ queryKey });
      if (said !== '') toasts.say(said);
      return true;
    } catch (error) {
      setProblem(error);
      return false;
    }
  };
  return {
    records: [...(live.data ?? []), ...(archived ? (retired.data ?? []) : [])],
    isPending: live.isPending || (archived && retired.isPending),
    error: live.error ?? retired.error,
    isHeadquarters: organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false,
    problem,
    setProblem,
    change: (id, changes, said) => act(() => changeRecord(kind, id, changes), said),
    create: (changes, said) => act(() => createRecord(kind, changes), said),
    archive: (id, isArchived, said) => act(() => archiveRecord(kind, id, isArchived), said),
  };
}

/** A cell of a listed record as text. */
export const textOf = (record: ListedRecord, name: string): string => {
  const value = record.fields[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** What a definition is called in a language, by its other name or its key where it has none there. */
export const labelOf = (record: ListedRecord, locale: string): string => {
  const names = [textOf(record, 'label_fr'), textOf(record, 'label_en')];
  return (locale.startsWith('fr') ? names : names.reverse()).find((name) => name !== '') ?? textOf(record, 'key');
};

export const placeOf = (record: ListedRecord): number => Number(textOf(record, 'order') || '0');

export const inOrder = (one: ListedRecord, other: ListedRecord): number => placeOf(one) - placeOf(other) || textOf(one, 'key').localeCompare(textOf(other, 'key'));
