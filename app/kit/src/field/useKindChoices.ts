// Choices that only the node knows: kinds of record, modules, sites.
import { useQuery } from '@tanstack/react-query';
import { kindsQuery, organisationQuery } from '../api/queries';
import { useWords } from '../words/useWords';
import type { Choice } from './choices';

export function useKindChoices(widget: string | undefined): Choice[] {
  const words = useWords();
  const kinds = useQuery({ ...kindsQuery(words.intl.locale), enabled: widget === 'record-kind' || widget === 'module' });
  const organisation = useQuery({ ...organisationQuery, enabled: widget === 'site' });
  if (widget === 'record-kind') {
    return (kinds.data ?? []).map((kind) => ({ value: kind.kind, label: words.kind(kind.kind, kind.label) }));
  }
  if (widget === 'module') {
    const modules = [...new Set((kinds.data ?? []).map((kind) => kind.module))];
    return modules.map((module) => ({ value: module, label: words.module(module) }));
  }
  if (widget === 'site') {
    return (organisation.data?.sites ?? []).map((site) => ({ value: site.code, label: `${site.code} · ${site.name}` }));
  }
  return [];
}
