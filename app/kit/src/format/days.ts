// Days as people type them, read into the form that the API takes (`2026-12-31`), and back. Day before month, as our languages have it.

const monthFirst = (locale: string) => locale.endsWith('-US');

/** Whether a text is a day of the calendar as the API takes it. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** `31/12/2026`, `31.12.26`, `311226` and `2026-12-31` are `2026-12-31`. What is no day comes back as it was typed. */
export function plainDay(typed: string, locale: string): string {
  const text = typed.trim();
  const found = /^(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4}|\d{2})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})$/.exec(text);
  if (!found) return text;
  const [, one = '', two = '', year = ''] = found;
  const [day, month] = monthFirst(locale) ? [two, one] : [one, two];
  // A year of two digits is of this century, or of the last where this one's is far ahead.
  const whole = year.length === 4 ? year : `${Number(year) < 70 ? '20' : '19'}${year}`;
  const read = `${whole}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(read) ? read : text;
}

/** `2026-12-31` to be edited: `31/12/2026`. */
export function editableDay(value: string, locale: string): string {
  if (!isDay(value)) return value;
  const [year, month, day] = value.split('-');
  return monthFirst(locale) ? `${month}/${day}/${year}` : `${day}/${month}/${year}`;
}
