// The field that searches a list while a person types. Owns when what is typed is asked for.
import { TextInput } from '@mantine/core';
import { useThrottledCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../words/useWords';

/** How soon a search is asked again while a person types. */
const AGAIN_MS = 40;

export interface SearchFieldProps {
  inputRef: React.RefObject<HTMLInputElement | null>;
  value: string;
  change: (search: string) => void;
  down: () => void;
}

export function SearchField({ inputRef, value, change, down }: SearchFieldProps) {
  const words = useWords();
  const [typed, setTyped] = useState(value);
  // The first letter is asked at once; who types faster than that is asked for the last one.
  const soon = useThrottledCallback(change, AGAIN_MS);
  const sent = useRef(value);
  useEffect(() => {
    // A view or the browser's way back says something else.
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  return (
    <TextInput
      ref={inputRef}
      size="sm"
      w={280}
      type="search"
      dir="auto"
      aria-label={words.text('grid.search')}
      placeholder={words.text('grid.search')}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        sent.current = event.currentTarget.value;
        soon(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
        event.preventDefault();
        down();
      }}
    />
  );
}
