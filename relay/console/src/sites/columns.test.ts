// Order, columns and the file of what is shown.
import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import { english } from '../words/catalogue';
import { Words } from '../words/useWords';
import { COLUMNS, drawnColumns, fileRows, inOrder } from './columns';
import { csvCell, csvFile } from './csv';
import { health, held, site } from './site.fixture';

const words = new Words(createIntl({ locale: 'en-GB', messages: english }));
const now = Date.parse('2026-11-24T12:00:00Z');
const paris = site({ code: 'PAR', name: '=HYPERLINK("x")', connected: true, seen: '2026-11-24T12:00:00Z', health: health({ outbox: 1_500, lag: 3, clock_skew_ms: -7_400, backup: '2026-11-23T02:00:00Z' }), scopes: [{ name: 'organisation', logs: 1, entries: 1200 }, { name: 'private:PAR', logs: 1, entries: 34 }] });
const dakar = site({ code: 'DKR', name: 'Dakar', country: 'SN', jurisdiction: 'SN', seen: '2026-11-24T10:00:00Z', removed: 'suspended' });
const thies = site({ code: 'THS', name: 'Thiès', country: 'SN', jurisdiction: 'SN' });
const codes = (sort: string[]) => inOrder([paris, dakar, thies], sort, 'fr').map((one) => one.code);

it('sites are put in order, and what has no value comes last either way', () => {
  expect(codes([])).toEqual(['PAR', 'DKR', 'THS']);
  expect(codes(['code'])).toEqual(['DKR', 'PAR', 'THS']);
  expect(codes(['-code'])).toEqual(['THS', 'PAR', 'DKR']);
  expect(codes(['seen'])).toEqual(['DKR', 'PAR', 'THS']);
  expect(codes(['-seen'])).toEqual(['PAR', 'DKR', 'THS']);
  expect(codes(['-country', 'code'])).toEqual(['DKR', 'THS', 'PAR']);
  expect(codes(['entries'])).toEqual(['DKR', 'THS', 'PAR']);
  expect(codes(['-outbox'])).toEqual(['PAR', 'DKR', 'THS']);
  expect(codes(['nothing-of-ours'])).toEqual(['PAR', 'DKR', 'THS']);
});

it('each column says something of a site', () => {
  const said = Object.fromEntries(drawnColumns(words, now).map((column) => [column.key, column.cell(paris)]));
  expect(said).toMatchObject({ code: 'PAR', state: 'up', country: 'France', entries: '1,234', outbox: '1,500', clock: '-7 secs', disk: '5 GB', version: '0.1.0', held: 'shared by all sites 1,200 · private to PAR 34', standing: 'active' });
  expect(new Set(COLUMNS.map((column) => column.key)).size).toBe(COLUMNS.length);
  const [, , seen] = drawnColumns(words, now);
  expect([seen?.cell(dakar), seen?.cell(thies)]).toEqual(['2 hours ago', '']);
});

it('a held line is said to be held, up or down, on the screen and in a file', () => {
  for (const line of [{ ...paris, held }, { ...thies, held }]) {
    expect(drawnColumns(words, now).find((column) => column.key === 'state')?.cell(line)).toBe('held');
    expect(csvFile(fileRows([line], words, now))).toContain(`"${line.code}","held"`);
  }
  expect(inOrder([thies, dakar, { ...dakar, code: 'ABJ', held }, paris], ['state'], 'fr').map((one) => one.code)).toEqual(['PAR', 'ABJ', 'DKR', 'THS']);
});

it('the file has what is shown as programs read it, and runs nothing', () => {
  const [, first, second] = csvFile(fileRows([paris, dakar], words, now)).split('\r\n');
  expect(first).toBe('"PAR","online","2026-11-24T12:00:00Z","\'=HYPERLINK(""x"")","FR","FR","active",1500,3,0,0,5000000000,"2026-11-23T02:00:00Z",-7,"0.1.0",1234,"organisation 1200; private:PAR 34"');
  expect(second).toContain('"2026-11-24T10:00:00Z","Dakar","SN","SN","suspended","","","","","","","","",0,""');
  for (const formula of ['=1+1', '+1', '-1', '@A1', '\tx', '\rx', "'=1"]) expect(csvCell(formula).startsWith('"\''), formula).toBe(true);
  expect(csvCell("d'Ivoire")).toBe('"d\'Ivoire"');
});
