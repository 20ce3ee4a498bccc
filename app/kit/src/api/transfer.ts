// Whole files in and out: imports with a way to cancel, exports as files of the user's. Owns the requests, which are no JSON.
import { UNREACHABLE } from './client';
import { Problem, problemOf, wasAborted } from './problem';
import type { Pairs } from './records';
import { transport } from './transport';
import type { ImportReport } from './types';

export interface ImportAsk {
  kind: string;
  file: File;
  /** The act that it will be, by which events name it. */
  batch: string;
  dryRun: boolean;
  /** `column in the file=column here`, one each. */
  map: string[];
  /** A kept mapping, for what it says of empty cells. */
  mapping?: string;
  /** Of a workbook with several. */
  sheet?: string;
  plan?: string;
  saveMapping?: string;
}

/** An answer that is well; anything else is told as a problem. */
async function well<T extends { response: Response }>(request: Promise<T>): Promise<T> {
  let ended: T;
  try {
    ended = await request;
  } catch (error) {
    if (wasAborted(error)) throw error;
    throw new Problem(UNREACHABLE, {}, error instanceof Error ? error.message : '');
  }
  const { response } = ended;
  if (!response.ok) throw problemOf(await response.json().catch(() => undefined), response.status);
  return ended;
}

/** Sends a file. Aborting stops the writing between two transactions: what was written by then stays, as one batch. */
export async function importFile(ask: ImportAsk, signal: AbortSignal): Promise<ImportReport> {
  const query = new URLSearchParams([['batch', ask.batch], ...ask.map.map((map) => ['map', map])]);
  if (ask.dryRun) query.set('dry_run', 'true');
  if (ask.mapping !== undefined) query.set('mapping', ask.mapping);
  if (ask.sheet !== undefined) query.set('sheet', ask.sheet);
  if (ask.plan !== undefined) query.set('plan', ask.plan);
  if (ask.saveMapping) query.set('save_mapping', ask.saveMapping);
  const url = `/api/v1/records/${ask.kind}/import?${query.toString()}`;
  const { response } = await well(transport().upload(url, ask.file, signal).then((response) => ({ response })));
  return (await response.json()) as ImportReport;
}

/** Keeps records as a file, in the columns and with the filters of a list; where it lies, if that can be told. */
export async function exportFile(kind: string, format: 'csv' | 'xlsx', pairs: Pairs, name: string, signal?: AbortSignal): Promise<string | undefined> {
  const query = new URLSearchParams([['format', format], ...pairs]);
  return (await well(transport().download(`/api/v1/records/${kind}/export?${query.toString()}`, `${name}.${format}`, signal))).place;
}
