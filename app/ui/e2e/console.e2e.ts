// Headquarters' console in a real browser, with two live nodes behind its relay: an account is set up with an authenticator, signs in by a second factor,
// sees the sites and what they say of themselves, sees one go silent and come back, and reads what was done. In both languages, axe clean.
import { createHmac } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, opened, violations } from './browser';
import { Organisation } from './organisation';

const organisation = new Organisation();
organisation.relaySettings = { COMPTOIR_RELAY__ALARMS__SILENT_AFTER: '1s' };
const PASSWORD = 'le marché de Sandaga';
const STEP_MS = 30_000;
let browser: Browser;
let page: Page;
let complaints: string[];
let secret = '';
/** The last step of time whose digits were used. */
let used = 0;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an authenticator shows (RFC 6238): each step once, and the next one at most half a minute early, as the relay takes it. */
async function digits(): Promise<string> {
  const step = Math.max(used + 1, Math.floor(Date.now() / STEP_MS));
  // One that is not there yet, or not nearly.
  await expect.poll(() => step - Math.floor(Date.now() / STEP_MS), { timeout: 2 * STEP_MS }).toBeLessThanOrEqual(1);
  used = step;
  const bits = Array.from(secret.replaceAll(/[\s=]/g, '')).map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const goTo = async (name: RegExp) => {
  await page.getByRole('navigation').getByRole('link', { name }).click();
};
const clean = async () => expect(await violations(page)).toEqual([]);
const row = (code: string) => page.getByRole('row', { name: new RegExp(`^${code}\\b`) });

beforeAll(async () => {
  await organisation.start();
  browser = await launched();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

it('lets an account be set up with a one-time code and an authenticator', async () => {
  const { setup_code: code } = organisation.relayCommand<{ setup_code: string }>('account', 'add', 'awa', '--role', 'administrator');
  ({ page, complaints } = await opened(browser, `${organisation.console}/set-up#set-up=${code}`));
  await clean();
  await page.getByRole('button', { name: 'Suivant' }).click();
  await page.getByLabel('Nouveau mot de passe').fill(PASSWORD);
  const answer = page.waitForResponse((response) => response.url().endsWith('/setup/password'));
  await page.getByRole('button', { name: 'Suivant' }).click();
  ({ secret } = (await (await answer).json()) as { secret: string });
  await page.getByRole('img', { name: /scanner/ }).waitFor();
  await clean();
  await page.getByRole('textbox', { name: /^Code de l’application/ }).fill(await digits());
  await page.getByRole('button', { name: 'Confirmer' }).click();
  expect(await page.getByRole('list', { name: 'Codes de secours' }).getByRole('listitem').count()).toBe(10);
  await clean();
  await page.getByLabel('J’ai mis ces codes en lieu sûr.').check();
  await page.getByRole('button', { name: 'Continuer et se connecter' }).click();
});

it('is entered by password and second factor alone', async () => {
  await page.getByRole('textbox', { name: 'Nom' }).fill('awa');
  await page.locator('input[type=password]').fill('un autre marché');
  await page.getByRole('button', { name: 'Suivant' }).click();
  await page.getByRole('alert').waitFor();
  await clean();
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.getByRole('button', { name: 'Suivant' }).click();
  await page.getByRole('textbox', { name: /^Code de l’application/ }).fill('000000');
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('textbox', { name: /^Code de l’application/ }).fill(await digits());
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sites' }).waitFor();
}, 120_000);

it('shows the sites and what they say of themselves', async () => {
  await row('PAR').getByText('établie').waitFor();
  await row('DKR').getByText('établie').waitFor();
  await row('DKR').getByText('0.1.0').waitFor({ timeout: 30_000 });
  await clean();
  await page.getByLabel('Filtre').fill('version:>=0.1 -site:PAR');
  await expect.poll(() => row('PAR').count()).toBe(0);
  await row('DKR').click();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /DKR/ }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'Ce qu’il dit de lui-même' }).waitFor();
  await page.getByText('comptoir-node/0.1.0').waitFor();
  await clean();
});

it('sees a site go silent and come back, and tells nobody twice', async () => {
  await organisation.dakar.stop();
  await goTo(/^Alarmes/);
  const alarm = row('DKR');
  await alarm.getByText('silencieux').waitFor({ timeout: 30_000 });
  await clean();
  await alarm.getByRole('button', { name: /^Vu/ }).click();
  await alarm.getByText(/^vu par awa/).waitFor();
  await goTo(/^Sites/);
  await row('DKR').getByText('coupée').waitFor();
  await organisation.dakar.start();
  await row('DKR').getByText('établie').waitFor({ timeout: 30_000 });
  await goTo(/^Alarmes/);
  await page.getByText('Aucune alarme en cours.').waitFor({ timeout: 30_000 });
  await page.getByLabel('Celles qui sont terminées aussi').check();
  await alarm.getByText(/^terminée depuis/).first().waitFor();
}, 120_000);

it('says what was done, by whom, and gives it as a file', async () => {
  await goTo(/^Journal/);
  await page.getByRole('cell', { name: 'alarme vue' }).waitFor();
  await page.getByRole('cell', { name: /refusé/ }).first().waitFor();
  await clean();
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Exporter en CSV' }).or(page.getByRole('button', { name: 'Exporter en CSV' })).click();
  const stream = await (await saved).createReadStream();
  let text = '';
  for await (const part of stream) text += String(part);
  expect(text).toContain('alarm-acknowledge');
});

it('speaks English as well, on every screen', async () => {
  await page.getByRole('radiogroup', { name: 'Langue' }).getByText('English').first().click();
  for (const [name, title] of [[/^Sites/, 'Sites'], [/^Alarms/, 'Alarms'], [/^Relay/, 'Relay'], [/^Accounts/, 'Accounts'], [/^Audit log/, 'Audit log']] as const) {
    await goTo(name);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await clean();
  }
});
