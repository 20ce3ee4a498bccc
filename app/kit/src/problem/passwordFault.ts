// What stands at the field of a new password that was refused for what it is; why, and what to do, is said as of any problem.
import type { Words } from '../words/useWords';
import { asProblem } from './ProblemAlert';

const CODES = ['password-unfit', 'password-common', 'password-guessable'];

export function passwordFault(words: Words, error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const { code } = asProblem(error);
  return CODES.includes(code) ? words.problem(code) : undefined;
}
