// Every screen, light and dark, in French and in English, into app/ui/screenshots.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, opened, signedIn } from './browser';
import { Organisation, type Site } from './organisation';
import { firstRunScreens, furnished, screens, visit, type Place, type Screen } from './screens';

const FOLDER = resolve(import.meta.dirname, '../screenshots');
const organisation = new Organisation();
let browser: Browser;
let place: Place;

beforeAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await organisation.start();
  place = await furnished(organisation);
  browser = await launched();
});

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
});

it.each([
  ['fr', 'light'],
  ['en', 'dark'],
  ['en', 'light'],
  ['fr', 'dark'],
] as const)('screens in %s, %s', async (language, theme) => {
  const missed: string[] = [];
  const photograph = async (page: Page, site: Site, screen: Screen) => {
    const path = join(FOLDER, `${screen.name}.${language}.${theme}.png`);
    missed.push(...(await visit(page, site, screen, () => page.screenshot({ path }))));
  };
  const { page } = await signedIn(browser, organisation.paris, { language, theme });
  // One visit may show several screens: it is named by the first.
  const only = process.env.ONLY ?? '';
  let visited = '';
  for (const screen of screens(place)) {
    if (screen.path !== undefined) visited = screen.name;
    if (visited.includes(only)) await photograph(page, organisation.paris, screen);
  }
  if (!'first-run'.includes(only)) return expect(missed).toEqual([]);
  const fresh = organisation.fresh();
  await fresh.start();
  const window = await opened(browser, fresh.openLink, { language, theme });
  // Whoever leaves before the link was taken is not signed in.
  await window.page.getByRole('button', { name: /^(Fonder|Start)$/ }).waitFor();
  for (const screen of firstRunScreens(organisation)) await photograph(window.page, fresh, screen);
  await fresh.stop();
  expect(missed).toEqual([]);
});
