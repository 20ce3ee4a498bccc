// Workbooks as archives: made here part by part, since what spreadsheets write differs in just that.
import { describe, expect, it } from 'vitest';
import { archive, type Wrapped } from '../../../ui/e2e/archive';
import { fileHeader } from './header';
import { laidOver } from './mappings';
import { sheetsOf, zipParts } from './workbook';

const zip = (parts: Record<string, string>, as: Wrapped = {}) => new File([archive(parts, as)], 'x.xlsx');

const RELATIONS = `<Relationships><Relationship Id="rId9" Type="http://x/relationships/worksheet" Target="worksheets/sheet2.xml"/>
  <Relationship Target="/xl/worksheets/other.xml" Type="http://x/relationships/worksheet" Id="rId1"/>
  <Relationship Id="rId2" Type="http://x/relationships/worksheet" Target="worksheets/sheet3.xml"/>
  <Relationship Id="rId3" Type="http://x/relationships/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>`;
const WORKBOOK = `<workbook><sheets><sheet name="Vide" sheetId="1" r:id="rId9"/><sheet name="Secret" sheetId="2" state="hidden" r:id="rId2"/>
  <sheet name="Clients &amp; amis" sheetId="4" r:id="rId1"/><sheet name="Courbe" sheetId="5" r:id="rId3"/></sheets></workbook>`;
const row = (number: number, ...cells: string[]) => `<row r="${number}">${cells.map((cell, at) => `<c r="${'ABC'[at] ?? ''}${number}" t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`;
const sheet = (...rows: string[]) => `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`;
const parts = {
  'xl/workbook.xml': WORKBOOK,
  'xl/_rels/workbook.xml.rels': RELATIONS,
  'xl/sharedStrings.xml': '<sst><si><t>Raison</t></si><si><r><t>Mou</t></r><r><t>lin</t></r></si></sst>',
  'xl/worksheets/sheet2.xml': sheet(),
  'xl/worksheets/sheet3.xml': sheet(row(1, 'Mot de passe')),
  'xl/worksheets/other.xml': sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Ville</t></is></c></row>', '<row r="2"><c r="A2" t="s"><v>1</v></c></row>'),
};

describe('an archive', () => {
  it('is read by its directory, deflated or stored, whatever note it ends with', async () => {
    for (const as of [{ deflated: true }, { deflated: false }, { note: 'PK is no end'.repeat(40) }]) {
      const found = await zipParts(zip({ 'a.xml': '<é/>', 'b/c.xml': 'x'.repeat(200_000) }, as));
      expect([...found.keys()]).toEqual(['a.xml', 'b/c.xml']);
      expect(await found.get('a.xml')?.(100)).toBe('<é/>');
      expect(await found.get('b/c.xml')?.(1_000_000)).toHaveLength(200_000);
    }
  });
  it('is inflated no further than was asked', async () => {
    const found = await zipParts(zip({ bomb: 'x'.repeat(20_000_000) }));
    expect((await found.get('bomb')?.(1_000))?.length).toBeLessThan(1_000_000);
  });
  it('without an end has no parts', async () => {
    expect((await zipParts(new File(['PK\u0003\u0004 cut short'], 'x.xlsx'))).size).toBe(0);
  });
});

describe('a workbook', () => {
  it('has the sheets that are not hidden, by name and part', () => {
    expect(sheetsOf(WORKBOOK, RELATIONS)).toEqual([
      { name: 'Vide', part: 'xl/worksheets/sheet2.xml' },
      { name: 'Clients & amis', part: 'xl/worksheets/other.xml' },
    ]);
  });
  it('begins with the first sheet that holds something', async () => {
    expect(await fileHeader(zip(parts))).toEqual({ form: 'xlsx', columns: ['Raison', 'Ville'], sample: [['Moulin']], sheets: ['Vide', 'Clients & amis'], sheet: 'Clients & amis' });
  });
  it('is read at the sheet that is said, though it be empty', async () => {
    expect(await fileHeader(zip(parts), 'Vide')).toEqual({ form: 'xlsx', columns: [], sample: [], sheets: ['Vide', 'Clients & amis'], sheet: 'Vide' });
  });
  it('that is damaged has no columns, and no fault', async () => {
    expect(await fileHeader(new File(['PK\u0003\u0004'], 'x.xlsx'))).toMatchObject({ form: 'xlsx', columns: [] });
  });
});

describe('a kept mapping', () => {
  const kept = { id: '1', hasDefaults: false, columns: [{ source: 'Raison', target: 'name' }, { source: 'TVA', target: 'vat' }, { source: 'Note', target: '' }] };
  it('says what the columns are that it names, and leaves the others', () => {
    const { mapping } = laidOver(kept, ['RAISON ', 'Ville', 'Note'], { 'RAISON ': 'also_known_as', Ville: 'city', Note: 'notes' });
    expect(mapping).toEqual({ 'RAISON ': 'name', Ville: 'city', Note: '' });
  });
  it('tells what the file lacks of it, but for what is left out anyway', () => {
    expect(laidOver(kept, ['Raison'], {}).lacking).toEqual(['TVA']);
  });
});
