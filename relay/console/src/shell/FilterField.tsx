// The field above a list that finds in it: Enter and the arrow down lead into the list.
import { TextInput } from '@mantine/core';
import type { ListPlace } from './useListPlace';

export interface FilterFieldProps {
  place: ListPlace;
  label: string;
  description: string;
  placeholder?: string;
  error?: string | undefined;
}

export function FilterField({ place: { field, typed, type }, error, ...said }: FilterFieldProps) {
  return (
    <TextInput
      {...said}
      ref={field}
      mb="sm"
      type="search"
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      value={typed}
      error={error}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
        event.preventDefault();
        document.querySelector<HTMLElement>('[role=grid]')?.focus();
      }}
    />
  );
}
