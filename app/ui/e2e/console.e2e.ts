// Headquarters' console in a real browser, with two live nodes behind its relay: an account is set up with an authenticator, signs in by a second factor,
// sees the sites and what they say of themselves, sees one go silent and come back, as a program and people are told, asks headquarters for what only it
// decides, holds a line, and those of several sites together, and reads what was done. In both languages, axe clean.
import { join } from 'node:path';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Authenticator } from './authenticator';
import { launched, opened, signedIn, violations } from './browser';
import { Organisation, type Site } from './organisation';
import { lettersOf, silences } from './notices';
import { Sink } from './sinks';

const organisation = new Organisation();
/** A third site, which comes late. */
let thies: Site | undefined;
const PASSWORD = 'le marché de Sandaga';
let browser: Browser;
let page: Page;
let complaints: string[];
/** Who is told of alarms. */
let hook: Sink;
let mail: Sink;
const SECRET = 'a secret of both sides';

const authenticator = new Authenticator();
const digits = () => authenticator.digits();

const goTo = async (name: RegExp) => {
  await page.getByRole('navigation').getByRole('link', { name }).click();
};
const textOf = async (saved: Download) => {
  let text = '';
  for await (const part of await saved.createReadStream()) text += String(part);
  return text;
};
const clean = async () => expect(await violations(page)).toEqual([]);
const row = (code: string) => page.getByRole('row', { name: new RegExp(`^${code}\\b`) });

/** A site's own page. */
const site = async (code: string) => {
  await goTo(/^Sites/);
  await page.getByLabel('Filtre').fill(`site:${code}`);
  await row(code).click();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: new RegExp(code) }).waitFor();
};

let headquarters: Page;
/** Headquarters' own app, where its sites are. */
const atHeadquarters = async () => {
  ({ page: headquarters } = await signedIn(browser, organisation.paris));
  await headquarters.goto(`http://${organisation.paris.address}/settings/sites`);
};
const ask = async (what: string, reason: string) => {
  await page.getByRole('button', { name: what }).click();
  await page.getByRole('dialog').getByLabel('Pourquoi').fill(reason);
  await clean();
  await page.getByRole('dialog').getByRole('button', { name: 'Demander' }).click();
  await page.getByText(/^Demandé, et pas encore décidé/).waitFor();
};
/** Somebody at headquarters approves, seeing the cut; what is for good they confirm by the site's code. */
const approve = async (what: string, code?: string) => {
  await atHeadquarters();
  await headquarters.getByRole('button', { name: `Approuver : ${what}` }).click();
  const dialog = headquarters.getByRole('dialog');
  await dialog.getByRole('table').waitFor();
  if (code !== undefined) await dialog.getByRole('textbox').fill(code);
  expect(await violations(headquarters)).toEqual([]);
  await dialog.getByRole('button', { name: what.split(' ')[0] ?? '' }).click();
  await headquarters.getByRole('row', { name: new RegExp(what) }).getByText('Fait').waitFor();
};

const told = (code: string) => silences(hook, SECRET, code);
const letters = (alarm: number) => lettersOf(mail, alarm);

beforeAll(async () => {
  [hook, mail] = await Promise.all([Sink.http(), Sink.smtp()]);
  const alarms = {
    SILENT_AFTER: '1s',
    WEBHOOK__URL: `http://127.0.0.1:${hook.port}/alarms`,
    WEBHOOK__SECRET_FILE: organisation.file('secret', `whsec_${Buffer.from(SECRET).toString('base64')}\n`),
    MAIL__HOST: '127.0.0.1',
    MAIL__PORT: String(mail.port),
    MAIL__TLS: 'none',
    MAIL__FROM: 'Relais <relais@example.org>',
    MAIL__TO: 'awa@example.org',
    MAIL__LANGUAGE: 'fr',
  };
  organisation.relaySettings = Object.fromEntries(Object.entries(alarms).map(([name, value]) => [`COMPTOIR_RELAY__ALARMS__${name}`, value]));
  await organisation.start();
  browser = await launched();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await thies?.stop();
  await organisation.stop();
  await Promise.all([hook?.stop(), mail?.stop()]);
  expect(complaints).toEqual([]);
});

it('lets an account be set up with a one-time code and an authenticator', async () => {
  const { setup_code: code } = organisation.relayCommand<{ setup_code: string }>('account', 'add', 'awa', '--role', 'administrator');
  ({ page, complaints } = await opened(browser, `${organisation.console}/set-up#set-up=${code}`));
  await page.getByRole('button', { name: 'Suivant' }).waitFor();
  await clean();
  await page.getByRole('button', { name: 'Suivant' }).click();
  await page.getByLabel('Nouveau mot de passe').fill(PASSWORD);
  const answer = page.waitForResponse((response) => response.url().endsWith('/setup/password'));
  await page.getByRole('button', { name: 'Suivant' }).click();
  authenticator.secret = ((await (await answer).json()) as { secret: string }).secret;
  await page.getByRole('img', { name: /scanner/ }).waitFor();
  await clean();
  await page.getByRole('textbox', { name: /^Code de l’application/ }).fill(await digits());
  await page.getByRole('button', { name: 'Confirmer' }).click();
  await expect.poll(() => page.getByRole('list', { name: 'Codes de secours' }).getByRole('listitem').count()).toBe(10);
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
  const unsaved = page.getByText('aucune, pour autant que le site le sache');
  await unsaved.waitFor();
  organisation.dakar.command('backup', 'create', join(organisation.folder, 'dakar.sqlite'));
  await unsaved.waitFor({ state: 'detached', timeout: 30_000 });
  await goTo(/^Sites/);
  await page.getByLabel('Filtre').fill('backup:0');
  await row('DKR').waitFor();
  expect(await row('PAR').count()).toBe(0);
}, 60_000);

it('tells who holds which scope, where it may lie, and how busy the relay is', async () => {
  organisation.paris.command('scope', 'define', 'medical', 'DKR', '--confine', 'SN');
  await goTo(/^Qui détient quoi/);
  const medical = page.getByRole('row', { name: /medical/ });
  await medical.getByText('Sénégal').waitFor({ timeout: 30_000 });
  await medical.getByText('DKR', { exact: true }).waitFor();
  await clean();
  await page.getByLabel('Filtre').fill('PAR');
  await expect.poll(() => medical.count()).toBe(0);
  await page.getByRole('row', { name: /^Siège|private:PAR/ }).first().waitFor();
  await page.getByLabel('Filtre').fill('medical');
  await medical.click();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Sites' }).waitFor();
  await row('DKR').waitFor();
  expect(await row('PAR').count()).toBe(0);
  await goTo(/^Relais/);
  await page.getByRole('region', { name: 'Trafic' }).waitFor();
  await page.getByText('Reçu depuis').waitFor();
  await clean();
}, 60_000);

it('shows at once that a line is down, without being loaded again', async () => {
  await goTo(/^Sites/);
  await page.getByLabel('Filtre').fill('');
  await row('DKR').getByText('établie').waitFor({ timeout: 30_000 });
  await organisation.dakar.stop();
  // Everything is asked again by itself every half minute: this is said by the relay.
  await row('DKR').getByText('coupée').waitFor({ timeout: 10_000 });
}, 120_000);

it('sees a site go silent and come back, and tells a program and people once of each', async () => {
  await goTo(/^Alarmes/);
  const alarm = row('DKR');
  await alarm.getByText('silencieux').waitFor({ timeout: 30_000 });
  await clean();
  await alarm.getByRole('button', { name: /^Vu/ }).click();
  await alarm.getByText(/^vu par awa/).waitFor();
  await expect.poll(() => told('DKR').at(-1), { timeout: 30_000 }).toMatchObject({ turn: 'raised', organisation: 'Comptoir des Épices' });
  const number = told('DKR').at(-1)?.alarm ?? 0;
  await expect.poll(() => letters(number).map(({ body }) => body), { timeout: 30_000 }).toEqual([expect.stringMatching(/DKR : silencieux[^]*Comptoir des Épices/)]);
  expect(letters(number)[0]?.headers).toMatchObject({ from: expect.stringContaining('relais@example.org') as string, to: expect.stringContaining('awa@example.org') as string });
  // Headquarters' own silence tells that the relay has looked since somebody saw the alarm.
  await organisation.paris.stop();
  await expect.poll(() => told('PAR').at(-1)?.turn, { timeout: 30_000 }).toBe('raised');
  await organisation.paris.start();
  await goTo(/^Sites/);
  await row('DKR').getByText('coupée').waitFor();
  await organisation.dakar.start();
  await row('DKR').getByText('établie').waitFor({ timeout: 30_000 });
  await goTo(/^Alarmes/);
  await page.getByText('Aucune alarme en cours.').waitFor({ timeout: 30_000 });
  await page.getByLabel('Celles qui sont terminées aussi').check();
  await alarm.getByText(/^terminée depuis/).first().waitFor();
  const ofIt = () => told('DKR').filter(({ alarm }) => alarm === number);
  await expect.poll(() => ofIt().map(({ turn }) => turn), { timeout: 30_000 }).toEqual(['raised', 'over']);
  await expect.poll(() => letters(number).length, { timeout: 30_000 }).toBe(2);
  expect(letters(number)[1]?.body).toMatch(/DKR : terminé : silencieux/);
  expect(new Set(ofIt().map(({ id }) => id)).size).toBe(2);
  expect(new Set(letters(number).map(({ headers }) => headers['message-id'])).size).toBe(2);
}, 240_000);

it('asks headquarters to invite a site, which somebody there approves and whose code stays there', async () => {
  await goTo(/^Demandes/);
  await page.getByRole('button', { name: 'Inviter un site…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Code').fill('ABJ');
  await dialog.getByLabel('Nom').fill('Abidjan');
  await dialog.getByRole('combobox', { name: /Pays/ }).fill('ivoire');
  await page.getByRole('option').first().click();
  await dialog.getByLabel('Pourquoi').fill('un dépôt près du port');
  await clean();
  await dialog.getByRole('button', { name: 'Demander' }).click();
  await page.getByRole('row', { name: /Inviter ABJ/ }).getByText('en attente').waitFor();
  await clean();
  await atHeadquarters();
  const asked = headquarters.getByRole('region', { name: 'Ce que demande la console' });
  await asked.getByText('un dépôt près du port').waitFor();
  expect(await violations(headquarters)).toEqual([]);
  await asked.getByRole('button', { name: 'Approuver : Inviter ABJ' }).click();
  await headquarters.getByRole('dialog').getByRole('button', { name: 'Inviter', exact: true }).click();
  await headquarters.getByRole('img', { name: /scan/ }).waitFor();
  await page.getByRole('row', { name: /Inviter ABJ/ }).getByText('fait').waitFor();
  expect(await page.content()).not.toContain('COMPTOIR-JOIN');
  expect(await headquarters.content()).toContain('COMPTOIR-JOIN');
});

it('holds the line of a site, which ends at once, and releases it', async () => {
  await site('DKR');
  await page.getByRole('button', { name: 'Bloquer la liaison…' }).click();
  await page.getByRole('dialog').getByLabel('Pourquoi').fill('trafic étrange');
  await clean();
  await page.getByRole('dialog').getByRole('button', { name: 'Bloquer la liaison' }).click();
  await page.getByText('trafic étrange').waitFor();
  await expect.poll(() => organisation.dakar.command<{ relay: { state: string } }>('status').relay.state, { timeout: 30_000 }).toBe('offline');
  await clean();
  await goTo(/^Sites/);
  await row('DKR').getByText('bloquée').waitFor();
  await site('DKR');
  await page.getByRole('button', { name: 'Débloquer la liaison' }).click();
  await goTo(/^Sites/);
  await row('DKR').getByText('établie').waitFor({ timeout: 90_000 });
}, 180_000);

it('holds the lines of several sites together, chosen by keys, and releases them', async () => {
  const { code } = organisation.paris.command<{ code: string }>('invite', '--site', 'THS', '--name', 'Thiès', '--country', 'SN');
  thies = organisation.fresh();
  thies.command('join', code);
  await thies.start();
  await goTo(/^Sites/);
  await page.getByLabel('Filtre').fill('is:online -is:headquarters');
  for (const code of ['DKR', 'THS']) await row(code).getByText('établie').waitFor({ timeout: 90_000 });
  await page.getByLabel('Filtre').fill('-is:headquarters');
  await page.getByLabel('Filtre').press('ArrowDown');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+Space');
  await page.getByText('2 sites choisis.').waitFor();
  expect(await page.getByRole('row', { selected: true }).count()).toBe(2);
  expect(await page.getByRole('button', { name: 'Débloquer des liaisons…' }).isDisabled()).toBe(true);
  await clean();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Bloquer les liaisons de 2 sites' });
  await dialog.getByText('THS · Thiès').waitFor();
  await dialog.getByLabel('Pourquoi').fill('inondation au port');
  await clean();
  await dialog.getByRole('button', { name: 'Bloquer 2 liaisons' }).click();
  await dialog.waitFor({ state: 'detached' });
  for (const code of ['DKR', 'THS']) await row(code).getByText('bloquée').waitFor();
  // What is done with is chosen no more, and the keyboard is in the list again.
  expect(await page.getByRole('row', { selected: true }).count()).toBe(0);
  await page.keyboard.press('Control+A');
  await page.getByRole('button', { name: 'Débloquer 2 liaisons…' }).click();
  const release = page.getByRole('dialog', { name: 'Débloquer les liaisons de 2 sites' });
  await expect.poll(() => release.getByText('inondation au port').count()).toBe(2);
  await clean();
  await release.getByRole('button', { name: 'Débloquer 2 liaisons' }).click();
  for (const code of ['DKR', 'THS']) await row(code).getByText('établie').waitFor({ timeout: 90_000 });
}, 240_000);

it('leaves out of the choice what the list shows no more, and files what is chosen', async () => {
  const filter = page.getByLabel('Filtre');
  await filter.fill('');
  await page.getByRole('checkbox', { name: 'Choisir tout ce qui est affiché' }).check();
  await page.getByText('3 sites choisis.').waitFor();
  await filter.fill('-site:PAR');
  await page.getByText('2 sites choisis. Un site qui était choisi n’est plus affiché, et a été laissé de côté.').waitFor();
  await page.getByRole('checkbox', { name: 'DKR' }).uncheck();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV : 1 choisi' }).click();
  const lines = await textOf(await saved);
  expect(lines.trim().split('\r\n')).toHaveLength(2);
  expect(lines).toContain('"THS"');
  await page.getByRole('button', { name: 'Ne rien choisir' }).click();
  expect(await page.getByRole('row', { selected: true }).count()).toBe(0);
  await filter.fill('');
});

it('has a site judge an entry again that it set aside', async () => {
  const { paris, dakar } = organisation;
  // Headquarters suspends Dakar before it has received what Dakar wrote last.
  await organisation.agreed();
  await paris.stop();
  dakar.command('record', 'create', 'party', 'name=Trop tard', 'reference=LATE-1');
  await expect.poll(() => dakar.command<{ outbox: number }>('status').outbox, { timeout: 30_000 }).toBe(0);
  paris.command('site', 'suspend', 'DKR', '--yes');
  await paris.start();
  await site('PAR');
  const entry = page.getByRole('region', { name: 'Ce qui y est mis de côté' }).getByRole('row').nth(1);
  await entry.getByText('enfreint une règle').waitFor({ timeout: 60_000 });
  await entry.getByRole('button', { name: /^Rejuger/ }).click();
  await entry.getByText('sans changement').waitFor({ timeout: 30_000 });
  await page.getByRole('region', { name: 'Avertissements et erreurs de son programme' }).getByText('an entry is quarantined').waitFor();
  await clean();
}, 180_000);

it('asks to resume a site, and to revoke it, and headquarters sees the cut before', async () => {
  await site('DKR');
  await ask('Demander le rétablissement…', 'il est retrouvé');
  await approve('Rétablir DKR');
  await expect.poll(() => organisation.dakar.command<{ standing: string }>('status').standing, { timeout: 90_000 }).toBe('member');
  await organisation.agreed();
  await site('DKR');
  await ask('Demander la révocation…', 'le portable est volé');
  await approve('Révoquer DKR', 'DKR');
  await goTo(/^Demandes/);
  await page.getByRole('row', { name: /Révoquer DKR/ }).getByText('fait').waitFor();
  await goTo(/^Sites/);
  await row('DKR').getByText('révoqué').waitFor();
}, 240_000);

it('says what was done, by whom, and gives it as a file', async () => {
  await goTo(/^Journal/);
  await page.getByRole('cell', { name: 'alarme vue' }).waitFor();
  await page.getByRole('cell', { name: /refusé/ }).first().waitFor();
  await clean();
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Exporter en CSV' }).or(page.getByRole('button', { name: 'Exporter en CSV' })).click();
  const text = await textOf(await saved);
  expect(text).toContain('alarm-acknowledge');
  // Together is one by one to the log.
  for (const [act, times] of [['line-hold', 2], ['line-release', 2]] as const) expect(text.match(new RegExp(`"?${act}"?,"?DKR`, 'g'))).toHaveLength(times);
  for (const act of ['line-hold', 'line-release']) expect(text.match(new RegExp(`"?${act}"?,"?THS`, 'g'))).toHaveLength(1);
});

it('speaks English as well, on every screen', async () => {
  await page.getByRole('radiogroup', { name: 'Langue' }).getByText('English').first().click();
  for (const [name, title] of [[/^Sites/, 'Sites'], [/^Requests/, 'Requests'], [/^Alarms/, 'Alarms'], [/^Who holds what/, 'Who holds what'], [/^Relay/, 'Relay'], [/^Accounts/, 'Accounts'], [/^Audit log/, 'Audit log']] as const) {
    await goTo(name);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await clean();
  }
  await goTo(/^Sites/);
  await page.getByRole('checkbox', { name: 'THS' }).check();
  await clean();
  await page.getByRole('button', { name: 'Ask to suspend 1 site…' }).click();
  await page.getByRole('dialog', { name: 'Ask headquarters to suspend THS' }).waitFor();
  await clean();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Choose none' }).click();
}, 120_000);

it('says over every screen that the relay does not answer, as long as it does not', async () => {
  const away = page.getByRole('alert').filter({ hasText: 'The relay does not answer.' });
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await goTo(/^Relay/);
  await away.waitFor();
  await goTo(/^Sites/);
  await away.waitFor();
  await page.unroute('**/api/**');
  await away.waitFor({ state: 'detached' });
  await row('DKR').waitFor();
  // It stops, which ends its streams and, as it starts again, all sessions.
  await organisation.relayStops();
  await away.waitFor();
  await organisation.relayStarts();
  await away.waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
}, 120_000);
