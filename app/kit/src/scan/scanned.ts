// What came from a barcode scanner, or from whoever types in its place: a code, how many, and what a GS1 code says beside. Owns the
// reading of the text; what a code means here is for others to find.
import { plainNumber } from '../format/numbers';

export interface Scanned {
  /** As it was said: `12*`, or by the code itself. */
  quantity?: string;
  /** The plain code; of a GS1 code its trade item number. */
  code: string;
  lot?: string;
  serial?: string;
  /** A day: `2027-03-31`. */
  expiry?: string;
}

/** What separates elements of varying length where they are sent as they stand in the symbol (GS1 General Specifications, 7.8). */
const SEPARATOR = '\u001d';
/** How scanners name the symbol before its content: GS1-128, DataMatrix, QR, DataBar. */
const SYMBOL = /^\](C1|d2|Q3|e0)/;
/** Lengths of the elements that are read; below zero: at most so many, then a separator. */
const ELEMENTS: Record<string, number> = { '00': 18, '01': 14, '02': 14, '10': -20, '11': 6, '12': 6, '13': 6, '15': 6, '16': 6, '17': 6, '20': 2, '21': -20, '22': -20, '30': -8, '37': -8, '240': -30, '241': -30, '400': -30 };

/** Whether the last digit follows from the others, as in every GTIN. */
export function hasCheckDigit(digits: string): boolean {
  if (!/^\d{8,14}$/.test(digits)) return false;
  const sum = Array.from(digits).reverse().reduce((sum, digit, at) => sum + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** The forms that one GTIN has in 8, 12, 13 and 14 digits: a scanner may send another than somebody wrote down. */
export function codeForms(code: string): string[] {
  const digits = code.replace(/[\s-]/g, '');
  if (![8, 12, 13, 14].includes(digits.length) || !hasCheckDigit(digits)) return [];
  const bare = digits.replace(/^0+/, '');
  return [8, 12, 13, 14].filter((length) => length >= bare.length).map((length) => bare.padStart(length, '0'));
}

/** A day as GS1 has it: YYMMDD, of which day 00 is the month's last. */
function gs1Day(text: string): string | undefined {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined || Number(month) < 1 || Number(month) > 12) return undefined;
  const last = new Date(Date.UTC(2000 + Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) > last) return undefined;
  return `20${year}-${month}-${day === '00' ? String(last) : day}`;
}

/** Elements by their numbers; undefined where the text is no row of elements that are known. */
function elements(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  if (/^\(\d{2,4}\)/.test(text)) {
    for (const [, number = '', value = ''] of text.matchAll(/\((\d{2,4})\)([^(]*)/g)) found.set(number, value.trim());
    return found;
  }
  let rest = text;
  while (rest !== '') {
    const number = [rest.slice(0, 2), rest.slice(0, 3)].find((number) => Object.hasOwn(ELEMENTS, number));
    if (number === undefined) return undefined;
    const length = ELEMENTS[number] ?? 0;
    const content = rest.slice(number.length);
    const end = length > 0 ? length : content.includes(SEPARATOR) ? content.indexOf(SEPARATOR) : content.length;
    if (content.length < end || end > Math.abs(length)) return undefined;
    found.set(number, content.slice(0, end));
    rest = content.slice(end).replace(/^\u001d/, '');
  }
  return found;
}

function gs1(text: string): Omit<Scanned, 'quantity'> & { quantity?: string } | undefined {
  const named = SYMBOL.test(text);
  const bare = text.replace(SYMBOL, '').replace(/^\u001d/, '');
  // Digits alone that happen to begin with 01 are a code like any other, unless a GTIN follows and more behind it.
  const looksSo = named || text.includes(SEPARATOR) || bare.startsWith('(') || (/^01\d{14}./.test(bare) && hasCheckDigit(bare.slice(2, 16)));
  const all = looksSo ? elements(bare) : undefined;
  const code = all?.get('01') ?? all?.get('02');
  if (!all || code === undefined || !hasCheckDigit(code)) return undefined;
  const day = all.get('17') ?? all.get('15');
  const expiry = day === undefined ? undefined : gs1Day(day);
  const [lot, serial, quantity] = [all.get('10'), all.get('21'), all.get('37') ?? all.get('30')];
  return {
    code,
    ...(lot ? { lot } : {}),
    ...(serial ? { serial } : {}),
    ...(expiry ? { expiry } : {}),
    ...(quantity && /^\d+$/.test(quantity) ? { quantity: String(Number(quantity)) } : {}),
  };
}

/** `12*4006381333931`, `12 x NAIL`, `12*` for the next code, a code alone, or a GS1 code with lot, piece and date. */
export function readScan(typed: string, locale: string): Scanned {
  const text = typed.trim();
  const [whole, number = '', rest = ''] = /^(\d+(?:[.,]\d+)?)(?:\s*[*×]|\s+[xX](?=\s|$))\s*(.*)$/.exec(text) ?? [];
  const said = whole === undefined ? undefined : plainNumber(number, locale);
  const content = whole === undefined ? text : rest;
  const read = gs1(content);
  const found = read ?? { code: content.replace(/^\][A-Za-z]\d/, '').replace(/[\u0000-\u001f]/g, '').trim() };
  return said === undefined ? found : { ...found, quantity: said };
}

/** A day as somebody types it behind a lot: `2027-03-31`, `31/03/2027`, `310327`, or as GS1 has it behind its number: `17270331`. */
export function readDay(typed: string): string | undefined {
  const text = typed.trim();
  const behind = /^\(?17\)?(\d{6})$/.exec(text)?.[1];
  if (behind !== undefined) return gs1Day(behind);
  const [, y1, m1, d1] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const [, d2, m2, y2] = /^(\d{1,2})[./ -]?(\d{2})[./ -]?(\d{4}|\d{2})$/.exec(text) ?? [];
  const [year, month, day] = y1 !== undefined ? [y1, m1, d1] : [y2?.length === 2 ? `20${y2}` : y2, m2, d2?.padStart(2, '0')];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // A day that no month has rolls over, and comes back as another.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`) ? `${year}-${month}-${day}` : undefined;
}
