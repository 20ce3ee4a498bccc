// What a draft of a site becomes.
import { expect, it } from 'vitest';
import { emptySite, inCountry, isWhole, profileOf } from './draft';

const senegal = { code: 'SN', currency: 'XOF', locale: 'fr-SN', time_zone: 'Africa/Dakar' };

it('takes over what a country usually means, and forgets it with the country', () => {
  const dakar = inCountry({ ...emptySite, code: ' dkr ' }, 'SN', senegal);
  expect(profileOf(dakar)).toEqual({ code: 'DKR', country: 'SN', currency: 'XOF', locale: 'fr-SN', time_zone: 'Africa/Dakar' });
  const elsewhere = inCountry(dakar, 'BV', undefined);
  expect(profileOf(elsewhere)).toEqual({ code: 'DKR', country: 'BV' });
});

it('says only what was said', () => {
  expect(profileOf({ ...emptySite, code: 'PAR', country: 'FR', name: '  Paris ' })).toEqual({ code: 'PAR', country: 'FR', name: 'Paris' });
  const dakar = inCountry({ ...emptySite, code: 'DKR' }, 'SN', senegal);
  expect([isWhole(emptySite), isWhole({ ...dakar, code: ' ' }), isWhole({ ...dakar, currency: '' }), isWhole(dakar)]).toEqual([false, false, false, true]);
});
