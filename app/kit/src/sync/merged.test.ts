// What a side changed: in the form's order and words, each once.
import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import { kindSchema } from '../schema/kindSchema';
import { english } from '../words/catalogue';
import { Words } from '../words/useWords';
import { changedFields } from './merged';

const words = new Words(createIntl({ locale: 'en-GB', messages: english }));
const schema = kindSchema({
  'x-kind': 'party',
  properties: {
    supplier: { 'x-ui': { label: 'party.supplier', kind: 'bool', order: 120 } },
    phone: { 'x-ui': { label: 'party.phone', order: 210 } },
    addresses: { 'x-ui': { order: 310 }, 'x-line-fields': { city: { label: 'address.city', order: 310 }, street: { label: 'address.street', order: 310 } } },
  },
});
const told = (...fields: string[]) => changedFields(schema, fields, words.path);

it('is told as the form has it', () => {
  expect(told('phone', 'supplier')).toEqual(['Supplier', 'Telephone']);
  expect(told('addresses.k1.city', 'addresses.k1.position', 'addresses.k2.city', 'addresses.k2.position', 'phone')).toEqual(['Telephone', 'Addresses · Town']);
});

it('names a place where nothing else of the line changed, and what it does not know', () => {
  expect(told('addresses.k1.position', 'addresses.k2.city')).toHaveLength(2);
  expect(told('of_a_newer_version')).toEqual(['Of a newer version']);
  expect(changedFields(undefined, ['phone'], words.path)).toEqual(['Phone']);
  expect(told()).toEqual([]);
});
