// An entry by the beginning of its hash; the whole of it for whoever points at it.
import { Code } from '@mantine/core';

const SHORT = 12;

export const shortEntry = (hash: string): string => hash.slice(0, SHORT);

export const Entry = ({ hash }: { hash: string }) => <Code title={hash}>{shortEntry(hash)}</Code>;
