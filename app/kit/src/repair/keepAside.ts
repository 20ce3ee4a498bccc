// What can be kept aside before anything is rebuilt, as real files: the records of each kind, what is typed and not saved, and a
// report for whoever helps. Owns what is in the files; a rebuild does not need them, a person's peace of mind does.
import { answer, api } from '../api/client';
import { transport } from '../api/transport';
import { keptDrafts } from '../record/draft';

/** Entries of the log that the report holds. */
const REPORTED_ENTRIES = 1_000;

/** One part of the report: its answer, or why there is none, which helps as much. */
const part = async <T>(request: Promise<T>): Promise<unknown> => request.catch((error: unknown) => ({ failed: String(error), ...(error as object) }));

/** How the node stands, without a value of any record. */
export async function report(): Promise<object> {
  const [status, doctor, digest, outbox, log] = await Promise.all([
    part(answer(api.GET('/api/v1/status'))),
    part(answer(api.GET('/api/v1/doctor'))),
    part(answer(api.GET('/api/v1/digest'))),
    part(answer(api.GET('/api/v1/outbox'))),
    part(answer(api.GET('/api/v1/log', { params: { query: { limit: REPORTED_ENTRIES } } }))),
  ]);
  return { made: new Date().toISOString(), status, doctor, digest, outbox, log };
}

const json = (value: object) => JSON.stringify(value, null, 1);
const day = () => new Date().toISOString().slice(0, 10);

/** Keeps the report; where it lies, if that can be told. */
export async function saveReport(site: string): Promise<string | undefined> {
  return transport().keep(json(await report()), `comptoir-${site}-${day()}-report.json`);
}

/** Keeps what is typed and not saved; where it lies, if that can be told. */
export async function saveDrafts(site: string): Promise<string | undefined> {
  return transport().keep(json({ made: new Date().toISOString(), drafts: keptDrafts() }), `comptoir-${site}-${day()}-unsaved.json`);
}
