// What is typed finds the sites that are meant, and what means nothing is told.
import { describe, expect, it } from 'vitest';
import { health, held, site } from './site.fixture';
import { fitsFilter, readFilter } from './filter';

const sites = [
  site({ code: 'PAR', name: 'Île-de-France', country: 'FR', jurisdiction: 'FR', headquarters: true, connected: true, health: health({ software: 'comptoir-node/0.10.0', outbox: 12 }) }),
  site({ code: 'DKR', name: 'Dakar Plateau', country: 'SN', jurisdiction: 'SN', seen: '2026-11-20T10:00:00Z', held, scopes: [{ name: 'private:DKR', logs: 1, entries: 4 }] }),
  site({ code: 'THS', name: 'Thiès', country: 'SN', jurisdiction: 'SN', removed: 'suspended' }),
  site({ code: 'MTL', name: 'Montréal', country: 'CA', jurisdiction: 'CA', connected: true, health: health({ software: 'comptoir-node/0.9.1', outbox: 0, backup: new Date(Date.now() - 9.5 * 86_400_000).toISOString() }) }),
];
const found = (typed: string) => sites.filter((one) => fitsFilter(readFilter(typed), one)).map((one) => one.code);

describe('a filter', () => {
  it.each([
    ['', ['PAR', 'DKR', 'THS', 'MTL']],
    ['is:offline', ['DKR', 'THS']],
    ['is:offline -site:DKR law:SN', ['THS']],
    ['-is:online', ['DKR', 'THS']],
    ['is:unseen', ['THS']],
    ['is:held', ['DKR']],
    ['is:offline -is:held', ['THS']],
    ['is:suspended,headquarters', ['PAR', 'THS']],
    ['IS:Active Law:sn', ['DKR']],
    ['country:FR,ca', ['PAR', 'MTL']],
    ['-country:FR,CA', ['DKR', 'THS']],
    ['backup:>7', ['MTL']],
    ['backup:9', ['MTL']],
    ['backup:<9', []],
    ['-backup:>=0', ['PAR', 'DKR', 'THS']],
    ['thies', ['THS']],
    ['ile', ['PAR']],
    ['name:"dakar plateau"', ['DKR']],
    ['"dakar plateau"', ['DKR']],
    ['-mtl -par', ['DKR', 'THS']],
    ['holds:private', ['DKR']],
    ['site:PA', []],
    ['version:<0.10', ['MTL']],
    ['version:>=0.10', ['PAR']],
    ['-version:0.9.1', ['PAR', 'DKR', 'THS']],
    ['outbox:>10', ['PAR']],
    ['outbox:0', ['MTL']],
    ['lag:0,5', ['PAR', 'MTL']],
  ])('%s', (typed, codes) => expect(found(typed)).toEqual(codes));

  it('tells what it does not understand, and goes by the rest', () => {
    expect(readFilter('is:ofline planet:mars law:SN is: constructor:x').faults).toEqual(['is:ofline', 'planet:mars', 'constructor:x']);
    expect(readFilter('law:"" is:online').faults).toEqual(['law:""']);
    expect(found('is:ofline law:SN')).toEqual(['DKR', 'THS']);
    expect(readFilter('is:offline Paris').faults).toEqual([]);
  });
});
