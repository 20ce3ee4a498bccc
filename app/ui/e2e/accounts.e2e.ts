// Staff in a real browser: the operator makes an account; elsewhere in the branch its owner signs in by name and password, writes under
// their own name, changes their password; locked, they are out at once, with what they were typing still there. A script gets a token, which is
// revoked. Keys are shown to the operator alone. A relay and two nodes behind.
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, opened, signedIn, violations } from './browser';
import { freePort, Organisation } from './organisation';

const organisation = new Organisation();
const { paris } = organisation;
let browser: Browser;
let page: Page;
let complaints: string[];
let elsewhere: BrowserContext;
let guest: Page;
let address: string;
const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });
const field = (name: string, on = page) => on.getByLabel(name, { exact: true });

async function signIn(on: Page, password: string): Promise<void> {
  await field('Nom de connexion', on).fill('aminata');
  await field('Mot de passe', on).fill(password);
  await button('Se connecter', on).click();
}

beforeAll(async () => {
  await organisation.start();
  paris.command('record', 'create', 'party', 'name=Boulangerie Martin', 'kind=organisation', 'reference=B-1');
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
  elsewhere = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'fr-FR' });
  guest = await elsewhere.newPage();
  guest.setDefaultTimeout(15_000);
  address = `127.0.0.1:${await freePort()}`;
  paris.command('lan', 'open', address);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

it('lets who came by the link keep the accounts', async () => {
  await page.goto(`http://${paris.address}/settings/accounts`);
  await page.getByText('Personne n’a encore de compte.').waitFor();
  await field('Nom de connexion').fill('Deux mots');
  await field('Nom').fill('Aminata Diop');
  await field('Nouveau mot de passe').fill('un premier mot de passe');
  await page.getByRole('checkbox', { name: 'Tout', exact: true }).check();
  await button('Le créer').click();
  await page.getByRole('alert').getByText('login-shape').waitFor();
  await field('Nom de connexion').fill('aminata');
  await button('Le créer').click();
  await page.getByRole('row', { name: /aminata.*Aminata Diop.*Tout.*peut se connecter/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});

it('signs somebody in by name and password, elsewhere in the branch', async () => {
  await guest.goto(`https://${address}/`);
  await guest.getByRole('heading', { name: 'Connexion' }).waitFor();
  await field('Mot de passe', guest).waitFor();
  expect(await violations(guest)).toEqual([]);
  await signIn(guest, 'un faux mot de passe');
  await guest.getByRole('alert').getByText('sign-in-wrong').waitFor();
  expect(await field('Mot de passe', guest).inputValue()).toBe('');
  await signIn(guest, 'un premier mot de passe');
  await guest.getByRole('link', { name: 'Boulangerie Martin' }).click();
  await guest.getByRole('textbox', { name: 'Nom', exact: true }).fill('Boulangerie Diop');
  await button('Enregistrer', guest).click();
  await guest.getByText('Enregistré ici.', { exact: true }).first().waitFor();
  const { items } = paris.command<{ items: { author: string }[] }>('record', 'history', 'party', 'B-1');
  expect(items.map((item) => item.author)).toEqual(['PAR/operator', 'PAR/aminata']);
});

it('shows them who they are, and lets them change their password alone', async () => {
  await guest.goto(`https://${address}/settings/accounts`);
  await guest.getByText('Vous êtes Aminata Diop.').waitFor();
  await guest.getByText('Les comptes se tiennent sur la machine où tourne le nœud.').waitFor();
  expect(await guest.getByRole('button', { name: /Bloquer|Le créer/ }).count()).toBe(0);
  await button('Changer votre mot de passe', guest).click();
  await field('Mot de passe actuel', guest).fill('un premier mot de passe');
  await field('Nouveau mot de passe', guest).fill('un deuxième mot de passe');
  expect(await violations(guest)).toEqual([]);
  await button('Le changer', guest).click();
  await guest.getByText('Votre mot de passe est changé.').first().waitFor();
});

it('puts a locked account out at once, and keeps what was being typed', async () => {
  await guest.goto(`https://${address}/records/party/B-1`);
  await guest.getByRole('textbox', { name: 'Nom', exact: true }).fill('Boulangerie à moitié');
  await button('Bloquer Aminata Diop').click();
  await page.getByRole('row', { name: /aminata.*bloqué/ }).waitFor();
  await field('Mot de passe', guest).waitFor();
  await signIn(guest, 'un deuxième mot de passe');
  await guest.getByRole('alert').getByText('account-locked').waitFor();
  await button('Débloquer Aminata Diop').click();
  await page.getByRole('row', { name: /aminata.*peut se connecter/ }).waitFor();
  await signIn(guest, 'un deuxième mot de passe');
  await field('Mot de passe', guest).waitFor({ state: 'detached' });
  expect(await guest.getByRole('textbox', { name: 'Nom', exact: true }).inputValue()).toBe('Boulangerie à moitié');
});

it('makes a token for a script, shows it once, and revokes it', async () => {
  const tokens = page.getByRole('region', { name: 'Jetons pour scripts' });
  await field('Nom de connexion').fill('caisse');
  await page.getByRole('checkbox', { name: 'Pour un script, sans mot de passe' }).check();
  await page.getByRole('checkbox', { name: 'Tout', exact: true }).check();
  await button('Le créer').click();
  await page.getByRole('row', { name: /caisse.*Tout.*sans mot de passe/ }).waitFor();
  await tokens.getByRole('combobox', { name: 'Compte' }).click();
  await page.getByRole('option', { name: 'caisse' }).click();
  await tokens.getByLabel('À quoi il sert').fill('Export de nuit');
  await tokens.getByLabel('Dernier jour').fill('31/12/2099');
  await button('Créer le jeton').click();
  await tokens.getByText('Ce jeton n’est montré qu’une fois').waitFor();
  const secret = (await tokens.getByText(/^cpt_[0-9a-f]{64}$/).innerText()).trim();
  await tokens.getByRole('row', { name: /Export de nuit.*caisse.*jamais.*31 déc. 2099.*laisse entrer/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  const asks = async () => (await fetch(`http://${paris.address}/api/v1/account`, { headers: { authorization: `Bearer ${secret}` } })).json() as Promise<{ author?: string; code?: string }>;
  expect((await asks()).author).toBe('PAR/caisse');
  await page.reload();
  await tokens.getByRole('row', { name: /Export de nuit/ }).waitFor();
  expect(await page.getByText(secret).count()).toBe(0);
  await button('Révoquer le jeton Export de nuit').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Révoquer', exact: true }).click();
  await page.getByText('Le jeton Export de nuit est révoqué.').first().waitFor();
  await tokens.getByRole('row', { name: /Export de nuit/ }).waitFor({ state: 'detached' });
  expect((await asks()).code).toBe('unauthorised');
});

it('offers both ways in on the machine itself', async () => {
  const stranger = await opened(browser, `http://${paris.address}/`);
  await field('Mot de passe', stranger.page).waitFor();
  await stranger.page.getByText('comptoir-node open').waitFor();
  await signIn(stranger.page, 'un deuxième mot de passe');
  await stranger.page.getByRole('link', { name: 'Boulangerie Diop' }).waitFor();
  await stranger.page.goto(`http://${paris.address}/settings/keys`);
  await stranger.page.getByText('Les clés sont l’affaire de qui tient le nœud').waitFor();
  await stranger.page.goto(`http://${paris.address}/settings/accounts`);
  await button('Se déconnecter', stranger.page).click();
  await field('Mot de passe', stranger.page).waitFor();
  expect(stranger.complaints).toEqual([]);
  await stranger.page.context().close();
});

it('shows the keys to the operator, with what is to be done next', async () => {
  const root = page.getByRole('region', { name: 'Clé racine' });
  await page.goto(`http://${paris.address}/settings/keys`);
  await root.getByText('comptoir-node root export root.age').waitFor();
  await page.getByRole('row', { name: /PAR\/operator.*ce nœud/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  const [copy, passphrase] = [join(organisation.folder, 'root.age'), organisation.file('passphrase', 'une phrase qui reste secrète')];
  paris.command('root', 'export', copy, '--passphrase-file', passphrase);
  await page.reload();
  await root.getByText('comptoir-node root remove root.age').waitFor();
  paris.command('root', 'remove', copy, '--passphrase-file', passphrase);
  await page.reload();
  await root.getByText('pas sur cette machine').waitFor();
  await root.getByText('comptoir-node root import root.age').waitFor();
  await guest.goto(`https://${address}/settings/keys`);
  await guest.getByText('Ses clés se gèrent sur la machine où il tourne.').waitFor();
});
