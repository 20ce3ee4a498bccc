// A scope of the organisation's own, in a real browser at both of its members: headquarters defines it after seeing what it comes to, a
// party is made there, and shared from there with everybody. A relay and two nodes behind.
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

const choose = async (on: Page, option: RegExp) => {
  await on.getByRole('combobox', { name: 'Visible par' }).click();
  await on.getByRole('option', { name: option }).click();
};
const holders = (id: string) => paris.command<{ holders: string[] }>('where', 'party', id).holders;

beforeAll(async () => {
  await organisation.start();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
  ({ page: there, complaints: complaintsThere } = await signedIn(browser, dakar));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect([complaints, complaintsThere]).toEqual([[], []]);
});

it('is defined by headquarters alone, which sees what it comes to and hears what does not fit', async () => {
  await there.goto(`http://${dakar.address}/settings/residency`);
  await there.getByText('C’est le siège qui décide').waitFor();
  expect(await there.getByRole('button', { name: 'Définir un périmètre' }).count()).toBe(0);

  await page.goto(`http://${paris.address}/settings/residency`);
  await page.getByRole('button', { name: 'Définir un périmètre' }).click();
  const dialog = page.getByRole('dialog');
  const name = dialog.getByRole('textbox', { name: 'Nom' });
  await name.fill('Sahel');
  const sites = dialog.getByRole('combobox', { name: 'Sites membres' });
  await sites.click();
  await page.getByRole('option', { name: /^DKR/ }).click();
  await sites.press('Tab');
  await dialog.getByText('Ce ne peut être le nom d’un périmètre.').waitFor();
  await name.fill('sahel');
  await dialog.getByText(/^Le siège ne verra pas ces fiches/).waitFor();
  await sites.click();
  await page.getByRole('option', { name: /^PAR/ }).click();
  // The field that follows would open a list of its own.
  await name.focus();
  await dialog.getByText(/^Le siège ne verra pas ces fiches/).waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('option').count(), { message: 'the list has closed' }).toBe(0);
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Définir un périmètre' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /^sahel/ }).waitFor();
  await page.getByRole('button', { name: 'Nouvelle clé: sahel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Nouvelle clé', exact: true }).click();
  await page.getByText('sahel : cela vaut désormais.').waitFor();
});

it('holds a party for its members, who share it with everybody', async () => {
  await there.getByRole('row', { name: /^sahel/ }).waitFor();
  await there.goto(`http://${dakar.address}/records/party/new`);
  await there.getByRole('textbox', { name: 'Nom', exact: true }).fill('Coopérative du fleuve');
  await choose(there, /^sahel : DKR, PAR/);
  expect(await violations(there)).toEqual([]);
  await there.getByRole('button', { name: 'Créer' }).click();
  await there.getByRole('heading', { level: 1, name: 'Coopérative du fleuve' }).waitFor();
  await there.getByText('sahel', { exact: true }).waitFor();
  const made = there.url().split('/').at(-1) ?? '';
  expect(dakar.command<{ holders: string[]; name: string }>('where', 'party', made)).toMatchObject({ name: 'sahel', holders: ['DKR', 'PAR'] });

  await page.goto(`http://${paris.address}/records/party`);
  await page.getByRole('row', { name: /Coopérative du fleuve/ }).waitFor();
  await page.goto(`http://${paris.address}/records/party/${made}`);
  await page.getByText('sahel', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Plus', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Partager avec tous les sites' }).click();
  await page.getByText('C’est partagé. L’ancienne fiche y mène.').waitFor();
  await page.getByText('sahel', { exact: true }).waitFor({ state: 'detached' });
  const shared = page.url().split('/').at(-1) ?? '';
  expect([shared === made, holders(shared)]).toEqual([false, ['DKR', 'PAR']]);
});
