// Numbers and amounts as people type them, read into the form that the API takes, and back. Owns no float: digits stay digits.

/** The sign between whole and decimal digits. */
export function decimalSign(locale: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find((part) => part.type === 'decimal')?.value ?? '.';
}

/** `1 500,50` in French and `1,500.50` in English are `1500.50`. What is no number comes back as it was typed. */
export function plainNumber(typed: string, locale: string): string {
  const tight = typed.replace(/[\s\u00a0\u202f'’]/g, '');
  const comma = decimalSign(locale) === ',';
  // One sign of the other language alone, with other than three digits behind it, is meant as the decimal one.
  const other = comma ? '.' : ',';
  let text = tight;
  if (comma) {
    text = text.includes(',') ? text.replaceAll('.', '').replace(',', '.') : text;
  } else if (text.includes('.') || /^[-+]?\d{1,3}(,\d{3})+$/.test(text)) {
    text = text.replaceAll(',', '');
  } else {
    text = text.replace(other, '.');
  }
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? text.replace(/^\+/, '') : typed.trim();
}

/** `1 500,50 eur` is `1500.50 EUR`; without a currency it stays without one. */
export function plainAmount(typed: string, locale: string): string {
  const found = /^(.*?)\s*([A-Za-z]{3}|€)$/.exec(typed.trim());
  if (!found) return plainNumber(typed, locale);
  const [, number = '', currency = ''] = found;
  const plain = plainNumber(number, locale);
  return `${plain} ${currency === '€' ? 'EUR' : currency.toUpperCase()}`;
}

/** `1500.50 EUR` to be edited: with the locale's decimal sign, without groups. */
export function editable(value: string, locale: string): string {
  return /^-?\d+\.\d+( [A-Z]{3})?$/.test(value) ? value.replace('.', decimalSign(locale)) : value;
}
