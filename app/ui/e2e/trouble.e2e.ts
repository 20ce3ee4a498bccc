// Bad times in a real browser: what is wrong is found, told and mended; what is not saved or not sent is said; two windows on one
// record; a field that is far too large; a session that has ended; a full disk. One organisation, and one site that stands alone.
import { join } from 'node:path';
import type { Browser, Dialog, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation } from './organisation';
import { SiteOnSmallDisk, whyNoSmallDisks } from './smallDisk';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;
let complaints: string[];
const at = (path: string) => page.goto(`http://${paris.address}${path}`);
const field = (name: string, on = page) => on.getByRole('textbox', { name, exact: true });
const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });
const saved = () => page.getByText('Enregistré ici.', { exact: true }).first().waitFor();
const id = (reference: string) => paris.command<{ id: string }>('record', 'show', 'party', reference).id;

beforeAll(async () => {
  await organisation.start();
  paris.command('record', 'create', 'party', 'name=Boulangerie Martin', 'reference=B-1', 'email=b@martin.fr');
  paris.command('record', 'create', 'party', 'name=Moulins Martin', 'reference=M-1', `relations+={"kind":"parent","to":"${id('B-1')}"}`);
  paris.command('record', 'create', 'item', 'sku=FAR', 'name=Farine', `supplier=${id('M-1')}`);
  await organisation.agreed();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

describe('a repair', () => {
  it('says what is wrong, keeps aside, rebuilds and verifies', async () => {
    await paris.stop();
    expect(paris.spoil('Moulins Martin', 'Moulins Martix')).toBeGreaterThan(0);
    await paris.start();
    await page.goto(paris.link());
    await page.getByRole('link', { name: 'Moulins Martix', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Échanges' }).click();
    await page.getByRole('link', { name: /^Quelque chose semble faux/ }).click();
    await page.getByText('Le disque accepte ce qui est écrit.').waitFor();
    await page.getByText('Les clés de cette machine sont celles que l’organisation connaît.').waitFor();
    await button('Tout vérifier').click();
    const wrong = page.getByRole('alert').filter({ hasText: 'Quelque chose ne va pas.' });
    await wrong.getByText('Une fiche n’est pas ce que dit l’historique.').waitFor();
    await wrong.getByText('Rien de ce qui a été enregistré n’est perdu. Une reconstruction remet cela en ordre.').waitFor();
    await button('Suite : Mettre de côté').click();
    const [report] = await Promise.all([page.waitForEvent('download'), button('Enregistrer le fichier').first().click()]);
    expect(report.suggestedFilename()).toMatch(/^comptoir-PAR-\d{4}-\d\d-\d\d-report\.json$/);
    const [records] = await Promise.all([page.waitForEvent('download'), button('Tiers CSV').click()]);
    expect(records.suggestedFilename()).toBe('party.csv');
    await button('Suite : Reconstruire').click();
    await button('Reconstruire maintenant').click();
    await page.getByText(/^Reconstruit : .* Remis en ordre : /).waitFor();
    await page.getByRole('status').getByText('Tout est sain.').waitFor();
    await at('/records/party?search=M-1');
    await page.getByRole('link', { name: 'Moulins Martin', exact: true }).waitFor();
    expect(paris.command<{ title: string }>('record', 'show', 'party', 'M-1').title).toBe('Moulins Martin');
  });

  it('holds this site against another by what a person carries over', async () => {
    const theirs = dakar.command<{ scopes: Record<string, string>; state: Record<string, string> }>('digest');
    await at('/sync/repair');
    const other = field('Empreintes de l’autre site');
    await other.fill('bonjour');
    await page.getByText(/^Ce ne sont pas les empreintes d’un site/).waitFor();
    await other.fill(JSON.stringify(theirs));
    await page.getByText('Les deux sites ont la même chose et la lisent pareillement.').waitFor();
    await other.fill(JSON.stringify({ ...theirs, state: { ...theirs.state, organisation: '00' } }));
    await page.getByText('mêmes entrées, autre résultat').waitFor();
    await other.fill(JSON.stringify({ ...theirs, scopes: { ...theirs.scopes, organisation: '00' } }));
    await page.getByText('pas encore les mêmes entrées').waitFor();
  });
});

describe('related records', () => {
  it('are counted by kind, and lead to the list of just those', async () => {
    await at(`/records/party/${id('M-1')}`);
    await page.getByRole('tab', { name: 'Liens' }).click();
    const referring = page.getByRole('table', { name: 'Ce qui y renvoie' });
    await referring.getByRole('link', { name: 'Farine' }).waitFor();
    await page.getByRole('table', { name: 'Ce à quoi elle renvoie' }).getByRole('link', { name: 'Boulangerie Martin' }).waitFor();
    await referring.getByRole('link', { name: 'Articles (1)' }).click();
    await page.getByRole('gridcell', { name: 'FAR', exact: true }).waitFor();
    // The filter is told by the name of the record, not by its id.
    await page.getByRole('button', { name: /est Moulins Martin$/ }).first().waitFor();
    await at(`/records/party/${id('B-1')}`);
    await page.getByRole('tab', { name: 'Liens' }).click();
    await referring.getByRole('link', { name: 'Tiers (1)' }).click();
    await expect.poll(() => page.locator('[role=grid] [role=gridcell] a').allInnerTexts()).toEqual(['Moulins Martin']);
  });
});

describe('what is not saved', () => {
  it('is asked about at the door, listed under Exchange, and one in two windows', async () => {
    await at(`/records/party/${id('B-1')}`);
    await field('Nom d’usage').click();
    await page.keyboard.type('Chez Martin');
    const stays = (dialog: Dialog) => void dialog.dismiss();
    page.on('dialog', stays);
    await page.close({ runBeforeUnload: true });
    const told = page.getByRole('dialog', { name: 'Tout n’est pas encore parti' });
    await told.getByText(/^Ce que vous avez saisi n’est pas enregistré/).waitFor();
    await button('Voir ce qui attend').click();
    page.off('dialog', stays);
    const list = page.getByRole('region', { name: 'Saisi et non enregistré' });
    await list.getByText('un champ ou une ligne').waitFor();
    await list.getByRole('link', { name: 'Boulangerie Martin' }).click();
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Chez Martin');

    const second = await page.context().newPage();
    await second.goto(page.url());
    await expect.poll(() => field('Nom d’usage', second).inputValue()).toBe('Chez Martin');
    await field('Nom d’usage', second).fill('Chez Martin & fils');
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Chez Martin & fils');
    await button('Enregistrer').click();
    await saved();
    await second.getByText('Pas encore enregistré.').waitFor({ state: 'detached' });
    expect(await field('Nom d’usage', second).inputValue()).toBe('Chez Martin & fils');
    await second.close();
  });

  it('is refused by name when it is ten megabytes, and the node is not taken for gone', async () => {
    await at(`/records/party/${id('B-1')}`);
    const notes = page.locator('[data-field=notes] textarea').first();
    await notes.waitFor();
    await notes.evaluate((area: HTMLTextAreaElement) => {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(area, 'a'.repeat(10_000_000));
      area.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await page.getByText('Ce navigateur n’a plus de place').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').getByText('body-too-large').waitFor();
    await page.locator('[data-field=notes]').getByText('C’est plus qu’une demande ne peut contenir.').waitFor();
    await button('Abandonner').click();
    await expect.poll(() => notes.inputValue()).toBe('');
  });
});

describe('what is not sent', () => {
  it('is told at the door once, and never when all is sent', async () => {
    await organisation.relayStops();
    await at(`/records/party/${id('B-1')}`);
    await field('Site web').click();
    await page.keyboard.type('https://martin.example');
    await page.keyboard.press('Control+s');
    await saved();
    await page.locator('[data-sync=offline]').getByText(/1 à envoyer/).waitFor({ timeout: 40_000 });
    const context = page.context();
    let asked = 0;
    page.on('dialog', (dialog) => {
      asked++;
      void dialog.dismiss();
    });
    await page.close({ runBeforeUnload: true });
    await page.getByRole('dialog').getByText(/^Une modification est enregistrée ici et n’est pas envoyée/).waitFor();
    await button('Voir ce qui attend').click();
    await page.getByRole('alert').getByText('La liaison avec le relais est coupée.').waitFor();
    await page.getByRole('region', { name: 'Reste à envoyer' }).getByText('Tiers : modification').waitFor();
    await organisation.relayStarts();
    await page.locator('[data-sync=connected]').getByText(/tout est envoyé/).waitFor({ timeout: 40_000 });
    expect(asked).toBe(1);
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => page.isClosed()).toBe(true);
    expect(asked).toBe(1);
    page = await context.newPage();
  });
});

describe('a session', () => {
  it('that was ended elsewhere is said where it is noticed, and what is typed stays', async () => {
    await at(`/records/party/${id('B-1')}`);
    await field('Nom d’usage').fill('Au fournil');
    const status = await page.evaluate(async () => (await fetch('/api/v1/session', { method: 'DELETE' })).status);
    expect(status).toBeLessThan(300);
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').getByText('unauthorised').waitFor();
    expect(await field('Nom d’usage').inputValue()).toBe('Au fournil');
    await page.goto(paris.link());
    await page.getByRole('grid').waitFor();
    await at(`/records/party/${id('B-1')}`);
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Au fournil');
    await button('Abandonner').click();
  });
});

const noSmallDisks = whyNoSmallDisks();
// Said aloud: a test that is not run proves nothing.
if (noSmallDisks !== undefined) console.warn(`NOT TESTED: what a full disk does. This system mounts no disk for one process (${noSmallDisks}).`);

describe('a full disk', () => {
  const full = new SiteOnSmallDisk('PAR', join(organisation.folder, 'full'));
  afterAll(() => full.stop());

  it('is said with what to do, keeps what is typed, and goes on when there is room', async ({ skip }) => {
    if (noSmallDisks !== undefined) skip(`no disk of its own: ${noSmallDisks}`);
    await full.start();
    const { page } = await signedIn(browser, full);
    const notes = 'Une note longue. '.repeat(450);
    full.fill();
    await page.goto(`http://${full.address}/records/party/new`);
    // Some room may be left in what the database has already; it is soon used up.
    for (let count = 0; count < 60; count++) {
      await field('Nom', page).fill(`Plein ${count}`);
      await page.locator('[data-field=notes] textarea').first().fill(notes);
      await page.keyboard.press('Control+s');
      const ended = await Promise.race([
        page.getByRole('alert').getByText('disk-full').waitFor().then(() => 'full'),
        page.getByRole('heading', { level: 1, name: `Plein ${count}` }).waitFor().then(() => 'saved'),
      ]);
      if (ended === 'full') break;
      await page.goto(`http://${full.address}/records/party/new`);
    }
    await page.getByRole('alert').getByText('Le disque est plein.').waitFor();
    await page.reload();
    await expect.poll(() => page.locator('[data-field=notes] textarea').first().inputValue()).toBe(notes);
    await page.goto(`http://${full.address}/sync/repair`);
    await page.getByText('Le disque n’accepte rien.').waitFor();
    full.empty();
    await page.goto(`http://${full.address}/records/party/new`);
    await button('Créer', page).click();
    await page.getByRole('heading', { level: 1, name: /^Plein/ }).waitFor();
    await page.context().close();
  });
});
