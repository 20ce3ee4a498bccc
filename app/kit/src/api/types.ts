// The answers of the API as screens read them: what the description can only call an object is given its type here.
import type { Scalar, Schemas } from './client';

type Fields = Record<string, Scalar>;
/** A line of a record: its key, place, whether it is archived, and its fields beside them. */
export type Line = { key: string; position: number; archived: boolean } & Record<string, Scalar>;
export type Conflict = { field: string; values: Scalar[] };
export interface Alias {
  id: string;
  scope: string;
  title: string;
  reference: string;
  archived: boolean;
  fields: Fields;
  lines: Record<string, Line[]>;
}
export interface RecordShown {
  id: string;
  kind: string;
  scope: string;
  title: string;
  archived: boolean;
  alias_of?: string | null;
  fields: Fields;
  custom?: Fields;
  retired?: string[];
  unknown?: Fields;
  lines: Record<string, Line[]>;
  conflicts: Conflict[];
  aliases?: Alias[];
}
export interface ListedRecord {
  id: string;
  scope: string;
  title: string;
  archived: boolean;
  conflicts: number;
  fields: Record<string, Scalar | Scalar[]>;
  titles?: Record<string, string>;
}
export interface ListPage {
  total: number;
  records: ListedRecord[];
  columns: string[];
  totals?: Record<string, string[]>;
  next?: string | null;
  previous?: string | null;
}
export interface HistoryPut {
  field: string;
  before: Scalar;
  value: Scalar;
  concurrent: boolean;
}
export type HistoryEntry = Omit<Schemas['HistoryEntry'], 'puts'> & { puts: HistoryPut[] };
export type ItemValue = Omit<Schemas['ItemValue'], 'value'> & { value: Scalar };
export type InboxItem = Omit<Schemas['InboxItem'], 'values'> & { values: ItemValue[] };
export interface Changes {
  set?: Record<string, Scalar>;
  add?: Record<string, Record<string, Scalar>[]>;
}
export type Written = Schemas['Written'];
/** A record as it is now, and what the request wrote. */
export type Changed = RecordShown & { written: Written[] };
export interface Reverted {
  record: RecordShown;
  superseded: string[];
  contested: string[];
}
export type Kind = Schemas['KindShown'];
export type Status = Schemas['Status'];
export type Organisation = Schemas['Organisation'];
export type Outbox = Schemas['Outbox'];
export type Log = Schemas['Log'];
export type Merged = Schemas['Merged'];
export type Batch = Schemas['Batch'];
export type Hits = Schemas['Hits'];
export type ImportReport = Schemas['ImportReport'];
