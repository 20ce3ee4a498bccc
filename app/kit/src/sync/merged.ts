// What one side of a merge changed, in words. Owns the choice of what goes without saying.
import { inFormOrder, type KindSchema } from '../schema/kindSchema';

const POSITION = '.position';

/** Fields as the form has and names them, each name once: of two lines the same is said. That a new line has its place goes without saying. */
export function changedFields(schema: KindSchema | undefined, fields: string[], path: (schema: KindSchema | undefined, path: string) => string): string[] {
  const isPlace = (field: string) => field.endsWith(POSITION);
  const hasMore = (place: string) => fields.some((field) => !isPlace(field) && field.startsWith(place.slice(0, 1 - POSITION.length)));
  const told = fields.filter((field) => !isPlace(field) || !hasMore(field));
  const ordered = schema ? inFormOrder(schema, told, (field) => field) : told;
  return [...new Set(ordered.map((field) => path(schema, field)))];
}
