// What holds of a new password wherever one is chosen: how long it must be, and what stands at its field when it was refused for what it is; why,
// and what to do, is said as of any problem.
import type { Words } from '../words/useWords';
import { asProblem } from './ProblemAlert';

/** `MIN_PASSWORD_CHARACTERS` of node and relay. */
export const LEAST_PASSWORD_CHARACTERS = 10;

/** Characters as they are counted there, not units of UTF-16. */
export const isLongEnough = (password: string): boolean => Array.from(password).length >= LEAST_PASSWORD_CHARACTERS;

const CODES = ['password-unfit', 'password-common', 'password-guessable'];

export function passwordFault(words: Words, error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const { code } = asProblem(error);
  return CODES.includes(code) ? words.problem(code) : undefined;
}

export interface NewPasswordProps {
  value: string;
  change: (value: string) => void;
  /** What it was refused with, or whatever else was. */
  refused: unknown;
  focused?: boolean;
}
