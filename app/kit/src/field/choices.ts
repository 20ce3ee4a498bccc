// Codes to choose from that the platform itself can name: countries, languages. The node judges; this only offers.

const NO_COUNTRIES = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'XK', 'ZZ',
  'AN', 'BU', 'CS', 'DD', 'FX', 'NT', 'SU', 'TP', 'YD', 'YU', 'ZR', 'DY', 'HV', 'NH', 'RH', 'VD', 'JT', 'MI', 'NQ', 'PC', 'PU', 'PZ', 'WK', 'CT', 'FQ', 'UK']);

export interface Choice {
  value: string;
  label: string;
}

const kept = new Map<string, Choice[]>();

/** Every country that the platform knows, by its name in the language. */
export function countries(locale: string): Choice[] {
  const known = kept.get(locale);
  if (known) return known;
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const all = letters.flatMap((first) => letters.map((second) => first + second));
  const found = all
    .filter((code) => !NO_COUNTRIES.has(code))
    .flatMap((code) => {
      const name = names.of(code);
      return name ? [{ value: code, label: `${name} (${code})` }] : [];
    })
    .sort((one, other) => one.label.localeCompare(other.label, locale));
  kept.set(locale, found);
  return found;
}

/** Currencies that the platform knows. */
export function currencies(locale: string): Choice[] {
  const names = new Intl.DisplayNames(locale, { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }));
}

/** The schemes of registrations that the node checks. */
export const SCHEMES = ['vat', 'siren', 'siret', 'ninea', 'ca-bn', 'ice', 'iban', 'bic', 'lei', 'gln', 'other'];
