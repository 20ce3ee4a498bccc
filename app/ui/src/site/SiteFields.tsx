// What is said of a site when it is founded or invited: code, name and country; currency, language and time zone follow from the
// country, and can be said otherwise. Owns the inputs; the node judges.
import { Select, SimpleGrid, TextInput } from '@mantine/core';
import { countries, countryDefaultsQuery, currencies, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { inCountry, type SiteDraft } from './draft';

export interface SiteFieldsProps {
  draft: SiteDraft;
  change: (draft: SiteDraft) => void;
  /** What is wrong, by the name of the node's own option. */
  errors: Record<string, string>;
}

export function SiteFields({ draft, change, errors }: SiteFieldsProps) {
  const words = useWords();
  const { locale } = words.intl;
  const usual = useQuery(countryDefaultsQuery);
  const languages = useMemo(() => spoken(locale, draft.country, draft.locale), [locale, draft.country, draft.locale]);
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const wrong = (name: string) => (errors[name] ? { error: errors[name] } : {});
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput
        size="sm"
        label={words.text('sites.code')}
        description={words.text('site.code.what')}
        placeholder="DKR"
        maxLength={12}
        withAsterisk
        autoComplete="off"
        spellCheck={false}
        value={draft.code}
        onChange={(event) => change({ ...draft, code: event.currentTarget.value.toUpperCase() })}
        {...wrong('site')}
      />
      <TextInput
        size="sm"
        dir="auto"
        label={words.text('sites.name')}
        description={words.text('site.name.what')}
        autoComplete="off"
        value={draft.name}
        onChange={(event) => change({ ...draft, name: event.currentTarget.value })}
        {...wrong('name')}
      />
      <Select
        allowDeselect={false}
        size="sm"
        label={words.text('sites.country')}
        data={countries(locale)}
        searchable
        limit={60}
        withAsterisk
        value={draft.country === '' ? null : draft.country}
        onChange={(country) => change(inCountry(draft, country ?? '', usual.data?.find((known) => known.code === country)))}
        {...wrong('country')}
      />
      <Select
        allowDeselect={false}
        size="sm"
        label={words.text('sites.currency')}
        withAsterisk
        data={currencies(locale)}
        searchable
        limit={60}
        value={draft.currency === '' ? null : draft.currency}
        onChange={(currency) => change({ ...draft, currency: currency ?? '' })}
        {...wrong('currency')}
      />
      <Select
        allowDeselect={false}
        size="sm"
        label={words.text('site.language')}
        withAsterisk
        data={languages}
        value={draft.locale === '' ? null : draft.locale}
        onChange={(chosen) => change({ ...draft, locale: chosen ?? '' })}
        {...wrong('locale')}
      />
      <Select
        allowDeselect={false}
        size="sm"
        label={words.text('sites.zone')}
        withAsterisk
        data={zones}
        searchable
        limit={60}
        value={draft.timeZone === '' ? null : draft.timeZone}
        onChange={(zone) => change({ ...draft, timeZone: zone ?? '' })}
        {...wrong('time-zone')}
      />
    </SimpleGrid>
  );
}

/** The country's usual language, and those that the interface speaks, as spoken there. */
function spoken(locale: string, country: string, chosen: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(locale, { type: 'language' });
  const here = country === '' ? [] : [`fr-${country}`, `en-${country}`];
  const tags = [...new Set([chosen, ...here])].filter((tag) => tag !== '');
  return tags.map((tag) => ({ value: tag, label: names.of(tag) ?? tag }));
}
