// The console's French messages.
import frProblems from '../messages/fr/problems.json';
import frText from '../messages/fr/text.json';

export const french: Record<string, string> = { ...frProblems, ...frText };
