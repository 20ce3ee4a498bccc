// Tables and files in a real browser: pasted from a clipboard, imported, exported and imported again; long ones that say how far they are
// and are stopped, by keyboard too. One site that stands alone.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workbook } from './archive';
import { atRest, launched, signedIn } from './browser';
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
  fields: { name: string; email: string; credit_limit: string; customer: boolean };
}
const shown = (reference: string) => paris.command<Shown>('record', 'show', 'party', reference).fields;
const count = (search: string) => paris.command<{ total: number }>('record', 'list', 'party', '--search', search).total;

beforeAll(async () => {
  paris.command('create', '--organisation', 'Comptoir des Épices', '--site', 'PAR', '--name', 'Paris', '--country', 'FR');
  await paris.start();
  const rows = ['A-1,Atelier Diop,a@diop.sn', 'B-1,Boulangerie Martin,b@martin.fr', 'C-1,Café Sow,c@sow.sn'];
  paris.command('import', 'party', organisation.file('parties.csv', ['reference,name,email', ...rows].join('\n')));
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

describe('a pasted table', () => {
  const COLUMNS = '/records/party?columns=name,credit_limit,customer,email,city';
  /** The list with the first row's second cell in hand. */
  const inHand = async () => {
    await at(COLUMNS);
    await page.getByRole('link', { name: 'Café Sow' }).waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowRight');
  };
  const paste = async (rows: string[][]) => {
    await page.evaluate((text) => navigator.clipboard.writeText(text), rows.map((row) => row.join('\t')).join('\r\n'));
    await page.keyboard.press('Control+v');
  };

  it('is written but for what is refused, copied as a spreadsheet takes it, and taken back as one', async () => {
    await inHand();
    await paste([['1 234,50', 'oui', 'a@x.sn'], ['2000,5 EUR', 'non', 'pas une adresse'], ['12,25 €', 'x', 'c@x.sn']]);
    await page.getByText('9 cellules de 3 fiches seraient modifiées.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('2 fiches modifiées, 1 refusée.').waitFor();
    await page.getByText('Boulangerie Martin: Ce n’est pas une adresse électronique.').waitFor();
    expect([shown('A-1'), shown('B-1'), shown('C-1')]).toMatchObject([
      { credit_limit: '1234.50 EUR', customer: true, email: 'a@x.sn' },
      { email: 'b@martin.fr' },
      { credit_limit: '12.25 EUR', customer: true, email: 'c@x.sn' },
    ]);
    await button('Fermer').last().click();
    await page.locator('[role=grid]:focus').waitFor();
    await page.getByRole('gridcell', { name: 'c@x.sn' }).waitFor();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(`Shift+${key}`);
    await page.keyboard.press('Control+c');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split(/\r?\n/)).toEqual(['1234,50 EUR\toui\ta@x.sn', '\t\tb@martin.fr', '12,25 EUR\toui\tc@x.sn']);
    // What was copied is taken again; what is refused is taken back with the rest.
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowRight');
    await paste([['5', 'non', 'x'], ['6', 'oui', 'b@x.fr']]);
    await page.getByText(/ cellules de 2 fiches seraient modifiées\.$/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 fiche modifiée, 1 refusée.').waitFor();
    await button('Annuler ces modifications').click();
    await page.getByText(/^Annulé : 0 archivée, 1 /).waitFor();
    expect(shown('B-1')).toMatchObject({ email: 'b@martin.fr', customer: false });
    expect(paris.command<{ batches: { command: string; changes: number }[] }>('batches').batches.filter(({ command }) => command === 'party.change').map(({ changes }) => changes)).toEqual([1, 2]);
  });

  it('says what of it has no place', async () => {
    await inHand();
    for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await paste([['n@x.sn', 'Thiès', 'perdu'], ['', 'Dakar', ''], ['', '', ''], ['quatre']]);
    await page.getByText('Une ligne ne trouve pas de place sous la sélection et est ignorée.').waitFor();
    await page.getByText('Une colonne ne trouve pas de place à droite de la sélection et est ignorée.').waitFor();
    await page.getByText('2 cellules de la colonne Ville sont ignorées : rien ne s’y colle.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(shown('A-1').email).toBe('a@x.sn');
  });

  it('stops between two rows, and says what was written', async () => {
    await inHand();
    let free: () => void = () => undefined;
    const held = new Promise<void>((done) => (free = done));
    await page.route('**/api/v1/records/party/*', async (route) => {
      if (route.request().method() === 'PATCH') await held;
      await route.continue();
    });
    await paste([['71'], ['72'], ['73']]);
    await page.getByText('3 cellules de 3 fiches seraient modifiées.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('0 sur 3').waitFor();
    await page.keyboard.press('Escape');
    free();
    await page.getByText('1 fiche modifiée, 2 pas encore atteintes.').waitFor();
    await page.unroute('**/api/v1/records/party/*');
    expect([shown('A-1').credit_limit, shown('C-1').credit_limit]).toEqual(['71.00 EUR', '12.25 EUR']);
    await button('Annuler ces modifications').click();
    await page.getByText(/^Annulé : 0 archivée, 1 /).waitFor();
    expect(shown('A-1').credit_limit).toBe('1234.50 EUR');
  });
});

const map = (column: string, target: string) => wizard.map(page, column, target);
const bring = (file: string) => wizard.bring(page, paris, file);

describe('an import', () => {
  it('takes semicolons and decimal commas; its columns are kept, and chosen for the next file', async () => {
    await bring(organisation.file('un.csv', 'Numéro;Raison;Plafond;À part\r\nK-1;Kiosque Un;1 234,50;x\r\nK-2;Kiosque Deux;12,5 USD;y\r\n'));
    await map('Numéro', 'Référence');
    await map('Raison', 'Nom');
    await map('Plafond', 'Plafond de crédit');
    await button('Essayer').click();
    await page.getByText('2 créées, 0 modifiée, 0 inchangée, 0 ligne refusée.').waitFor();
    await page.getByRole('textbox', { name: 'Garder ces colonnes sous un nom' }).fill('Vieux registre');
    await button('Écrire 2 fiches').click();
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect([shown('K-1').credit_limit, shown('K-2').credit_limit]).toEqual(['1234.50 EUR', '12.50 USD']);
    await bring(organisation.file('deux.csv', 'Numéro;Raison\r\nK-3;Kiosque Trois\r\n'));
    const kept = page.getByRole('combobox', { name: 'Colonnes gardées sous un nom' });
    await kept.click();
    await page.getByRole('option', { name: 'Vieux registre' }).click();
    await expect.poll(() => page.getByRole('combobox', { name: 'Ce qu’est Raison ici' }).inputValue()).toBe('Nom');
    await page.getByText('Gardées là, et absentes de ce fichier : Plafond').waitFor();
    await button('Essayer').click();
    await button('Écrire une fiche').click();
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect(shown('K-3').name).toBe('Kiosque Trois');
  });

  it('is of the sheet that is chosen', async () => {
    const sheets = { Lisezmoi: [['Bonjour'], ['à tous']], Clients: [['reference', 'name'], ['S-1', 'De la feuille']] };
    await bring(organisation.file('classeur.xlsx', workbook(sheets)));
    await page.getByRole('combobox', { name: 'Ce qu’est Bonjour ici' }).waitFor();
    await page.getByRole('combobox', { name: 'Feuille' }).click();
    await page.getByRole('option', { name: 'Clients' }).click();
    await expect.poll(() => page.getByRole('combobox', { name: 'Ce qu’est name ici' }).inputValue()).toBe('Nom');
    await button('Essayer').click();
    await button('Écrire une fiche').click();
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect(shown('S-1').name).toBe('De la feuille');
  });
});

describe('a long import', () => {
  const ROWS = 12_000;
  const written = () => count('foule');

  it('says how far it is, is stopped, and what was written is taken back under Imports', async () => {
    const rows = Array.from({ length: ROWS }, (_, at) => `L-${at},Foule ${at}`);
    const file = organisation.file('foule.csv', ['reference,name', ...rows].join('\n'));
    // Another window imports too, and is still at its beginning: what ours tells is not taken for its own.
    const other = await page.context().newPage();
    await other.route('**/import?*', () => undefined);
    await other.goto(`http://${paris.address}/records/party/import`);
    await other.locator('input[type=file]').setInputFiles(organisation.file('peu.csv', 'reference,name\nP-1,Peu\n'));
    await other.getByRole('button', { name: 'Essayer' }).click();
    await bring(file);
    // A trial may be over before anybody looks: what was shown meanwhile is kept.
    const told = await page.evaluateHandle(() => {
      const texts: string[] = [];
      const look = () => texts.push(...(document.body.innerText.match(/\d+\s000 sur 12\s000 lignes/g) ?? []));
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      return texts;
    });
    await button('Essayer').click();
    await page.getByText(/^12\s000 créées/).waitFor();
    expect(await told.evaluate((texts) => texts.length)).toBeGreaterThan(0);
    // A fast machine writes all of it before anybody looks: the node stands still from the first word of how far it is.
    await page.exposeFunction('hold', () => paris.hold());
    await page.evaluate(() => {
      const watch = new MutationObserver(() => {
        if (!/\d+\s000 sur 12\s000 lignes/.test(document.body.innerText)) return;
        watch.disconnect();
        (window as unknown as { hold: () => void }).hold();
      });
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await page.getByRole('button', { name: /^Écrire 12\s000 fiches$/ }).click();
    await page.getByText(/^\d+\s000 sur 12\s000 lignes$/).waitFor();
    const [value, of] = await page.getByRole('progressbar').evaluate((bar) => [Number(bar.getAttribute('aria-valuenow')), Number(bar.getAttribute('aria-valuemax'))]);
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(of);
    await button('Arrêter').click();
    paris.letGo();
    await other.getByText('Lecture du fichier', { exact: true }).waitFor();
    await page.getByText(/^Arrêté\. Ce qui était écrit/).waitFor();
    await expect.poll(() => paris.command<{ batches: { command: string }[] }>('batches').batches[0]?.command).toBe('party.import');
    const stopped = written();
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(ROWS);
    await other.close();
    await page.getByRole('link', { name: 'Imports' }).click();
    const act = page.getByRole('row', { name: /Tiers · import/ }).first();
    paris.hold();
    await act.getByRole('button', { name: 'Annuler' }).click();
    await page.getByText(/^Annulation de .* modifications en cours…$/).waitFor();
    paris.letGo();
    await page.getByText(/^Annulé : .* archivées,/).waitFor({ timeout: 30_000 });
    expect(written()).toBe(0);
  });
});

describe('by keyboard alone', () => {
  it('a file is found, tried and written, from the palette to its result', async () => {
    const file = organisation.file('clavier.csv', 'reference,name\nT-1,Au clavier\n');
    await at('/inbox');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('import tiers');
    await page.getByRole('option', { name: /Tiers/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Import : Tiers' }).waitFor();
    await atRest(page);
    const tabTo = async (name: string | RegExp) => {
      const wanted = page.getByRole('button', { name });
      for (let pressed = 0; pressed < 80; pressed++) {
        if (await wanted.first().evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${String(name)} is not reached by Tab`);
    };
    // Listened for before the key: a browser that nobody has told yet drops the dialog.
    const chooser = page.waitForEvent('filechooser', { timeout: 30_000 });
    await tabTo(/^Fichier/);
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(file);
    await page.getByText('clavier.csv').waitFor();
    await tabTo('Essayer');
    await page.keyboard.press('Enter');
    await page.getByText('1 créée', { exact: false }).waitFor();
    await tabTo('Écrire une fiche');
    await page.keyboard.press('Enter');
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect(shown('T-1').name).toBe('Au clavier');
    await tabTo('Vers la liste');
    await page.keyboard.press('Enter');
    await page.getByRole('grid').waitFor();
  });
});

describe('an export', () => {
  const out = async (form: 'CSV' | 'XLSX') => {
    await at('/records/party?search=diop&columns=name,reference,credit_limit,customer,email');
    await page.getByRole('link', { name: 'Atelier Diop' }).waitFor();
    await button('Exporter').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: form }).click()]);
    expect(download.suggestedFilename()).toBe(`party.${form.toLowerCase()}`);
    return download.path();
  };
  it('as CSV has what the list shows', async () => {
    const lines = readFileSync(await out('CSV'), 'utf8').replace(/^\uFEFF/, '').trim().split(/\r?\n/);
    expect(lines).toEqual(['name,reference,credit_limit,customer,email', 'Atelier Diop,A-1,1234.50 EUR,true,a@x.sn']);
  });

  it('as XLSX is imported again, where it says nothing new until it does', async () => {
    const again = async (path: string, changed: 'inchangée' | 'modifiée') => {
      await at('/records/party/import');
      await page.locator('input[type=file]').setInputFiles({ name: 'party.xlsx', mimeType: 'application/octet-stream', buffer: readFileSync(path) });
      await button('Essayer').click();
      await page.getByText(changed === 'inchangée' ? '0 créée, 0 modifiée, 1 inchangée, 0 ligne refusée.' : '0 créée, 1 modifiée, 0 inchangée, 0 ligne refusée.').waitFor();
    };
    const path = await out('XLSX');
    await again(path, 'inchangée');
    paris.command('record', 'set', 'party', 'A-1', 'credit_limit=7 EUR', 'customer=false');
    await again(path, 'modifiée');
    await button('Écrire une fiche').click();
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect(shown('A-1')).toMatchObject({ name: 'Atelier Diop', credit_limit: '1234.50 EUR', customer: true, email: 'a@x.sn' });
  });

  it('says that it is running, and is stopped', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((done) => (free = done));
    await page.route('**/export?*', async (route) => {
      await held;
      // The page has ended it already.
      await route.abort().catch(() => undefined);
    });
    await at('/records/party?search=diop');
    await page.getByRole('link', { name: 'Atelier Diop' }).waitFor();
    await button('Exporter').click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    await page.getByText('Export de 1 fiche en cours…').waitFor();
    await button('Arrêter').click();
    await page.getByText('Arrêté. Aucun fichier n’est gardé.').waitFor();
    await button('Exporter').waitFor();
    free();
    await page.unroute('**/export?*');
  });
});
