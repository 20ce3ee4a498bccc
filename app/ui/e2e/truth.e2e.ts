// What screens say is so, in a real browser: the chip and the exchange while the relay is away and after, stock that is posted
// meanwhile, a conflict that is settled by keys alone, a browser that is killed, and a relay that comes after the first day.
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, opened, ownProfile, signedIn } from './browser';
import { Organisation, type Site } from './organisation';
import { stocked } from './stock';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;
let branch: Page;
const complaints: string[][] = [];
const at = (path: string, site: Site = paris, on = page) => on.goto(`http://${site.address}${path}`);
const chip = () => page.locator('[data-sync]').innerText();
const receivedUpTo = (site: Site) => site.command<{ relay: { received_up_to: string } }>('status').relay.received_up_to;
/** As the chip has it. */
const clock = (moment: string) => new Intl.DateTimeFormat('fr', { timeStyle: 'short' }).format(new Date(moment));
const isFocused = async (name: string | RegExp, role: 'button' | 'textbox' = 'button') =>
  page.getByRole(role, { name, exact: true }).first().evaluate((element) => element === document.activeElement);
const tabTo = async (name: string | RegExp, role?: 'button' | 'textbox') => {
  await page.getByRole(role ?? 'button', { name, exact: true }).first().waitFor();
  for (let count = 0; count < 120; count++) {
    if (await isFocused(name, role)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(name)} is not reached by Tab`);
};

beforeAll(async () => {
  await organisation.start();
  await stocked(organisation);
  paris.command('record', 'create', 'party', 'name=Boulangerie Martin', 'reference=B-1', 'email=b@martin.fr');
  await organisation.agreed();
  browser = await launched();
  for (const site of [paris, dakar]) {
    const window = await signedIn(browser, site);
    complaints.push(window.complaints);
    if (site === paris) page = window.page;
    else branch = window.page;
  }
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints.flat()).toEqual([]);
});

describe('while the relay is away', () => {
  let before: string;

  it('the chip says so, and leads to what waits', async () => {
    await at('/inbox');
    await page.locator('[data-sync=connected]').getByText(/tout est envoyé/).waitFor();
    await organisation.relayStops();
    await page.locator('[data-sync=offline]').waitFor({ timeout: 40_000 });
    before = receivedUpTo(paris);
    expect(await chip()).toBe(`Enregistré ici · tout est envoyé · reçu jusqu’à ${clock(before)}`);
    await page.locator('[data-sync]').click();
    await page.getByRole('heading', { level: 1, name: 'Échanges avec les autres sites' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/sync');
    await page.getByRole('alert').getByText('La liaison avec le relais est coupée.').waitFor();
  });

  it('its exchange has a row for each site and for what came and went', async () => {
    const sites = page.getByRole('region', { name: 'Sites', exact: true }).getByRole('row');
    await sites.filter({ hasText: /^PAR · Parisici/ }).waitFor();
    await sites.filter({ hasText: /^DKR · Dakar.*\d\d:\d\d.*\d\d:\d\d/ }).waitFor();
    const log = page.getByRole('region', { name: 'Ce qui est venu et parti' }).getByRole('row');
    await log.filter({ hasText: 'Tiers : création' }).filter({ hasText: /ici/ }).first().waitFor();
    await log.filter({ hasText: 'opérateur de DKR' }).filter({ hasText: 'Emplacements : création' }).first().waitFor();
  });

  it('goods are received and sent, and the other site knows nothing of it', async () => {
    await at('/stock/availability', dakar, branch);
    await branch.getByRole('row', { name: /Clous 4 cm/ }).waitFor();
    await at('/stock/scan/receive');
    await page.locator('[data-scan]:focus').waitFor();
    await page.keyboard.type('14*NAIL');
    await page.keyboard.press('Enter');
    await page.locator('[data-scan-said]', { hasText: '14' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-posted]').waitFor();
    await at('/stock/scan/send');
    await page.getByRole('combobox', { name: 'Vers le site' }).click();
    await page.getByRole('option', { name: /DKR/ }).click();
    await page.locator('[data-scan]:focus').waitFor();
    await page.keyboard.type('5*NAIL');
    await page.keyboard.press('Enter');
    await page.locator('[data-scan-said]', { hasText: '5' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-posted]').waitFor();
    await page.locator('[data-sync=offline]').getByText(/[2-9] à envoyer/).waitFor();
    expect(await branch.getByRole('row', { name: /Clous 4 cm/ }).getByRole('gridcell').allInnerTexts()).toEqual(['Clous 4 cm', 'NAIL', 'pce', '0', '', '']);
  });

  it('received up to stands still, and moves on when it is back; then the other site has it', async () => {
    paris.command('record', 'set', 'party', 'B-1', 'email=paris@martin.fr', 'website=https://paris.martin.fr');
    dakar.command('record', 'set', 'party', 'B-1', 'email=dakar@martin.fr', 'website=https://dakar.martin.fr');
    await page.reload();
    // The chip tells minutes, and knows the moment.
    await page.locator(`[data-sync=offline][data-received="${before}"]`).getByText(`reçu jusqu’à ${clock(before)}`).waitFor();
    expect(receivedUpTo(paris)).toBe(before);
    await organisation.relayStarts();
    await expect.poll(chip, { timeout: 40_000 }).toMatch(/^Enregistré ici · tout est envoyé · reçu jusqu’à /);
    await expect.poll(() => page.locator('[data-sync]').getAttribute('data-received'), { timeout: 40_000 }).not.toBe(before);
    await expect.poll(async () => (await chip()).endsWith(clock(receivedUpTo(paris)))).toBe(true);
    const row = branch.getByRole('row', { name: /Clous 4 cm/ }).getByRole('gridcell');
    await expect.poll(() => row.allInnerTexts(), { timeout: 20_000 }).toEqual(['Clous 4 cm', 'NAIL', 'pce', '9', '0', '9']);
    await at('/stock/transfers', dakar, branch);
    await branch.locator('[data-board=coming] a', { hasText: '5 pce · Clous 4 cm' }).waitFor();
  }, 180_000);
});

describe('a conflict', () => {
  const shown = (site: Site) => site.command<{ fields: { email: string; website: string } }>('record', 'show', 'party', 'B-1').fields;
  const card = (field: string) => page.getByRole('region', { name: new RegExp(`^${field}: Boulangerie Martin`) });

  it('is settled by keys alone, taken back, and settled by another value', async () => {
    await organisation.agreed();
    const before = shown(paris).email;
    const other = before === 'paris@martin.fr' ? 'dakar@martin.fr' : 'paris@martin.fr';
    await at('/records/party');
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Trouver une fiche, une action' }).waitFor();
    await page.keyboard.type('boite de reception');
    await page.getByRole('option', { name: /^Boîte de réception/ }).waitFor();
    await page.keyboard.press('Enter');
    await card('Courriel').waitFor();
    await tabTo(`Garder celle-ci : ${other}`);
    await page.keyboard.press('Enter');
    await page.getByText('Réglé, pour tous les sites.').waitFor();
    await card('Courriel').waitFor({ state: 'detached' });
    expect(shown(paris).email).toBe(other);
    await tabTo('Annuler');
    await page.keyboard.press('Enter');
    await expect.poll(() => shown(paris).email).toBe(before);
    await tabTo('Une autre valeur');
    await page.keyboard.press('Enter');
    await tabTo('Site web', 'textbox');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('https://fournil.martin.fr');
    await tabTo('Utiliser cette valeur');
    await page.keyboard.press('Enter');
    await card('Site web').waitFor({ state: 'detached' });
    await organisation.agreed();
    for (const site of [paris, dakar]) {
      expect(shown(site)).toMatchObject({ email: before, website: 'https://fournil.martin.fr' });
      expect(site.command<{ items: { kind: string }[] }>('inbox', 'list').items.filter((item) => item.kind === 'conflict')).toEqual([]);
    }
  }, 120_000);
});

describe('a browser that is killed', () => {
  it('has what was typed when it is opened again', async () => {
    const profile = join(organisation.folder, 'profile');
    const first = await ownProfile(profile);
    const party = paris.command<{ id: string }>('record', 'show', 'party', 'B-1').id;
    const [typing = await first.newPage()] = first.pages();
    await typing.goto(paris.link());
    await typing.getByRole('grid').waitFor();
    await typing.goto(`http://${paris.address}/records/party/${party}`);
    await typing.getByRole('textbox', { name: 'Nom d’usage', exact: true }).fill('Au fournil');
    await typing.getByText(/^Pas encore enregistré/).waitFor();
    // What a browser that is killed had not taken yet, nobody can bring back.
    const copies = () =>
      typing.evaluate(
        () =>
          new Promise<string>((done) => {
            indexedDB.open('comptoir').onsuccess = ({ target }) => {
              const all = (target as IDBOpenDBRequest).result.transaction('kept').objectStore('kept').getAll();
              all.onsuccess = () => done(JSON.stringify(all.result));
            };
          }),
      );
    await expect.poll(copies).toContain('Au fournil');
    // Whose the profile is stands at its door, as `host-process`.
    const pid = Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1));
    const gone = new Promise((done) => first.once('close', done));
    process.kill(pid, 'SIGKILL');
    await gone;
    const second = await ownProfile(profile);
    const [again = await second.newPage()] = second.pages();
    // What signs a browser in ends with it.
    await again.goto(paris.link());
    await again.getByRole('grid').waitFor();
    await again.goto(`http://${paris.address}/records/party/${party}`);
    await expect.poll(() => again.getByRole('textbox', { name: 'Nom d’usage', exact: true }).inputValue()).toBe('Au fournil');
    await second.close();
  });
});

describe('a relay that comes later', () => {
  const later = new Organisation();
  const [headquarters, other] = [later.fresh(), later.fresh()];
  afterAll(async () => {
    await Promise.all([headquarters.stop(), other.stop()]);
    await later.stop();
  });

  it('is taken into service by headquarters that worked alone, and a site joins by a link', async () => {
    await headquarters.start();
    const { page, complaints: heard } = await opened(browser, headquarters.openLink);
    complaints.push(heard);
    const country = async (typed: string) => {
      await page.getByRole('combobox', { name: 'Pays' }).click();
      await page.getByRole('combobox', { name: 'Pays' }).fill(typed);
      await page.getByRole('option').first().click();
    };
    await page.getByRole('button', { name: 'Fonder' }).click();
    await page.getByRole('textbox', { name: 'Nom de l’organisation' }).fill('Maison Sow');
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill('lys');
    await country('france');
    await page.getByRole('button', { name: 'Fonder' }).click();
    await page.getByText(/^Il n’y a pas encore de relais/).waitFor();
    await page.getByRole('button', { name: 'Commencer à travailler' }).click();
    await page.locator('[data-sync=none]').getByText(/^Enregistré ici · \d+ à envoyer$/).waitFor();
    await at('/settings/sites', headquarters, page);
    await page.getByText('D’autres sites pourront être invités dès qu’un relais sera en service.').waitFor();
    expect(await page.getByRole('button', { name: 'Inviter', exact: true }).count()).toBe(0);
    const code = await later.relayIsReady();
    await later.relayStarts();
    await page.getByRole('textbox', { name: 'Code du relais' }).fill(code);
    await page.getByRole('button', { name: 'Mettre en service' }).click();
    await page.getByText('Le relais est en service.').waitFor();
    await page.locator('[data-sync=connected]').waitFor({ timeout: 30_000 });
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill('ZIG');
    await country('sénégal');
    await page.getByRole('button', { name: 'Inviter', exact: true }).click();
    const invitation = await page.getByText(/^COMPTOIR-JOIN-/).innerText();

    await other.start();
    const joining = await opened(browser, other.openLink);
    complaints.push(joining.complaints);
    await joining.page.getByRole('heading', { level: 1, name: 'Installer ce nœud' }).waitFor();
    await joining.page.goto(`http://${other.address}/#join=${invitation}`);
    await expect.poll(() => joining.page.getByRole('textbox').inputValue()).toBe(invitation);
    expect(joining.page.url()).not.toContain('join=');
    await joining.page.getByRole('button', { name: 'Rejoindre' }).click();
    await joining.page.getByText('ZIG est désormais un site de Maison Sow.').waitFor({ timeout: 30_000 });
    for (const window of [page, joining.page]) await window.context().close();
  });
});
