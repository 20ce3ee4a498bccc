// Every screen passes axe, in French and in English, light and dark; and without a session too. Two looks of the four: what axe
// finds hangs on the words or on the colours, and each of both is seen once. Each look has a file of its own, so that they run side by side.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, opened, signedIn, violations } from './browser';
import { Organisation, type Site } from './organisation';
import { firstRunScreens, furnished, screens, visit, type Place, type Screen } from './screens';

interface Look {
  language: 'fr' | 'en';
  theme: 'light' | 'dark';
}

/** What axe finds on each screen, and which of them were not reached. */
async function faults(page: Page, site: Site, all: Screen[], complaints: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const screen of all) {
    const before = complaints.length;
    const missed = await visit(page, site, screen, async () => void found.push(...(await violations(page)).map((violation) => `${screen.name}: ${violation}`)));
    found.push(...missed);
    if (screen.complains && complaints.splice(before).length === 0) found.push(`${screen.name}: the console is told nothing`);
  }
  return found;
}

export function accessibleIn(look: Look): void {
  const organisation = new Organisation();
  let browser: Browser;
  let place: Place;

  beforeAll(async () => {
    await organisation.start();
    place = await furnished(organisation);
    browser = await launched();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await organisation.stop();
  });

  describe(`screens in ${look.language}, ${look.theme}`, () => {
    it('pass axe, with no complaint in the console', async () => {
      const { page, complaints } = await signedIn(browser, organisation.paris, look);
      const found = await faults(page, organisation.paris, screens(place), complaints);
      await page.context().close();
      expect([...found, ...complaints]).toEqual([]);
    }, 720_000);

    it('of a node that is not set up yet pass axe too', async () => {
      const fresh = organisation.fresh();
      await fresh.start();
      const { page, complaints } = await opened(browser, fresh.openLink, look);
      // Whoever leaves before the link was taken is not signed in.
      await page.getByRole('button', { name: /^(Fonder|Start)$/ }).waitFor();
      const found = await faults(page, fresh, firstRunScreens(organisation), complaints);
      await page.context().close();
      await fresh.stop();
      expect([...found, ...complaints]).toEqual([]);
    }, 240_000);

    it('who is not signed in sees how to be, without a complaint of axe', async () => {
      const page = await (await browser.newContext({ locale: look.language === 'fr' ? 'fr-FR' : 'en-GB', colorScheme: look.theme })).newPage();
      await page.goto(`http://${organisation.paris.address}/#sign-in=00`);
      await page.getByText('comptoir-node open').first().waitFor();
      expect(await violations(page)).toEqual([]);
    });
  });
}
