// The catalogues of messages, English and French: the first is the measure, the other has the same. Owns loading them.
import enCommon from '../messages/en/common.json';
import enFields from '../messages/en/fields.json';
import enProblems from '../messages/en/problems.json';
import enSetup from '../messages/en/setup.json';
import enStock from '../messages/en/stock.json';
import enText from '../messages/en/text.json';
import enWindow from '../messages/en/window.json';
import type { Catalogue, CommonId, Language } from './common';

export type TextId = CommonId | keyof typeof enText | keyof typeof enSetup | keyof typeof enStock | keyof typeof enWindow;

export const english: Catalogue = { ...enCommon, ...enFields, ...enProblems, ...enSetup, ...enStock, ...enText, ...enWindow };

/** The messages of a language; French is a chunk of its own. */
export async function catalogue(language: Language): Promise<Catalogue> {
  return language === 'fr' ? (await import('./french')).french : english;
}
