// Whole files in and out: imports with a way to cancel, exports as downloads. Owns the requests, which are no JSON.
import { Problem, problemOf, UNREACHABLE } from './client';
import type { Pairs } from './records';
import type { ImportReport } from './types';

export interface ImportAsk {
  kind: string;
  file: File;
  dryRun: boolean;
  /** `column in the file=column here`, one each. */
  map: string[];
  plan?: string;
  saveMapping?: string;
}

async function asked(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(UNREACHABLE, {}, error instanceof Error ? error.message : '');
  }
  if (!response.ok) throw problemOf(await response.json().catch(() => undefined), response.status);
  return response;
}

/** Sends a file. Aborting stops the writing between two transactions: what was written by then stays, as one batch. */
export async function importFile(ask: ImportAsk, signal: AbortSignal): Promise<ImportReport> {
  const query = new URLSearchParams(ask.map.map((map) => ['map', map]));
  if (ask.dryRun) query.set('dry_run', 'true');
  if (ask.plan !== undefined) query.set('plan', ask.plan);
  if (ask.saveMapping) query.set('save_mapping', ask.saveMapping);
  const url = `/api/v1/records/${ask.kind}/import?${query.toString()}`;
  const response = await asked(url, {
    method: 'POST',
    body: ask.file,
    headers: { 'content-type': 'application/octet-stream' },
    signal,
  });
  return (await response.json()) as ImportReport;
}

/** Downloads records as a file, in the columns and with the filters of a list. */
export async function exportFile(kind: string, format: 'csv' | 'xlsx', pairs: Pairs, name: string): Promise<void> {
  const query = new URLSearchParams([['format', format], ...pairs]);
  const response = await asked(`/api/v1/records/${kind}/export?${query.toString()}`, {});
  saveFile(await response.blob(), `${name}.${format}`);
}

/** Gives the person a file. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
