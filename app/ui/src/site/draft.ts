// What is typed of a site before it is founded or invited, and what of it goes to the node.
import type { Schemas } from '@comptoir/kit';

export interface SiteDraft {
  code: string;
  name: string;
  country: string;
  currency: string;
  locale: string;
  timeZone: string;
}

export const emptySite: SiteDraft = { code: '', name: '', country: '', currency: '', locale: '', timeZone: '' };

/** What a country usually means is taken over, and can be said otherwise. */
export function inCountry(draft: SiteDraft, country: string, usual: Schemas['CountryShown'] | undefined): SiteDraft {
  return { ...draft, country, currency: usual?.currency ?? '', locale: usual?.locale ?? '', timeZone: usual?.time_zone ?? '' };
}

/** Whether all is said that must be; the name may be the code. */
export const isWhole = ({ code, country, currency, locale, timeZone }: SiteDraft) =>
  [code.trim(), country, currency, locale, timeZone].every((said) => said !== '');

/** As the node takes it: what was not said follows from the country. */
export function profileOf(draft: SiteDraft): Schemas['ProfileRequest'] {
  const said = (name: string, value: string) => (value.trim() === '' ? {} : { [name]: value.trim() });
  return {
    code: draft.code.trim().toUpperCase(),
    country: draft.country,
    ...said('name', draft.name),
    ...said('currency', draft.currency),
    ...said('locale', draft.locale),
    ...said('time_zone', draft.timeZone),
  };
}
