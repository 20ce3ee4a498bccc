// Numbers are added up and compared without losing a digit.
import { describe, expect, it } from 'vitest';
import { compareNumbers, difference, fractionDigits, sumOf } from './decimals';

describe('decimals', () => {
  it('add up exactly, and are written as short as they can be', () => {
    expect(sumOf('0.1', '0.2')).toBe('0.3');
    expect(sumOf('12', '1')).toBe('13');
    expect(sumOf('0.50', '0.5')).toBe('1');
    expect(sumOf('-1.25', '1')).toBe('-0.25');
    expect(sumOf('9007199254740993', '1')).toBe('9007199254740994');
    expect(sumOf()).toBe('0');
    expect(difference('3', '5.5')).toBe('-2.5');
    expect(difference('3', '-1')).toBe('4');
  });
  it('compare by value', () => {
    expect(compareNumbers('1.50', '1.5')).toBe(0);
    expect(compareNumbers('9', '10')).toBe(-1);
    expect(compareNumbers('0', '-0.000001')).toBe(1);
    expect(fractionDigits('1.50')).toBe(2);
  });
});
