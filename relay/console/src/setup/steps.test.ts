// Setting an account up goes step by step, and nothing is kept longer than it is needed.
import { expect, it } from 'vitest';
import { codeOf, setupLink } from './link';
import { begun, digitsOf, stepAfter, type Event, type Step } from './steps';

const whose = { name: 'awa', role: 'viewer' as const, until: '2026-11-25T10:00:00Z' };
const authenticator = { address: 'otpauth://totp/x', secret: 'ABC', expires_s: 900 };
const done = { name: 'awa', recovery_codes: ['AAAAA-BBBBB'] };
const through = (events: Event[], from: Step = begun('')): Step => events.reduce(stepAfter, from);
const [looked, kept, confirmed]: Event[] = [{ is: 'looked-up', code: 'C', whose }, { is: 'password-kept', authenticator }, { is: 'confirmed', done }];

it('goes from the code to the recovery codes, and then knows neither code nor secret', () => {
  expect(through([looked as Event])).toEqual({ at: 'password', code: 'C', whose });
  expect(through([looked as Event, kept as Event])).toEqual({ at: 'authenticator', code: 'C', whose, authenticator });
  expect(through([looked as Event, kept as Event, confirmed as Event])).toEqual({ at: 'recovery', done });
});

it('skips no step, and leaves the last one by nothing', () => {
  expect(through([kept as Event])).toEqual(begun(''));
  expect(through([looked as Event, confirmed as Event]).at).toBe('password');
  const last = through([looked as Event, kept as Event, confirmed as Event]);
  expect(through([looked as Event, { is: 'back' }, { is: 'refused', code: 'set-up-unknown' }], last)).toBe(last);
});

it('begins again with the same code when the relay knows nothing of it, and stays for any other refusal', () => {
  expect(through([looked as Event, kept as Event, { is: 'refused', code: 'set-up-unknown' }])).toEqual(begun('C'));
  expect(through([looked as Event, kept as Event, { is: 'refused', code: 'second-factor-wrong' }]).at).toBe('authenticator');
  expect(through([looked as Event, kept as Event, { is: 'back' }])).toEqual({ at: 'password', code: 'C', whose });
});

it('reads links and digits as they are written', () => {
  expect(codeOf(new URL(setupLink('https://relay.example', 'AAAAA-B1')).hash)).toBe('AAAAA-B1');
  expect(codeOf('#set-up=<b>')).toBe('');
  expect(digitsOf('123 456 ')).toBe('123456');
});
