// Reading what people type.
import { describe, expect, it } from 'vitest';
import { editable, plainAmount, plainNumber } from './numbers';

describe('numbers as typed', () => {
  it('follow the locale', () => {
    expect(plainNumber('1 500,50', 'fr-FR')).toBe('1500.50');
    expect(plainNumber('1\u202f500,5', 'fr-FR')).toBe('1500.5');
    expect(plainNumber('1.500,50', 'fr-FR')).toBe('1500.50');
    expect(plainNumber('12.5', 'fr-FR')).toBe('12.5');
    expect(plainNumber('1,500.50', 'en-GB')).toBe('1500.50');
    expect(plainNumber('1,500', 'en-GB')).toBe('1500');
    expect(plainNumber('12,5', 'en-GB')).toBe('12.5');
    expect(plainNumber('-3', 'en-GB')).toBe('-3');
  });
  it('stay as they are when they are none', () => {
    expect(plainNumber(' twelve ', 'fr-FR')).toBe('twelve');
    expect(plainNumber('', 'fr-FR')).toBe('');
  });
  it('lose no digit', () => {
    expect(plainNumber('9007199254740993,01', 'fr-FR')).toBe('9007199254740993.01');
  });
  it('may bear a currency', () => {
    expect(plainAmount('1 500,50 eur', 'fr-FR')).toBe('1500.50 EUR');
    expect(plainAmount('12,34€', 'fr-FR')).toBe('12.34 EUR');
    expect(plainAmount('1500', 'fr-FR')).toBe('1500');
  });
  it('come back with the sign of the locale', () => {
    expect(editable('1500.50 EUR', 'fr-FR')).toBe('1500,50 EUR');
    expect(editable('1500.50', 'en-GB')).toBe('1500.50');
    expect(editable('a.b', 'fr-FR')).toBe('a.b');
  });
});
