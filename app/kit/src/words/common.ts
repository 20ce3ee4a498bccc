// What every interface of ours says, the node's and the relay's: what stands beside it is each one's own. Owns what a language is.
import enCommon from '../messages/en/common.json';

export type Language = 'en' | 'fr';
/** Languages as they call themselves, whichever is spoken. */
export const LANGUAGE_NAMES: Record<Language, string> = { fr: 'Français', en: 'English' };
export type Catalogue = Record<string, string>;
export type CommonId = keyof typeof enCommon;

export const commonEnglish: Catalogue = enCommon;

/** The same in a language; French is a chunk of its own. */
export async function commonWords(language: Language): Promise<Catalogue> {
  return language === 'fr' ? (await import('../messages/fr/common.json')).default : enCommon;
}
