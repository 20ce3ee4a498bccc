// Text as it is looked for.

/** Case and accents aside. */
export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The words of what is typed, each to be found. */
export const termsOf = (typed: string): string[] => plain(typed).split(/\s+/).filter((term) => term !== '');
