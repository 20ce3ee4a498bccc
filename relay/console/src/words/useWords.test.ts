// What is asked of a node is said in words, and what only a newer relay knows by its own name.
import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import { english } from './catalogue';
import { french } from './french';
import { Words } from './useWords';

const inEnglish = new Words(createIntl({ locale: 'en-GB', messages: english }));
const inFrench = new Words(createIntl({ locale: 'fr-FR', messages: { ...english, ...french } }));

it('says what is asked, about what', () => {
  expect(inEnglish.request({ act: 'suspend', site: 'DKR' })).toBe('Suspend DKR');
  expect(inFrench.request({ act: 'judge-again', site: 'DKR' })).toBe('Rejuger une écriture à DKR');
  expect(inEnglish.request({ act: 'rotate', scope: 'private:DKR' })).toBe('New key: private to DKR');
  expect(inEnglish.request({ act: 'dance', site: 'DKR' })).toBe('dance');
});

it('says what became of it', () => {
  expect([inEnglish.outcome('declined'), inFrench.outcome('declined'), inFrench.outcome('sung')]).toEqual(['declined', 'refusé', 'sung']);
});
