// A question at the door is asked when something would be left behind, once, and never when all is sent or on its way.
import { expect, it } from 'vitest';
import type { Status } from '../api/types';
import { leftBehind } from './leaving';

const status = (state: Status['relay']['state'], outbox: number, standing: Status['standing'] = 'member') => ({ outbox, relay: { state }, standing }) as Status;
const nothing = { unsaved: false, unsent: 0 };

it('what waits for a line that is down is told once, and again when there is more', () => {
  expect(leftBehind(status('offline', 3), false, 0)).toEqual({ unsaved: false, unsent: 3 });
  expect(leftBehind(status('offline', 3), false, 3)).toEqual(nothing);
  expect(leftBehind(status('offline', 4), false, 3)).toEqual({ unsaved: false, unsent: 4 });
});

it('nothing is said of what is on its way, nor where there is no relay', () => {
  for (const state of ['connected', 'connecting', 'none', 'stopped'] as const) expect(leftBehind(status(state, 3), false, 0)).toEqual(nothing);
  expect(leftBehind(status('offline', 0), false, 0)).toEqual(nothing);
  expect(leftBehind(undefined, false, 0)).toEqual(nothing);
});

it('nothing is said at a site that is removed, where no line comes back', () => {
  for (const standing of ['suspended', 'revoked'] as const) expect(leftBehind(status('offline', 3, standing), false, 0)).toEqual(nothing);
});

it('what is typed and not saved is always told', () => {
  expect(leftBehind(status('connected', 0), true, 9)).toEqual({ unsaved: true, unsent: 0 });
});
