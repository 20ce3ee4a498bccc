// What the palette takes for a fit.
import { expect, it } from 'vitest';
import { fits } from './Palette';

it('words by their beginnings, case and accents aside', () => {
  expect(fits('Réglages · Sites', 'reg sit')).toBe(true);
  expect(fits('Réglages · Sites', 'glages')).toBe(false);
  expect(fits('Création : tiers', '')).toBe(true);
});
