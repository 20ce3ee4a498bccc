// Passwords of headquarters' console in a real browser: what is refused when one is chosen and why, one's own changed, and what somebody who signs
// in hears of wrong guesses. A relay alone, without nodes. In French, and the refusals in English too; axe clean.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Authenticator } from './authenticator';
import { launched, opened, violations } from './browser';
import { Organisation } from './organisation';

const organisation = new Organisation();
const authenticator = new Authenticator();
const FIRST = 'le marché de Sandaga';
const SECOND = 'trois pirogues à Yoff';
let browser: Browser;
let page: Page;
const complaints: string[] = [];
let link = '';

const clean = async () => expect(await violations(page)).toEqual([]);
const next = () => page.getByRole('button', { name: 'Suivant' }).click();

async function open(at: string, language: 'fr' | 'en' = 'fr'): Promise<Page> {
  const window = await opened(browser, at, { language });
  window.page.on('close', () => complaints.push(...window.complaints));
  return window.page;
}

async function signIn(password: string): Promise<void> {
  await page.locator('input[type=password]').fill(password);
  await next();
}

async function secondFactor(): Promise<void> {
  await page.getByRole('textbox', { name: /^Code de l’application/ }).fill(await authenticator.digits());
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sites' }).waitFor();
}

beforeAll(async () => {
  await organisation.relayIsReady();
  await organisation.relayStarts();
  browser = await launched();
  const { setup_code: code } = organisation.relayCommand<{ setup_code: string }>('account', 'add', 'awa', '--role', 'viewer');
  link = `${organisation.console}/set-up#set-up=${code}`;
}, 120_000);

afterAll(async () => {
  await page?.close();
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

it('says at the field why a password is refused, in both languages', async () => {
  page = await open(link, 'en');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('New password', { exact: true }).fill('password123');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('alert').getByText('password-common').waitFor();
  await clean();
  await page.close();
  page = await open(link);
  await next();
  const field = page.getByLabel('Nouveau mot de passe', { exact: true });
  await field.fill('Comptoir-awa');
  await next();
  await page.getByRole('alert').getByText('password-guessable').waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await page.getByText(/ajoutez-y d’autres mots/).waitFor();
  await clean();
  await field.fill(FIRST);
  const answer = page.waitForResponse((response) => response.url().endsWith('/setup/password'));
  await next();
  authenticator.secret = ((await (await answer).json()) as { secret: string }).secret;
  await page.getByRole('textbox', { name: /^Code de l’application/ }).fill(await authenticator.digits());
  await page.getByRole('button', { name: 'Confirmer' }).click();
  await page.getByLabel('J’ai mis ces codes en lieu sûr.').check();
  await page.getByRole('button', { name: 'Continuer et se connecter' }).click();
}, 120_000);

it('lets people change their own password, and signs them out everywhere else', async () => {
  await page.getByRole('textbox', { name: 'Nom' }).fill('awa');
  await signIn(FIRST);
  await secondFactor();
  await page.getByRole('button', { name: 'awa' }).click();
  await page.getByRole('menuitem', { name: 'Changer de mot de passe…' }).click();
  const dialog = page.getByRole('dialog');
  const fill = async (present: string, digits: string) => {
    await dialog.getByLabel('Mot de passe actuel').fill(present);
    await dialog.getByLabel('Nouveau mot de passe', { exact: true }).fill(SECOND);
    await dialog.getByRole('textbox', { name: /^Code de l’application/ }).fill(digits);
    await dialog.getByRole('button', { name: 'Le changer' }).click();
  };
  await fill('un autre marché', '000000');
  await dialog.getByRole('alert').getByText('sign-in-wrong').waitFor();
  await clean();
  await fill(FIRST, await authenticator.digits());
  await page.getByText(/^Votre mot de passe est changé/).waitFor();
  await clean();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Sites' }).waitFor();
}, 180_000);

it('tells who signs in of the guesses that were refused since, once', async () => {
  await page.getByRole('button', { name: 'awa' }).click();
  await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  await page.getByRole('textbox', { name: 'Nom' }).fill('awa');
  await signIn(FIRST);
  await page.getByRole('alert').waitFor();
  await signIn(SECOND);
  await secondFactor();
  // The dialog's refusal before, and the old password now.
  const notice = page.getByRole('alert').filter({ hasText: '2 tentatives de connexion à votre nom ont été refusées' });
  await notice.waitFor();
  await clean();
  await page.getByRole('link', { name: 'Relais' }).click();
  await notice.waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Relais' }).waitFor();
  expect(await notice.count()).toBe(0);
}, 120_000);
