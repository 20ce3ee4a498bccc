// Acts over many records, taken back as one. Owns how this side names one before it begins.
import { answer, api, type Schemas } from './client';

/** An id for an act: the node is told it with each part. */
export function drawnBatch(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** Takes an act back; of another site only where that is named. */
export async function undoBatch(id: string, site?: string): Promise<Schemas['Undone']> {
  return answer(api.POST('/api/v1/batches/{id}/undo', { params: { path: { id }, query: site === undefined ? {} : { site } } }));
}
