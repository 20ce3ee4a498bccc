// Where a refusal of a site's description belongs: under the input that is at fault.
import { asProblem, type Words } from '@comptoir/kit';

const OF_CODE: Record<string, string> = { 'site-code-taken': 'site', 'country-unknown': 'country' };

/** What is wrong by the name of the option; empty where it concerns no single one. */
export function faults(words: Words, error: unknown): Record<string, string> {
  if (!error) return {};
  const problem = asProblem(error);
  const field = OF_CODE[problem.code] ?? (problem.code === 'profile-invalid' ? problem.field : undefined);
  return field ? { [field]: words.problem(problem.code) } : {};
}
