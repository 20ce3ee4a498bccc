// The console's messages, on top of those that every interface of ours says. English is the measure, French has the same.
import { commonEnglish, commonWords, type Catalogue, type CommonId, type Language } from '@comptoir/kit';
import enProblems from '../messages/en/problems.json';
import enText from '../messages/en/text.json';

export type OwnId = keyof typeof enText;
export type TextId = OwnId | CommonId;

export const ownEnglish: Catalogue = { ...enProblems, ...enText };
export const english: Catalogue = { ...commonEnglish, ...ownEnglish };

/** The messages of a language; French is a chunk of its own. */
export async function catalogue(language: Language): Promise<Catalogue> {
  if (language === 'en') return english;
  const [common, own] = await Promise.all([commonWords(language), import('./french')]);
  return { ...common, ...own.french };
}
