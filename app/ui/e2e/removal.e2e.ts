// Removing a site in a real browser: headquarters sees the cut before it is made; what the suspended site writes on has no effect and its
// screens say why; resumed, all of it counts; what lies past a cut is adopted; a revocation is for good and asks for the code. A relay and two
// nodes behind.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, signedIn, violations } from './browser';
import { Organisation } from './organisation';
import { AGAIN_MS, resumed, standingOf, suspendedBehind, until } from './removal';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;
let there: Page;
let complaints: string[];
let complaintsThere: string[];
const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const dakarRow = () => page.getByRole('row', { name: /^DKR/ });
const bar = (on: Page) => on.getByRole('alert').filter({ hasText: 'Le siège a' });
const nameAt = (site: typeof paris) => site.command<{ fields: { name: string } }>('record', 'show', 'party', 'B-1').fields.name;
const figures = async (scope: string) => (await dialog().getByRole('row', { name: new RegExp(`^${scope}`) }).getByRole('cell').allTextContents()).slice(1);

async function sites(): Promise<void> {
  await page.goto(`http://${paris.address}/settings/sites`);
  await dakarRow().waitFor();
}

beforeAll(async () => {
  await organisation.start();
  paris.command('record', 'create', 'party', 'name=Boulangerie Martin', 'reference=B-1');
  await organisation.agreed();
  dakar.command('record', 'create', 'party', 'name=Atelier Diop', 'reference=A-1');
  await organisation.agreed();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
  ({ page: there, complaints: complaintsThere } = await signedIn(browser, dakar));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect([complaints, complaintsThere]).toEqual([[], []]);
});

it('shows the cut before a site is suspended, and does nothing until then', async () => {
  await sites();
  await dakarRow().getByText('membre', { exact: true }).waitFor();
  expect(await page.getByRole('row', { name: /^PAR/ }).getByRole('button').allTextContents()).toEqual(['Renommer']);
  await button('Suspendre: DKR').click();
  const log = standingOf(organisation, 'DKR').logs.find(({ scope }) => scope === 'organisation');
  expect(log?.held).toBeGreaterThan(0);
  expect(await figures('commun à tous les sites')).toEqual([log?.held, log?.counts, log?.counts].map(String));
  await dialog().getByText('Ce que DKR écrit désormais n’a d’effet nulle part', { exact: false }).waitFor();
  expect(await violations(page)).toEqual([]);
  await button('Annuler').click();
  expect(standingOf(organisation, 'DKR').standing).toBe('member');
  // It does not hear of it yet.
  await organisation.relayStops();
  await button('Suspendre: DKR').click();
  await dialog().getByRole('button', { name: 'Suspendre', exact: true }).click();
  await dakarRow().getByText('suspendu', { exact: true }).waitFor();
  expect(standingOf(organisation, 'DKR')).toMatchObject({ standing: 'suspended', past_cut: 0 });
});

it('gives no effect to what it writes on, and tells it so', async () => {
  dakar.command('record', 'set', 'party', 'B-1', 'name=Boulangerie de Dakar');
  expect(nameAt(dakar)).toBe('Boulangerie de Dakar');
  expect(await bar(there).count()).toBe(0);
  await organisation.relayStarts();
  await bar(there).getByText('Le siège a suspendu ce site.').waitFor({ timeout: AGAIN_MS });
  await bar(there).getByText('Une écriture faite ici est gardée et mise de côté', { exact: false }).waitFor();
  expect(await violations(there)).toEqual([]);
  await there.getByRole('link', { name: 'Boulangerie Martin' }).click();
  await there.getByRole('textbox', { name: 'Nom', exact: true }).fill('Boulangerie refusée');
  await button('Enregistrer', there).click();
  await there.getByRole('alert').getByText('site-removed').waitFor();
  await button('Abandonner', there).click();
  await there.goto(`http://${dakar.address}/sync`);
  await there.getByRole('region', { name: 'Reste à envoyer' }).waitFor();
  expect(await there.getByText('La liaison avec le relais est coupée.').count()).toBe(0);
  // The relay may have heard of what Dakar wrote before it heard of the suspension: it may be here, and has no effect.
  paris.command('record', 'set', 'party', 'A-1', 'name=Atelier Diop & fils');
  await until('the relay is there', () => paris.command<{ outbox: number }>('status').outbox === 0);
  expect(nameAt(paris)).toBe('Boulangerie Martin');
}, 2 * AGAIN_MS);

it('lets all that it wrote count once it is resumed', async () => {
  await sites();
  await button('Rétablir: DKR').click();
  await dialog().getByText('Tout ce que DKR a écrit compte de nouveau', { exact: false }).waitFor();
  await dialog().getByRole('button', { name: 'Rétablir', exact: true }).click();
  await dakarRow().getByText('membre', { exact: true }).waitFor();
  await page.goto(`http://${paris.address}/records/party`);
  await page.getByRole('link', { name: 'Boulangerie de Dakar' }).waitFor({ timeout: AGAIN_MS });
  await bar(there).waitFor({ state: 'detached', timeout: AGAIN_MS });
  await until('Dakar receives again', () => dakar.command<{ fields: { name: string } }>('record', 'show', 'party', 'A-1').fields.name === 'Atelier Diop & fils');
}, 2 * AGAIN_MS);

it('lets what is here past the cut be adopted, and the site stays suspended', async () => {
  await suspendedBehind(organisation, 'create', 'party', 'name=Épicerie du Port');
  await page.goto(paris.link());
  await page.getByRole('grid').waitFor();
  expect(await page.getByRole('link', { name: 'Épicerie du Port' }).count()).toBe(0);
  await sites();
  await dakarRow().getByText('une écriture mise de côté, au-delà de sa coupure').waitFor();
  await button('Adopter: DKR').click();
  const log = standingOf(organisation, 'DKR').logs.find(({ scope }) => scope === 'organisation');
  expect(await figures('commun à tous les sites')).toEqual([log?.held, (log?.held ?? 0) - 1, log?.held].map(String));
  await dialog().getByRole('button', { name: 'Adopter', exact: true }).click();
  await dakarRow().getByText(/mise de côté/).waitFor({ state: 'detached' });
  await dakarRow().getByText('suspendu', { exact: true }).waitFor();
  await page.goto(`http://${paris.address}/records/party`);
  await page.getByRole('link', { name: 'Épicerie du Port' }).waitFor();
  await resumed(organisation);
}, 3 * AGAIN_MS);

it('revokes for good, by the code of the site', async () => {
  await sites();
  await button('Révoquer: DKR').click();
  const revoke = dialog().getByRole('button', { name: 'Révoquer', exact: true });
  const code = dialog().getByRole('textbox');
  expect(await revoke.isDisabled()).toBe(true);
  await code.fill('PAR');
  expect(await revoke.isDisabled()).toBe(true);
  await code.press('Enter');
  expect(standingOf(organisation, 'DKR').standing).toBe('member');
  await code.fill('DKR');
  expect(await violations(page)).toEqual([]);
  await revoke.click();
  await dakarRow().getByText('révoqué', { exact: true }).waitFor();
  expect(await dakarRow().getByRole('button').allTextContents()).toEqual(['Renommer']);
  expect(standingOf(organisation, 'DKR').standing).toBe('revoked');
  await bar(there).getByText('Le siège a révoqué ce site, pour de bon.').waitFor({ timeout: AGAIN_MS });
  expect(await violations(there)).toEqual([]);
  await there.goto(`http://${dakar.address}/settings/sites`);
  await there.getByRole('row', { name: /^DKR/ }).getByText('révoqué', { exact: true }).waitFor();
  expect(await there.getByRole('button', { name: /DKR$/ }).count()).toBe(0);
}, 2 * AGAIN_MS);
