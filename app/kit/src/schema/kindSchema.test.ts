// A kind's schema as screens use it: an organisation's own field stands behind the program's unless it was given a place.
import { expect, it } from 'vitest';
import { kindSchema } from './kindSchema';

const text = (order: number) => ({ 'x-ui': { kind: 'text', order } });

it('puts a field of the organisation behind the others, or where it was given a place', () => {
  const json = (order: number) => ({ properties: { custom: { properties: { size: text(order) } }, name: text(10), city: text(30) } });
  const paths = (order: number) => kindSchema(json(order)).fields.map((field) => field.path);
  expect(paths(0)).toEqual(['name', 'city', 'custom.size']);
  expect(paths(20)).toEqual(['name', 'custom.size', 'city']);
});
