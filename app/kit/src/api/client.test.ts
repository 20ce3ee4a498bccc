// What the node would refuse for its size is refused before it is sent, with the field that takes the room.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { MAX_BODY_BYTES, writtenBody } from './client';
import { Problem } from './problem';

const refused = (body: unknown): Problem => {
  try {
    writtenBody(body);
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('it was written');
};

it('what fits is written as it is', () => {
  expect(writtenBody({ set: { name: 'Diop' } })).toBe('{"set":{"name":"Diop"}}');
  expect(writtenBody({ set: { notes: 'a'.repeat(MAX_BODY_BYTES - 100) } }).length).toBeGreaterThan(MAX_BODY_BYTES - 100);
});

it('ten megabytes in a field are refused by name; letters of several bytes are counted as such', () => {
  expect(refused({ set: { name: 'Diop', notes: 'a'.repeat(10_000_000) } })).toMatchObject({ code: 'body-too-large', params: { field: 'notes' } });
  expect(refused({ set: { notes: 'é'.repeat(MAX_BODY_BYTES / 2) } }).code).toBe('body-too-large');
  expect(refused({ add: { contacts: [{ value: 'a'.repeat(MAX_BODY_BYTES) }] } }).field).toBeUndefined();
});

it('the bound is the node’s', () => {
  const limits = readFileSync(resolve(import.meta.dirname, '../../../../node/src/limits.rs'), 'utf8');
  expect(limits).toContain('pub const MAX_BODY_BYTES: usize = 256 * 1024;');
  expect(MAX_BODY_BYTES).toBe(256 * 1024);
});
