// The shape of the lint rule about words, for its test.
export const words: { selector: string; message: string }[];
