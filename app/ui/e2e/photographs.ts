// Every screen, light and dark, in French and in English, into app/ui/screenshots.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation } from './organisation';
import { furnished, screens, visit, type Place } from './screens';

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
  const { page } = await signedIn(browser, organisation.paris, { language, theme });
  for (const screen of screens(place)) {
    await visit(page, organisation.paris, screen).catch((error: unknown) => console.log(screen.name, String(error).slice(0, 200)));
    await page.screenshot({ path: join(FOLDER, `${screen.name}.${language}.${theme}.png`) });
  }
});
