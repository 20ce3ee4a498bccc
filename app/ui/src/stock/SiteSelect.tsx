// Whose figures are shown: one site's, or all. Owns the choice's drawing alone.
import { Select } from '@mantine/core';
import { organisationQuery, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';

interface SiteSelectProps {
  value: string;
  change: (code: string) => void;
  /** What no choice means. */
  all: string;
}

export function SiteSelect({ value, change, all }: SiteSelectProps) {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  return (
    <Select
      size="sm"
      w={240}
      aria-label={words.text('sync.site')}
      data={[{ value: '', label: all }, ...(organisation.data?.sites ?? []).map((site) => ({ value: site.code, label: `${site.code} · ${site.name}` }))]}
      value={value}
      allowDeselect={false}
      onChange={(code) => change(code ?? '')}
    />
  );
}
