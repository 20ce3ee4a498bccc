// A site that a branch asks for, in a real browser at both: headquarters sees who asks and why, invites one, declines another, and the branch
// sees what became of each. A relay and two nodes behind.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, signedIn, violations } from './browser';
import { Organisation } from './organisation';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;
let there: Page;
let complaints: string[];
let complaintsThere: string[];
const requests = (on: Page) => on.getByRole('region', { name: 'Sites demandés' });
const row = (on: Page, code: string) => requests(on).getByRole('row', { name: new RegExp(`^${code}`) });

async function asks(code: string, reason: string): Promise<void> {
  const form = there.getByRole('region', { name: 'Demander un site au siège' });
  await form.locator('input[maxlength="12"]').fill(code);
  const country = form.getByRole('combobox', { name: /Pays/ });
  await country.click();
  await country.fill('ivoire');
  await there.getByRole('option').first().click();
  await form.getByRole('textbox', { name: 'Pourquoi il est souhaité' }).fill(reason);
  await form.getByRole('button', { name: 'Demander', exact: true }).click();
  await row(there, code).getByText('Pas encore décidé').waitFor();
}

beforeAll(async () => {
  await organisation.start();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
  ({ page: there, complaints: complaintsThere } = await signedIn(browser, dakar));
  await page.goto(`http://${paris.address}/settings/sites`);
  await there.goto(`http://${dakar.address}/settings/sites`);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect([complaints, complaintsThere]).toEqual([[], []]);
});

it('is asked for at a branch, which cannot invite it', async () => {
  await asks('ABJ', 'un dépôt près du port');
  expect(await violations(there)).toEqual([]);
  expect(await there.getByRole('button', { name: /^Inviter/ }).count()).toBe(0);
  expect(await there.getByRole('button', { name: /^Refuser/ }).count()).toBe(0);
});

it('is invited by headquarters, which sees who asks and why, and the branch hears of it', async () => {
  const asked = row(page, 'ABJ');
  await asked.getByText('un dépôt près du port').waitFor();
  await asked.getByText('DKR', { exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Inviter ABJ', exact: true }).click();
  await page.getByRole('img', { name: /scan/ }).waitFor();
  await asked.getByText('Invité', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Invitations en cours' }).getByRole('row', { name: /^ABJ/ }).waitFor();
  await row(there, 'ABJ').getByText('Invité', { exact: true }).waitFor();
});

it('is declined, with a word that the branch reads', async () => {
  await asks('BKE', '');
  await page.getByRole('button', { name: 'Refuser BKE', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Ce que vous en dites' }).fill('pas cette année');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Refuser', exact: true }).click();
  await row(page, 'BKE').getByText('Refusé', { exact: true }).waitFor();
  await row(there, 'BKE').getByText('pas cette année').waitFor();
});

it('is renamed by headquarters, and the branch shows its new name', async () => {
  await page.getByRole('button', { name: 'Renommer DKR', exact: true }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Nom' }).fill('Dakar-Plateau');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Renommer', exact: true }).click();
  await page.getByRole('row', { name: /^DKR/ }).getByText('Dakar-Plateau').first().waitFor();
  await there.getByRole('row', { name: /^DKR/ }).getByText('Dakar-Plateau').first().waitFor();
  expect(await there.getByRole('button', { name: /^Renommer/ }).count()).toBe(0);
});
