// Which kind of record a part of the settings is about. Kept for this window, so that going to a record and back stays where one was.
import { Select } from '@mantine/core';
import { kindsQuery, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

const KEY = 'comptoir.settings.kind';

/** The kind that was last looked at here. */
export function useChosenKind(): [string, (kind: string) => void] {
  const [kind, setKind] = useState(() => sessionStorage.getItem(KEY) ?? 'party');
  return [
    kind,
    (kind) => {
      sessionStorage.setItem(KEY, kind);
      setKind(kind);
    },
  ];
}

export function KindChoice({ kind, choose }: { kind: string; choose: (kind: string) => void }) {
  const words = useWords();
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const data = (kinds.data ?? []).filter((known) => known.on).map((known) => ({ value: known.kind, label: words.kind(known.kind, known.label) }));
  return (
    <Select
      size="sm"
      w={260}
      label={words.text('settings.ofKind')}
      data={data}
      searchable
      allowDeselect={false}
      value={kind}
      onChange={(chosen) => choose(chosen ?? kind)}
    />
  );
}
