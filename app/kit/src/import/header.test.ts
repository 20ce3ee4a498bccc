// Headers of files as people have them.
import { describe, expect, it } from 'vitest';
import { fileHeader, rows } from './header';
import { sheetRows } from './workbook';
import { guess, targets } from './targets';
import type { KindSchema } from '../schema/kindSchema';

describe('the header of a file', () => {
  it('is read with semicolons, quotes and a mark', async () => {
    const header = await fileHeader(new File(['\uFEFFCode;"Raison; sociale";Ville\r\nC1;"A ""B""";Thiès\r\n'], 'x.csv'));
    expect(header).toEqual({ form: 'csv', columns: ['Code', 'Raison; sociale', 'Ville'], sample: [['C1', 'A "B"', 'Thiès']] });
  });
  it('is read in the encoding of old spreadsheets', async () => {
    const header = await fileHeader(new File([new Uint8Array([0x4e, 0xe9, 0x65, 0x0a])], 'x.csv'));
    expect(header.columns).toEqual(['Née']);
  });
  it('is read with tabs', () => expect(rows('a\tb\n1\t2', 9)).toEqual([['a', 'b'], ['1', '2']]));
  it('of a sheet is read by places', () => {
    const xml = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Ville &amp; pays</t></is></c></row>';
    expect(sheetRows(xml, ['Code'], 5)).toEqual([['Code', '', 'Ville & pays']]);
  });
  it('of a card is none', async () => {
    expect((await fileHeader(new File(['BEGIN:VCARD\nEND:VCARD'], 'x.vcf'))).form).toBe('vcard');
  });
});

describe('columns', () => {
  const field = (path: string) => ({ path, label: `party.${path}`, kind: 'text' as const, choices: [], choiceTexts: {}, group: '', order: 0, required: false, listed: false, filterable: false, isCustom: false });
  const schema: KindSchema = { kind: 'party', writeClass: 'shared', fields: [field('name'), field('also_known_as')], lines: [{ list: 'addresses', group: '', order: 0, fields: [field('city')] }] };
  const offered = targets(schema, (field) => ({ name: 'Nom', also_known_as: 'Nom d’usage', city: 'Ville' })[field.path] ?? '', () => 'Adresses');
  it('are known by their names in both forms', () => {
    expect(guess('VILLE', offered)).toBe('city');
    expect(guess('also known as', offered)).toBe('also_known_as');
    expect(guess('Nom d\'usage', offered)).toBe('also_known_as');
    expect(guess('Solde', offered)).toBe('');
  });
});
