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
  it('say how long ago', () => {
    const now = Date.parse('2026-03-04T12:00:00Z');
    const words = new Words(en);
    expect(words.ago('2026-03-04T11:59:40Z', now)).toBe('now');
    expect(words.ago('2026-03-04T11:58:00Z', now)).toBe('2 minutes ago');
    expect(words.ago('2026-03-04T09:30:00Z', now)).toBe('2 hours ago');
    expect(words.ago('2026-03-01T11:00:00Z', now)).toBe('3 days ago');
    // A clock that was set back meanwhile.
    expect(words.ago('2026-03-05T11:00:00Z', now)).toBe('now');
    expect(new Words(fr).ago('2026-03-04T11:00:00Z', now)).toBe('il y a 1 heure');
  });
  it('what no catalogue words is legible', () => {
    expect(legible('stock_on-hand')).toBe('Stock on hand');
    expect(new Words(en).module('purchasing')).toBe('Purchasing');
  });
});
