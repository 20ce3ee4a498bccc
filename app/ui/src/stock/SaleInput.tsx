// The sale that a line delivers: a posting of rights, by its number. Offers the sales that came last, and takes the id of any. Owns
// its two questions alone; the node judges whether the sale can be delivered.
import { Select } from '@mantine/core';
import { formatDay, isId, useWords, type ModuleInputProps, type Words } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { postingQuery, recentSalesQuery, type PostingShown } from './queries';

export function SaleInput({ value, change, readOnly, shared }: ModuleInputProps) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const pasted = isId(typed.trim()) ? typed.trim() : '';
  const chosen = useQuery({ ...postingQuery(value), enabled: value !== '' });
  const named = useQuery({ ...postingQuery(pasted), enabled: pasted !== '' });
  const recent = useQuery({ ...recentSalesQuery, enabled: isOpen });
  const offered = new Map((recent.data ?? []).map((sale) => [sale.id, labelOf(words, sale)]));
  if (named.data) offered.set(named.data.id, labelOf(words, named.data));
  // One that has not arrived here yet has no number.
  if (value !== '' && !offered.has(value) && !chosen.isPending) offered.set(value, chosen.data ? labelOf(words, chosen.data) : value);
  return (
    <Select
      {...shared}
      data={[...offered].map(([value, label]) => ({ value, label }))}
      value={value === '' ? null : value}
      onChange={(id) => change(id ?? '')}
      searchable
      clearable={!readOnly}
      readOnly={readOnly}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpen(true)}
      {...(named.data ? { filter: ({ options }) => options } : {})}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

const labelOf = (words: Words, sale: PostingShown): string => `${sale.number} · ${formatDay(words.intl, sale.date)}`;
