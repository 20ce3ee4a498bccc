// The first day of an organisation, in a real browser: headquarters is started from an empty directory, a second node joins by the
// picture of its code, shown to the camera or as a file, demo data come and go, and the organisation makes the program its own. One
// story, step after step.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched, opened, violations } from './browser';
import { drawnOf, filmOf, type Drawn } from './film';
import { Organisation } from './organisation';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let relayCode: string;
let page: Page;
let branch: Page;
let picture: Buffer;
let drawn: Drawn;
let seen: string;
const complaints: string[][] = [];

beforeAll(async () => {
  relayCode = await organisation.relayIsReady();
  await organisation.relayStarts();
  browser = await launched(organisation.file('camera.y4m', filmOf(drawnOf('https://example.org/'))));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints.flat()).toEqual([]);
});

const at = (path: string) => page.goto(`http://${paris.address}${path}`);
const begin = async (page: Page) => {
  await page.getByRole('button', { name: 'Commencer à travailler' }).click();
  await page.getByRole('grid').waitFor();
};
const chosen = async (page: Page, name: string | RegExp, typed: string, option: string | RegExp) => {
  const box = page.getByRole('combobox', { name, exact: true });
  await box.click();
  if (typed !== '') await box.fill(typed);
  await page.getByRole('option', { name: option }).first().click();
};

it('starts an organisation from an empty directory, and is the node then', async () => {
  await paris.start();
  const window = await opened(browser, paris.openLink);
  ({ page } = window);
  complaints.push(window.complaints);
  await page.getByRole('heading', { level: 1, name: 'Installer ce nœud' }).waitFor();
  await page.getByRole('button', { name: 'Fonder' }).click();
  await page.getByRole('textbox', { name: 'Nom de l’organisation' }).fill('Maison Ndiaye');
  await page.getByRole('textbox', { name: 'Code', exact: true }).fill('par');
  await chosen(page, 'Pays', 'france', /^France \(FR\)$/);
  expect(await page.getByRole('combobox', { name: 'Devise' }).inputValue()).toContain('EUR');
  expect(await page.getByRole('combobox', { name: 'Fuseau horaire' }).inputValue()).toBe('Europe/Paris');
  // What was typed survives a reload; what is wrong is told, and nothing is lost.
  await page.reload();
  await page.getByRole('button', { name: 'Fonder' }).click();
  await page.getByRole('textbox', { name: /^Code d’un relais/ }).fill('COMPTOIR-RELAY-XYZ');
  await page.getByRole('button', { name: 'Fonder' }).click();
  await page.getByRole('alert').getByText('code-mistyped').waitFor();
  await page.getByRole('textbox', { name: /^Code d’un relais/ }).fill(relayCode);
  await page.getByRole('button', { name: 'Fonder' }).click();
  await page.getByText('Maison Ndiaye est fondée ; PAR en est le siège.').waitFor();
  await page.getByText('root.json').waitFor();
});

it('takes demo data in, and out again as one', async () => {
  await page.getByRole('button', { name: 'Ajouter des données de démonstration' }).click();
  await page.getByText('27 fiches de démonstration sont utilisées.').waitFor();
  await begin(page);
  await page.getByText('Boulangerie Marchand').waitFor();
  expect(paris.command<{ total: number }>('record', 'list', 'item').total).toBe(10);
  await at('/settings/demo');
  await page.getByRole('button', { name: 'Retirer les données de démonstration' }).click();
  await page.getByText('27 fiches archivées ; rien ne reste.').waitFor();
  await page.getByRole('button', { name: 'Ajouter des données de démonstration' }).waitFor();
  for (const kind of ['party', 'item', 'location', 'move']) expect(paris.command<{ total: number }>('record', 'list', kind).total).toBe(0);
});

it('invites a site by a picture; an invitation can be withdrawn', async () => {
  await at('/settings/sites');
  const invited = async (code: string) => {
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(code);
    await chosen(page, 'Pays', 'sénégal', /^Sénégal/);
    await page.getByRole('button', { name: 'Inviter', exact: true }).click();
    await page.getByText(`Invitation pour ${code}`).waitFor();
  };
  await invited('ABJ');
  await page.getByRole('button', { name: 'Retirer l’invitation de ABJ' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirer', exact: true }).click();
  await page.getByText('L’invitation de ABJ est retirée.').waitFor();
  await invited('DKR');
  await page.getByRole('button', { name: 'Retirer l’invitation de DKR' }).waitFor();
  expect(await page.getByRole('button', { name: 'Retirer l’invitation de ABJ' }).count()).toBe(0);
  const image = page.getByRole('img', { name: 'Le code sous forme d’image à scanner' });
  picture = await image.screenshot();
  drawn = await image.evaluate((image) => ({ path: image.querySelector('path')?.getAttribute('d') ?? '', size: (image as unknown as SVGSVGElement).viewBox.baseVal.width }));
});

it('sees the code by the camera once it may use it, and lets go of the camera each time', async () => {
  await dakar.start();
  const window = await opened(browser, dakar.openLink);
  branch = window.page;
  complaints.push(window.complaints);
  const context = branch.context();
  await branch.getByRole('button', { name: 'Rejoindre' }).click();
  await branch.evaluate(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const tracks: MediaStreamTrack[] = [];
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(globalThis, { tracks });
  });
  const states = () => branch.evaluate(() => (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.map((track) => track.readyState));
  const button = branch.getByRole('button', { name: 'Utiliser la caméra…' });
  const dialog = branch.getByRole('dialog', { name: 'Montrez le code à la caméra' });
  const hasFocus = (name: string) => expect.poll(() => branch.evaluate(() => document.activeElement?.textContent)).toBe(name);
  // What is not granted is refused.
  await context.grantPermissions([]);
  await button.click();
  await dialog.getByRole('alert').getByText('Cette page n’a pas le droit d’utiliser la caméra').waitFor();
  expect(await violations(branch)).toEqual([]);
  await context.grantPermissions(['camera']);
  await dialog.getByRole('button', { name: 'Réessayer' }).press('Enter');
  await dialog.getByRole('status').getByText('C’est un autre code.').waitFor();
  expect(await dialog.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
  expect([await states(), await violations(branch)]).toEqual([['live'], []]);
  await branch.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await states()).toEqual(['ended']);
  await hasFocus('Utiliser la caméra…');
  expect(await branch.getByRole('textbox').inputValue()).toBe('');
  organisation.file('camera.y4m', filmOf(drawn));
  await branch.keyboard.press('Enter');
  await branch.getByRole('status').getByText('Le code est lu.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  seen = await branch.getByRole('textbox').inputValue();
  expect(seen).toMatch(/^COMPTOIR-JOIN-[0-9A-Z]{100,}$/);
  expect(await states()).toEqual(['ended', 'ended']);
  await hasFocus('Rejoindre');
});

it('joins with the code of the picture, waits for headquarters in sight, and goes on after a reload', async () => {
  await paris.stop();
  await branch.getByRole('textbox').fill('COMPTOIR-JOIN-XYZ');
  await branch.getByRole('button', { name: 'Rejoindre' }).click();
  await branch.getByRole('alert').getByText('code-mistyped').waitFor();
  await branch.locator('input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
  await expect.poll(() => branch.getByRole('textbox').inputValue()).toBe(seen);
  await branch.getByRole('button', { name: 'Rejoindre' }).click();
  const asked = branch.locator('[aria-current=step]', { hasText: 'Le siège est interrogé' });
  await asked.waitFor();
  await branch.reload();
  await asked.waitFor();
  await paris.start();
  await branch.getByText('DKR est désormais un site de Maison Ndiaye.').waitFor({ timeout: 30_000 });
  await begin(branch);
  expect(dakar.command<{ site: string }>('status').site).toBe('DKR');
});

it('has a field of its own, whose form asks for what its type has, and uses it in form and list', async () => {
  await page.goto(paris.link());
  await page.getByRole('grid').waitFor();
  await at('/settings/fields');
  await page.getByRole('button', { name: 'Nouveau champ' }).click();
  await page.getByRole('textbox', { name: 'Clé', exact: true }).waitFor();
  expect(await page.getByText(/^Pas encore enregistré\./).count(), 'nobody has typed yet').toBe(0);
  await page.getByRole('textbox', { name: 'Clé', exact: true }).fill('size');
  await page.getByText(/^Pas encore enregistré\./).waitFor();
  await chosen(page, 'Type', '', 'Nombre');
  await page.getByRole('textbox', { name: 'Décimales' }).waitFor();
  expect(await page.getByRole('button', { name: /^Ajouter une ligne/ }).count()).toBe(0);
  await chosen(page, 'Type', '', 'Choix');
  expect(await page.getByRole('textbox', { name: 'Décimales' }).count()).toBe(0);
  await page.locator('[data-field=label_fr] input').fill('Taille');
  await page.getByRole('checkbox', { name: 'Affiché dans les listes' }).check();
  await page.getByRole('button', { name: /^Ajouter une ligne/ }).click();
  await page.getByRole('textbox', { name: 'Valeur', exact: true }).fill('small');
  await page.getByRole('button', { name: 'Créer' }).click();
  await page.getByRole('heading', { level: 1, name: /size|Taille/ }).waitFor();
  await at('/records/party/new');
  await page.getByRole('textbox', { name: 'Nom', exact: true }).fill('Chez Awa');
  await chosen(page, 'Taille', '', 'small');
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { level: 1, name: 'Chez Awa' }).waitFor();
  await at('/records/party');
  await page.getByRole('columnheader', { name: 'Taille' }).waitFor();
  await page.getByRole('gridcell', { name: 'small' }).waitFor();
  await organisation.agreed();
  await branch.getByRole('columnheader', { name: 'Taille' }).waitFor();
  await at('/settings/fields');
  await page.getByRole('button', { name: 'Mettre hors service : Taille' }).click();
  await page.getByText('Taille est hors service. Ses valeurs restent.').waitFor();
});

it('calls things by its own names, and has stages in an order', async () => {
  await at('/settings/names');
  await page.getByRole('textbox', { name: 'Nom · Français', exact: true }).fill('Raison sociale');
  await page.getByRole('button', { name: 'Enregistrer un nom' }).click();
  await page.getByText('Enregistré ici.', { exact: true }).waitFor();
  await at('/records/party/new');
  await page.getByRole('textbox', { name: 'Raison sociale', exact: true }).waitFor();
  paris.command('record', 'create', 'stage', 'kind=party', 'key=lead', 'label_fr=Piste', 'order=1');
  paris.command('record', 'create', 'stage', 'kind=party', 'key=won', 'label_fr=Gagné', 'order=2');
  await at('/settings/stages');
  await page.getByRole('button', { name: 'Monter Gagné' }).click();
  const names = () => page.getByRole('table', { name: 'Étapes' }).getByRole('link').allInnerTexts();
  await expect.poll(names).toEqual(['Gagné', 'Piste']);
});
