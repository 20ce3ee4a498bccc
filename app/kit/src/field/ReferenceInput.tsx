// Another record, found by a few letters. Owns the search and the name of what was chosen; its value is an id.
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { recordQuery, useSearch } from '../api/queries';

export interface ReferenceInputProps {
  target: string;
  value: string;
  change: (id: string) => void;
  readOnly?: boolean;
  shared: Record<string, unknown>;
}

export function ReferenceInput({ target, value, change, readOnly = false, shared }: ReferenceInputProps) {
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed, 120);
  const chosen = useQuery({ ...recordQuery(target, value), enabled: value !== '' });
  const title = chosen.data?.title;
  const found = useSearch(words === title ? '' : words);
  const hits = found.data?.kinds.find((hits) => hits.kind === target)?.records ?? [];
  const offered = hits.map((hit) => ({
    value: hit.id,
    label: hit.reference ? `${hit.title} (${hit.reference})` : hit.title,
  }));
  if (value !== '' && title && !offered.some((one) => one.value === value)) offered.push({ value, label: title });
  return (
    <Select
      {...shared}
      data={offered}
      value={value === '' ? null : value}
      onChange={(id) => change(id ?? '')}
      searchable
      clearable={!readOnly}
      readOnly={readOnly}
      onSearchChange={setTyped}
      // The node has found them already, accents and case aside.
      filter={({ options }) => options}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
