// Tables and files in a real browser: pasted from a clipboard, copied, taken back. One site that stands alone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation } from './organisation';

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
