// What goes wrong, or is meant to: names that are made to deceive, sessions that end in the middle of work, a screen that breaks; and what
// of it can be passed on. One site that stands alone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation } from './organisation';
import * as wizard from './wizard';

const organisation = new Organisation();
const paris = organisation.fresh();
let browser: Browser;
let page: Page;
let complaints: string[];
const at = (path: string) => page.goto(`http://${paris.address}${path}`);
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

interface Shown {
  fields: { name: string };
}
const shown = (reference: string) => paris.command<Shown>('record', 'show', 'party', reference).fields;

beforeAll(async () => {
  paris.command('create', '--organisation', 'Comptoir des Épices', '--site', 'PAR', '--name', 'Paris', '--country', 'FR');
  await paris.start();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await paris.stop();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

const map = (column: string, target: string) => wizard.map(page, column, target);
const bring = (file: string) => wizard.bring(page, paris, file);

describe('a name that is made to deceive', () => {
  const NAME = '<img src=x onerror="document.title=\'owned\'"> \u202Etxt.exe';
  /** Texts with the mark that could turn what stands beside them round: none is without an element that keeps it to itself. */
  const loose = () =>
    page.evaluate(() => {
      const wrong: string[] = [];
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode as Text;
        if (!text.data.includes('\u202E')) continue;
        let [element, kept] = [text.parentElement, false];
        while (element && !kept) {
          const { display, unicodeBidi } = getComputedStyle(element);
          // A block is a paragraph of its own, in which there may be nothing else.
          kept = /isolate|plaintext/.test(unicodeBidi) || (!display.startsWith('inline') && element.textContent.trim() === text.data.trim());
          if (!display.startsWith('inline')) break;
          element = element.parentElement;
        }
        if (!kept) wrong.push(text.parentElement?.outerHTML.slice(0, 200) ?? text.data);
      }
      return wrong;
    });
  const isText = async (times = 1) => {
    await expect.poll(() => page.evaluate(() => document.body.innerText.split('\u202Etxt.exe').length - 1)).toBeGreaterThanOrEqual(times);
    expect(await loose()).toEqual([]);
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.title()).toBe('Comptoir');
  };

  it('stays text, and to itself, in a list, the palette, a timeline, the inbox and the result of an import', async () => {
    const id = paris.command<{ id: string }>('record', 'create', 'party', `name=${NAME}`, 'reference=X-1', 'email=x@x.sn').id;
    paris.command('record', 'create', 'party', `name=${NAME}`, 'reference=X-2', 'email=x@x.sn');
    await at('/records/party?search=X-&columns=reference,name,also_known_as');
    await page.getByRole('gridcell', { name: 'X-2' }).waitFor();
    await isText(2);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('txt.exe');
    await page.getByRole('option').filter({ hasText: 'txt.exe' }).first().waitFor();
    await isText(3);
    await page.keyboard.press('Escape');
    await at(`/records/party/${id}`);
    await page.getByRole('tab', { name: 'Historique' }).click();
    await isText(2);
    await at('/inbox');
    await page.locator('[data-item]').first().waitFor();
    await isText(2);
    const file = organisation.file('piège.csv', `reference;name;${NAME.replaceAll('"', '')};email\nX-3;Trois;?;${NAME.replaceAll('"', '')}\n`);
    await bring(file);
    await page.getByRole('table').first().waitFor();
    await isText(1);
    await button('Essayer').click();
    await page.getByRole('table', { name: 'Lignes refusées' }).waitFor();
    await isText(1);
    for (const reference of ['X-1', 'X-2']) paris.command('record', 'archive', 'party', reference);
  });
});

describe('a session that ends', () => {
  const ends = async () => {
    expect(await page.evaluate(async () => (await fetch('/api/v1/session', { method: 'DELETE' })).status)).toBeLessThan(300);
  };
  const begins = async () => {
    const other = await page.context().newPage();
    await other.goto(paris.link());
    await other.getByRole('grid').waitFor();
    await other.close();
  };

  it('while a file is brought in loses neither the file nor what its columns are; what failed can be passed on', async () => {
    await bring(organisation.file('fin.csv', 'Numéro;Raison\nF-1;Fin de session\n'));
    await map('Numéro', 'Référence');
    await map('Raison', 'Nom');
    await ends();
    await button('Essayer').click();
    const alert = page.getByRole('alert').filter({ hasText: 'unauthorised' }).last();
    await alert.getByRole('button', { name: 'Copier les détails' }).click();
    await alert.getByRole('button', { name: 'Copié' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^code: unauthorised\nstatus: 401\n[^]*\/records\/party\/import\n\d{4}-/);
    await begins();
    await button('Essayer').click();
    await page.getByText('1 créée, 0 modifiée, 0 inchangée, 0 ligne refusée.').waitFor();
    await ends();
    await button('Écrire une fiche').click();
    await page.getByRole('alert').filter({ hasText: 'unauthorised' }).last().waitFor();
    await begins();
    await button('Écrire une fiche').click();
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect(shown('F-1').name).toBe('Fin de session');
  });

  it('while stock is scanned loses no line and no code', async () => {
    for (const sku of ['NAIL', 'BOLT']) paris.command('record', 'create', 'item', `sku=${sku}`, `name=${sku}`, 'prices+={"kind":"cost","amount":"1 EUR"}');
    paris.command('record', 'create', 'location', 'code=MAIN', 'name=Magasin');
    await at('/stock/scan/receive');
    const scan = async (code: string) => {
      await page.locator('[data-scan]').fill(code);
      await page.locator('[data-scan]').press('Enter');
    };
    await scan('7*NAIL');
    await page.locator('[data-line=NAIL]').waitFor();
    await ends();
    await scan('BOLT');
    await page.getByRole('alert').filter({ hasText: 'BOLT' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('unauthorised').first().waitFor();
    await begins();
    await at('/stock/scan/receive');
    await page.locator('[data-line=NAIL]').waitFor();
    await page.getByRole('alert').getByRole('button', { name: /BOLT$/ }).first().click();
    await page.locator('[data-line=BOLT]').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-posted]').waitFor();
    const onHand = (sku: string) => paris.command<{ sites: { on_hand: string }[] }>('stock', 'on-hand', sku).sites[0]?.on_hand;
    expect([onHand('NAIL'), onHand('BOLT')]).toEqual(['7', '1']);
  });
});

describe('a screen that breaks', () => {
  it('says so, with what can be passed on; the others go on', async () => {
    // What it complains of is what this is about: its window is not listened to.
    const broken = await page.context().newPage();
    let fault = true;
    await broken.route('**/api/v1/batches', (route) => (fault ? route.fulfill({ json: { batches: [null] } }) : route.continue()));
    await broken.goto(`http://${paris.address}/imports`);
    await broken.getByRole('heading', { level: 1, name: 'Cet écran s’est cassé.' }).waitFor();
    const alert = broken.getByRole('alert').filter({ hasText: 'internal' });
    await alert.getByRole('button', { name: 'Copier les détails' }).click();
    expect(await broken.evaluate(() => navigator.clipboard.readText())).toMatch(/^code: internal\nstatus: 0\nTypeError: /);
    await broken.getByRole('link', { name: 'Échanges' }).click();
    await broken.getByRole('heading', { level: 1, name: 'Échanges' }).waitFor();
    await broken.goBack();
    fault = false;
    await broken.getByRole('button', { name: 'Recharger la page' }).click();
    await broken.getByRole('heading', { level: 1, name: 'Imports' }).waitFor();
    await broken.close();
  });
});
