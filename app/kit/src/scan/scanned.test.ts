// What scanners send is read as it is meant: plain codes, quantities before them, GS1 codes, days.
import { describe, expect, it } from 'vitest';
import { codeForms, hasCheckDigit, readDay, readScan } from './scanned';

const read = (text: string) => readScan(text, 'fr-FR');

describe('a scan', () => {
  it('is a code, with a quantity before it or for the next one', () => {
    expect(read(' 4006381333931 ')).toEqual({ code: '4006381333931' });
    expect(read('12*4006381333931')).toEqual({ code: '4006381333931', quantity: '12' });
    expect(read('12 x NAIL-4')).toEqual({ code: 'NAIL-4', quantity: '12' });
    expect(read('1,5 × KG')).toEqual({ code: 'KG', quantity: '1.5' });
    expect(read('12*')).toEqual({ code: '', quantity: '12' });
    expect(read('12 x')).toEqual({ code: '', quantity: '12' });
    expect(read('12x34')).toEqual({ code: '12x34' });
    expect(read('3 xylophones')).toEqual({ code: '3 xylophones' });
  });
  it('may be a GS1 code with lot, date, piece and number', () => {
    expect(read(']d2010400638133393117270331' + '10L-7\u001d21S1')).toEqual({ code: '04006381333931', expiry: '2027-03-31', lot: 'L-7', serial: 'S1' });
    expect(read('(01)04006381333931(17)270200(10)AB (37)24')).toEqual({ code: '04006381333931', expiry: '2027-02-28', lot: 'AB', quantity: '24' });
    expect(read('0104006381333931' + '10LOT9')).toEqual({ code: '04006381333931', lot: 'LOT9' });
    expect(read('2*(01)04006381333931')).toEqual({ code: '04006381333931', quantity: '2' });
  });
  it('that only looks so is taken as it stands', () => {
    expect(read('0104006381333930X')).toEqual({ code: '0104006381333930X' });
    expect(read('(99)X')).toEqual({ code: '(99)X' });
    expect(read(']E04006381333931')).toEqual({ code: '4006381333931' });
  });
});

describe('a GTIN', () => {
  it('is one number in all its lengths', () => {
    expect(codeForms('036000291452')).toEqual(['036000291452', '0036000291452', '00036000291452']);
    expect(codeForms('00096385074')).toEqual([]);
    expect(codeForms('96385074')).toContain('00000096385074');
    expect(codeForms('4006381333930')).toEqual([]);
    expect(codeForms('NAIL')).toEqual([]);
    expect(hasCheckDigit('4006381333931')).toBe(true);
  });
});

describe('a day', () => {
  it('is read as people and as scanners write it, and is a day that there is', () => {
    for (const text of ['2027-03-31', '31/03/2027', '31.03.27', '310327', '17270331', '(17)270331']) expect(readDay(text), text).toBe('2027-03-31');
    for (const text of ['31/02/2027', '2027-13-01', 'LOT', '4006381333931', '']) expect(readDay(text), text).toBeUndefined();
  });
});
