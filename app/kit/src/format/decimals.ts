// Decimal texts compared and added up, digit by digit. Owns no float: 0.1 and 0.2 are 0.3.

/** Digits behind the sign: of `1.50` two. */
export const fractionDigits = (number: string): number => number.split('.')[1]?.length ?? 0;

const PLAIN = /^-?\d+(\.\d+)?$/;

/** The number in units of the last of so many digits. */
function scaled(number: string, digits: number): bigint {
  if (!PLAIN.test(number)) return 0n;
  const [whole = '0', fraction = ''] = number.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0'));
}

function written(value: bigint, digits: number): string {
  const sign = value < 0n ? '-' : '';
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const fraction = digits > 0 ? text.slice(-digits).replace(/0+$/, '') : '';
  return `${sign}${digits > 0 ? text.slice(0, -digits) : text}${fraction === '' ? '' : `.${fraction}`}`;
}

/** What is no number counts as nothing. */
export function sumOf(...numbers: string[]): string {
  const digits = Math.max(0, ...numbers.map(fractionDigits));
  return written(numbers.reduce((sum, number) => sum + scaled(number, digits), 0n), digits);
}

/** Below, at or above zero as the one is below, at or above the other. */
export function compareNumbers(one: string, other: string): number {
  const digits = Math.max(fractionDigits(one), fractionDigits(other));
  const [first, second] = [scaled(one, digits), scaled(other, digits)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The one less the other. */
export const difference = (one: string, other: string): string => sumOf(one, other.startsWith('-') ? other.slice(1) : `-${other}`);
