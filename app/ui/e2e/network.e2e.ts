// The local network in a real browser: a node is opened to it, a browser elsewhere in the branch is let in over TLS by a link that works
// once, works there as here, and decides nothing about the door; shut again, it sees that nobody answers. A relay and two nodes behind.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, signedIn, violations } from './browser';
import { freePort, Organisation } from './organisation';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;
let complaints: string[];
let elsewhere: BrowserContext;
let guest: Page;
let address: string;
const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });

beforeAll(async () => {
  await organisation.start();
  paris.command('record', 'create', 'party', 'name=Boulangerie Martin', 'reference=B-1');
  await organisation.agreed();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
  // Another machine's browser, whose user has compared the fingerprint and goes on.
  elsewhere = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'fr-FR' });
  guest = await elsewhere.newPage();
  guest.setDefaultTimeout(15_000);
  address = `127.0.0.1:${await freePort()}`;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

it('is shut until somebody at the node opens it', async () => {
  // In a page of its own: one that nobody answered tries again by itself, in the way of the next visit.
  const early = await elsewhere.newPage();
  await expect(early.goto(`https://${address}/`)).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
  await early.close();
  await page.goto(`http://${paris.address}/settings/network`);
  await page.getByText('fermé', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: 'Adresse et port' }).fill('pas une adresse');
  await button('Ouvrir au réseau local').click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('textbox', { name: 'Adresse et port' }).fill(address);
  await button('Ouvrir au réseau local').click();
  await page.getByText('ouvert', { exact: true }).waitFor();
  const { fingerprint } = paris.command<{ fingerprint: string }>('lan', 'show');
  expect(await page.getByRole('row', { name: /Empreinte/ }).textContent()).toContain(fingerprint);
});

it('lets a browser in by a link that works once, and nobody without', async () => {
  await guest.goto(`https://${address}/`);
  await guest.getByRole('heading', { name: 'Connexion' }).waitFor();
  await button('Créer un lien').click();
  const link = await page.getByText(`https://${address}/#sign-in=`).textContent();
  await page.getByRole('img', { name: 'Le lien pour navigateur sous forme d’image à scanner' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await guest.goto(link ?? '');
  await guest.getByRole('link', { name: 'Boulangerie Martin' }).waitFor();
  const [cookie] = await elsewhere.cookies(`https://${address}/api/`);
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
  const second = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'fr-FR' });
  const late = await second.newPage();
  await late.goto(link ?? '');
  await late.getByRole('alert').waitFor();
  await second.close();
});

it('works there as here, live, to the other site', async () => {
  await guest.getByRole('link', { name: 'Boulangerie Martin' }).click();
  await guest.getByRole('textbox', { name: 'Nom', exact: true }).fill('Boulangerie du Réseau');
  await guest.getByRole('button', { name: 'Enregistrer', exact: true }).click();
  await guest.getByText('Enregistré ici.', { exact: true }).first().waitFor();
  await organisation.agreed();
  expect(dakar.command<{ fields: { name: string } }>('record', 'show', 'party', 'B-1').fields.name).toBe('Boulangerie du Réseau');
  dakar.command('record', 'set', 'party', 'B-1', 'name=Boulangerie de Dakar');
  await guest.getByRole('heading', { level: 1, name: 'Boulangerie de Dakar' }).waitFor();
});

it('decides nothing about the door there', async () => {
  await guest.goto(`https://${address}/settings/network`);
  await guest.getByText('Qui peut le faire se décide sur la machine où tourne le nœud.').waitFor();
  expect(await guest.getByRole('button', { name: /Fermer|Créer un lien/ }).count()).toBe(0);
});

it('shut again, nobody answers there, and here all goes on', async () => {
  await button('Fermer').click();
  await page.getByText('fermé', { exact: true }).waitFor();
  await guest.getByText('Le nœud ne répond pas').first().waitFor();
  await page.getByRole('link', { name: 'Tiers', exact: true }).click();
  await page.getByRole('link', { name: 'Boulangerie de Dakar' }).waitFor();
});
