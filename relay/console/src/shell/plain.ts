// Text as it is looked for.

/** Case and accents aside. */
export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
