// How an account is set up: its code, a password, an authenticator that confirms, recovery codes that are shown once. Owns the order, and
// where a refusal leads back to; asks and draws nothing.
import type { Schemas } from '../api/client';

export type Step =
  | { at: 'code'; code: string }
  | { at: 'password'; code: string; whose: Schemas['SetupShown'] }
  | { at: 'authenticator'; code: string; whose: Schemas['SetupShown']; authenticator: Schemas['Authenticator'] }
  | { at: 'recovery'; done: Schemas['SetupDone'] };

export type Event =
  | { is: 'looked-up'; code: string; whose: Schemas['SetupShown'] }
  | { is: 'password-kept'; authenticator: Schemas['Authenticator'] }
  | { is: 'confirmed'; done: Schemas['SetupDone'] }
  | { is: 'back' }
  | { is: 'refused'; code: string };

export const begun = (code: string): Step => ({ at: 'code', code });

/** Codes, passwords and what was begun with them go as soon as they have done their part. */
export function stepAfter(step: Step, event: Event): Step {
  switch (event.is) {
    case 'looked-up':
      return step.at === 'code' ? { at: 'password', code: event.code, whose: event.whose } : step;
    case 'password-kept':
      return step.at === 'password' ? { ...step, at: 'authenticator', authenticator: event.authenticator } : step;
    case 'confirmed':
      return step.at === 'authenticator' ? { at: 'recovery', done: event.done } : step;
    case 'back':
      return step.at === 'authenticator' ? { at: 'password', code: step.code, whose: step.whose } : step.at === 'password' ? begun(step.code) : step;
    case 'refused':
      // The relay says it of a code that is not good any more, and of a set-up that took too long: the code is looked up again.
      return event.code === 'set-up-unknown' && step.at !== 'recovery' ? begun(step.code) : step;
  }
}

/** The steps in their order, to be counted. */
export const STEPS = ['code', 'password', 'authenticator', 'recovery'] as const;

/** What is left of a code that was typed: six digits, however they were grouped. */
export const digitsOf = (typed: string): string => typed.replace(/\D/g, '').slice(0, 6);
