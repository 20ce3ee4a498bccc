// What a site can choose among when it makes or shares a record.
import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { apart, definedHere, widerThan } from './placement';

const scope = (name: string, holders: string[]): Schemas['ScopeShown'] => ({
  id: `id of ${name}`,
  name,
  defined: /^[a-z-]+$/.test(name) && name !== 'organisation',
  members: holders,
  holders,
  jurisdictions: [],
  relays: [],
});
const site = (code: string) => ({ code, here: code === 'DKR' }) as Schemas['SiteShown'];
const organisation = {
  sites: [site('PAR'), site('DKR')],
  scopes: [
    scope('organisation', ['ABJ', 'DKR', 'PAR']),
    scope('private:DKR', ['DKR', 'PAR']),
    scope('dakar-alone', ['DKR']),
    scope('south', ['ABJ', 'DKR']),
    scope('afar', ['ABJ', 'PAR']),
    scope('nearly-all', ['ABJ', 'DKR', 'PAR']),
  ],
} as unknown as Schemas['Organisation'];
const names = (scopes: Schemas['ScopeShown'][]) => scopes.map((scope) => scope.name);

it('chooses among the scopes that this site holds', () => {
  expect(names(definedHere(organisation))).toEqual(['dakar-alone', 'south', 'nearly-all']);
  expect(definedHere(undefined)).toEqual([]);
});

it('knows a record that fewer see', () => {
  expect(apart(organisation, 'id of organisation')).toBeUndefined();
  expect(apart(organisation, 'id of private:DKR')?.name).toBe('private:DKR');
  expect(apart(organisation, 'id of south')?.name).toBe('south');
});

it('shares with more sites and never with fewer', () => {
  const wider = (name: string) => names(widerThan(organisation, scope(name, organisation.scopes.find((known) => known.name === name)?.holders ?? [])));
  expect(wider('private:DKR')).toEqual(['nearly-all']);
  expect(wider('dakar-alone')).toEqual(['south', 'nearly-all']);
  expect(wider('nearly-all')).toEqual([]);
});
