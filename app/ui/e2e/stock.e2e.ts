// Stock in a real browser: a delivery that is received by keyboard alone, goods that are picked, a transfer that comes short at the
// other site and is settled, availability, and rights to a pool that are shared out and sold.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation, type Site } from './organisation';
import { stocked, until } from './stock';

const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  await organisation.start();
  await stocked(organisation);
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

const at = (site: Site, path: string, on = page) => on.goto(`http://${site.address}${path}`);
/** What a scanner sends: the code, then Enter, wherever the focus is. */
const scan = async (code: string, on = page) => {
  await on.keyboard.type(code);
  await on.keyboard.press('Enter');
};
const says = (text: string | RegExp, on = page) => on.locator('[data-scan-said]', { hasText: text }).waitFor();
const quantity = (sku: string, on = page) => on.locator(`[data-line=${sku}]`).getByRole('textbox', { name: 'Quantité' });
const onHand = (site: Site, item: string) => site.command<{ sites: { site: string; on_hand: string }[] }>('stock', 'on-hand', item).sites.find((of) => of.site === site.code)?.on_hand;

describe('a delivery', () => {
  it('is received by keyboard alone, and loses nothing that was scanned', async () => {
    await at(paris, '/inbox');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('receptionner livraison');
    await page.getByRole('option', { name: /Réceptionner une livraison/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-scan]:focus').waitFor();
    // The system says that there is no line: the node beside it is asked all the same.
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await scan('4006381333931');
    await scan('4006381333931');
    await scan('12*');
    await scan('nail');
    await says('14');
    expect(await quantity('NAIL').inputValue()).toBe('14');
    // What nobody knows is said, kept, and in nobody's way.
    await scan('0000000000000');
    await page.getByText('Aucun article ne porte ce code ici.').waitFor();
    await scan('6*MILK');
    await page.getByText('Scannez le lot de Lait en poudre 400 g').waitFor();
    await scan('L1');
    await scan('31/02/2027');
    await page.getByText('Ce n’est pas une date', { exact: false }).waitFor();
    await scan('31/03/2027');
    await says('L1');
    // As a GS1 code has it, lot and date are one scan.
    await scan('(01)00000096385074(17)270331(10)L1');
    await says('7');
    await scan('DRILL');
    await page.getByText('Scannez le numéro de la pièce', { exact: false }).waitFor();
    await scan('SN1');
    await scan('SN2');
    await says('SN2');
    // The window goes, and comes back.
    await page.reload();
    await page.locator('[data-scan]:focus').waitFor();
    await expect.poll(() => page.locator('[data-line]').count()).toBe(4);
    await page.getByText('0000000000000').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-posted]').waitFor();
    expect(await page.locator('[data-line]').count()).toBe(0);
    expect([onHand(paris, 'NAIL'), onHand(paris, 'MILK'), onHand(paris, 'DRILL')]).toEqual(['14', '7', '2']);
  });

  it('that is picked beyond what lies there is refused, corrected, and posted once', async () => {
    await at(paris, '/stock/scan/issue');
    await page.locator('[data-scan]:focus').waitFor();
    await scan('DRILL');
    await scan('SN9');
    await page.getByText('Cette pièce n’est pas à cet emplacement.').waitFor();
    await scan('SN1');
    await scan('99*NAIL');
    await says('99');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Il s’agit de la ligne 2.').waitFor();
    await page.getByText('stock-short', { exact: true }).waitFor();
    await quantity('NAIL').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('4');
    await page.keyboard.press('Enter');
    await page.locator('[data-scan]:focus').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-posted]').waitFor();
    expect([onHand(paris, 'NAIL'), onHand(paris, 'DRILL')]).toEqual(['10', '1']);
    const drafts = paris.command<{ records: { fields: { posted: string } }[] }>('record', 'list', 'move');
    expect(drafts.records.filter((draft) => draft.fields.posted === '')).toEqual([]);
  });

  it('is taken back by a posting', async () => {
    await page.getByRole('link', { name: 'Voir l’écriture' }).click();
    await page.getByRole('heading', { level: 1, name: /^Sortie · PAR-/ }).waitFor();
    await page.getByRole('button', { name: 'Contre-passer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Contre-passer' }).click();
    await page.getByText('contre-passe une autre').waitFor();
    expect(onHand(paris, 'NAIL')).toBe('14');
  });
});

describe('a transfer', () => {
  it('leaves Paris, comes short to Dakar, and is settled by who sent it', async () => {
    await at(paris, '/stock/scan/send');
    await page.getByRole('combobox', { name: 'Vers le site' }).click();
    await page.getByRole('option', { name: /DKR/ }).click();
    await page.locator('[data-scan]:focus').waitFor();
    await scan('5*NAIL');
    await says('5');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-posted]').waitFor();

    const { page: other, complaints: others } = await signedIn(browser, dakar);
    await at(dakar, '/stock/transfers', other);
    await other.locator('[data-board=coming] a').click();
    await other.getByRole('button', { name: 'Réceptionner', exact: true }).click();
    await other.locator('[data-scan]:focus').waitFor();
    await scan('MILK', other);
    await other.getByText('Cela ne fait pas partie du transfert.').waitFor();
    await scan('6*NAIL', other);
    await other.getByText('Plus que l’envoi', { exact: false }).waitFor();
    await scan('4*4006381333931', other);
    await says('4', other);
    await other.keyboard.press('Control+Enter');
    await other.getByRole('dialog').getByText('manque 1', { exact: false }).waitFor();
    await other.keyboard.press('Enter');
    await other.locator('[data-line=NAIL]', { hasText: '4' }).waitFor();
    await other.getByText('PAR dira si ce qui n’est pas arrivé intact est perdu ou retrouvé.').waitFor();
    expect(onHand(dakar, 'NAIL')).toBe('4');
    expect(others).toEqual([]);
    await other.context().close();

    await at(paris, '/inbox');
    for (const choice of ['Perdu', 'Retrouvé']) await page.locator('[data-item=discrepancy]').getByText(choice, { exact: true }).waitFor();
    await page.locator('[data-item=discrepancy]').getByText(/^Cela ne s’annule pas/).waitFor();
    await at(paris, '/stock/transfers');
    await page.locator('[data-board=short] a').click();
    await page.getByRole('button', { name: /^Perdu/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Comptabiliser' }).click();
    await page.getByText('Réglé, dans tous les sites.').waitFor();
    await page.getByText('réceptionné', { exact: true }).waitFor();
  });
});

describe('figures', () => {
  it('stand side by side for all sites, and say how fresh they are', async () => {
    await at(paris, '/stock/availability');
    const row = page.getByRole('row', { name: /Clous 4 cm/ });
    await row.waitFor();
    await expect.poll(() => row.getByRole('gridcell').allInnerTexts()).toEqual(['Clous 4 cm', 'NAIL', 'pce', '13', '4', '9']);
    await page.locator('[data-freshness] [data-site=DKR]', { hasText: /\d\d:\d\d/ }).waitFor();
    await page.getByRole('searchbox').fill('perceuse');
    await expect.poll(() => page.locator('[role=grid] a').allInnerTexts()).toEqual(['Perceuse à percussion 850 W']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /DRILL/ }).waitFor();
    await page.getByText('SN1').waitFor();
  });
});

describe('rights', () => {
  it('are shared out by the keeper, and sold by the other site', async () => {
    paris.command('record', 'create', 'pool', 'code=NAILS', 'name=Clous de tous', 'item=NAIL', 'location=MAIN');
    await at(paris, '/stock/rights');
    await page.getByRole('button', { name: 'Partager' }).click();
    await page.locator('[data-share=DKR]', { hasText: '9' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Partager' }).click();
    await expect.poll(() => page.locator('[data-holder=DKR] [data-figure=held]').innerText()).toBe('9');
    await until(() => (dakar.command<{ pools: { holders: unknown[] }[] }>('stock', 'rights').pools[0]?.holders.length ? true : undefined), 'the rights');

    const { page: other } = await signedIn(browser, dakar);
    await at(dakar, '/stock/rights', other);
    await other.getByRole('button', { name: 'Vendre' }).click();
    await other.getByRole('textbox', { name: 'Quantité (pce)' }).fill('3');
    await other.getByRole('dialog').getByRole('button', { name: 'Vendre' }).click();
    await expect.poll(() => other.locator('[data-holder=DKR] [data-figure=held]').innerText()).toBe('6');
    await other.context().close();
    // The keeper's screen hears of it by itself, and the keeper delivers.
    await expect.poll(() => page.locator('[data-holder=DKR] [data-figure=to_deliver]').innerText(), { timeout: 10_000 }).toBe('3');
    await at(paris, '/stock/postings');
    await page.locator('[data-posting=spend] a').click();
    await page.getByRole('button', { name: 'Livrer cette vente' }).click();
    const quantity = page.getByRole('textbox', { name: 'Quantité (pce)' });
    await quantity.fill('4');
    await page.getByRole('dialog').getByRole('button', { name: 'Comptabiliser' }).click();
    await page.getByText('more-than-sold', { exact: true }).waitFor();
    await quantity.fill('3');
    await page.getByRole('dialog').getByRole('button', { name: 'Comptabiliser' }).click();
    await page.getByRole('heading', { level: 1, name: /^Sortie · PAR-/ }).waitFor();
    // The draft that was posted names the sale as people do; so does one that is being made, whose list offers it.
    await page.getByRole('link', { name: 'Le brouillon d’origine' }).click();
    await expect.poll(() => page.getByRole('combobox', { name: 'Livre la vente' }).inputValue()).toMatch(/^DKR-\d+ · /);
    await at(paris, '/records/move/new');
    await page.getByRole('button', { name: /^Ajouter une ligne/ }).click();
    const sale = page.getByRole('combobox', { name: 'Livre la vente' });
    await sale.click();
    await page.getByRole('option', { name: /^DKR-\d+ · / }).click();
    await expect.poll(() => page.evaluate(() => localStorage.getItem(Object.keys(localStorage).find((place) => place.startsWith('comptoir.draft.move.new-')) ?? ''))).toMatch(/"fulfils":"[0-9a-f-]{36}"/);
    await page.getByRole('button', { name: 'Abandonner' }).click();
    await at(paris, '/stock/rights');
    await expect.poll(() => page.locator('[data-holder=DKR] [data-figure=to_deliver]').innerText()).toBe('0');
    expect(onHand(paris, 'NAIL')).toBe('6');
  });
});

describe('the rest of what is posted', () => {
  it('a draft is posted from its own screen, once it is saved', async () => {
    const { id } = paris.command<{ id: string }>('move', 'draft', 'adjust', 'from=MAIN', '--line', 'item=NAIL quantity=2');
    await at(paris, `/records/move/${id}`);
    const post = page.getByRole('button', { name: 'Comptabiliser' });
    await page.getByRole('textbox', { name: 'Numéro du tiers' }).fill('INV-1');
    await expect.poll(() => post.isDisabled()).toBe(true);
    await page.keyboard.press('Control+s');
    await expect.poll(() => post.isDisabled()).toBe(false);
    await post.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Comptabiliser' }).click();
    await page.getByRole('heading', { level: 1, name: /^Ajustement · PAR-/ }).waitFor();
    await page.getByText('INV-1').waitFor();
    expect(onHand(paris, 'NAIL')).toBe('8');
  });

  it('a cost that is known later changes what stock is worth, now and not before', async () => {
    const worth = async () => (await page.locator('tr[data-site=PAR]').innerText()).replace(/\s+/g, ' ');
    await at(paris, '/stock/value');
    await page.locator('tr[data-site=PAR]').waitFor();
    const before = await worth();
    await at(paris, `/stock/items/${paris.command<{ id: string }>('record', 'show', 'item', 'NAIL').id}`);
    await page.getByRole('button', { name: 'Changer sa valeur' }).click();
    await page.getByRole('textbox', { name: /^Vaut en plus \(EUR\)/ }).fill('12,50');
    await page.keyboard.press('Enter');
    await page.getByText(/Comptabilisé sous PAR-/).waitFor();
    await at(paris, '/stock/value');
    await page.locator('tr[data-site=PAR]').waitFor();
    expect(await worth()).not.toBe(before);
    await page.getByLabel('À la date du').fill('2020-01-01');
    await page.getByText('Il n’y avait rien en stock.').waitFor();
  });
});
