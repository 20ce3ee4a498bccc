// How values are said: exactly, in the locale's way.
import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { english } from './catalogue';
import { french } from './french';
import { formatDecimal, formatMoney, legible, Words } from './useWords';

const fr = createIntl({ locale: 'fr-FR', messages: french });
const en = createIntl({ locale: 'en-GB', messages: english });
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('values', () => {
  it('lose no digit', () => {
    expect(plain(formatMoney(fr, '12345678901234567.89 EUR'))).toBe('12 345 678 901 234 567,89 €');
    expect(formatMoney(en, '1234.50 EUR')).toBe('€1,234.50');
    expect(plain(formatMoney(fr, '1500 XOF'))).toContain('1 500');
    expect(formatDecimal(fr, '0.10')).toBe('0,10');
    expect(formatDecimal(fr, 'a')).toBe('a');
  });
  it('and names come in the language', () => {
    const words = new Words(fr);
    expect(words.path(undefined, 'archived')).toBe('Archivé');
    expect(words.command('party.change')).toBe('modification');
    expect(words.scope('private:DKR')).toBe('privé de DKR');
    expect(words.problem('never-heard-of')).toContain('ne connaît pas');
    expect(words.reason('siret')).toBe('même SIRET');
  });
  it('what no catalogue words is legible', () => {
    expect(legible('stock_on-hand')).toBe('Stock on hand');
    expect(new Words(en).module('purchasing')).toBe('Purchasing');
  });
});
