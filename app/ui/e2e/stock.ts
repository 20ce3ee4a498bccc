// Stock for tests and pictures: items of every way of being followed, deliveries, transfers in each state, a pool with rights; and the
// screens that show them. Owns that list, which is a part of all screens.
import type { Page } from 'playwright-core';
import type { Organisation, Site } from './organisation';
import type { Screen } from './screens';

const WAIT_MS = 30_000;

/** Waits until a question is answered as is hoped, which it is once the other site's entries are here. */
export async function until<T>(ask: () => T | undefined, what: string): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      const found = ask();
      if (found !== undefined) return found;
    } catch {
      // What it is about is not here yet.
    }
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((done) => setTimeout(done, 250));
  }
}

interface Posted {
  id: string;
  number: string;
}

/** Items at headquarters, and a location at each site. */
export async function stocked({ paris, dakar }: Organisation): Promise<void> {
  paris.command('record', 'create', 'item', 'sku=NAIL', 'name=Clous 4 cm', 'gtin=4006381333931', 'units+={"code":"box","factor":"12"}', 'prices+={"kind":"cost","amount":"0.05 EUR"}');
  paris.command('record', 'create', 'item', 'sku=MILK', 'name=Lait en poudre 400 g', 'tracking=lot', 'expires=true', 'gtin=96385074');
  paris.command('record', 'create', 'item', 'sku=DRILL', 'name=Perceuse à percussion 850 W', 'tracking=serial');
  paris.command('record', 'create', 'location', 'code=MAIN', 'name=Magasin central');
  await until(() => dakar.command<{ id: string }>('record', 'show', 'item', 'DRILL').id, 'the items');
  dakar.command('record', 'create', 'location', 'code=MAIN', 'name=Entrepôt du port');
}

export interface StockPlace {
  item: string;
  location: string;
  posting: string;
  sale: string;
  draft: string;
  coming: string;
  short: string;
}

/** A delivery, a transfer each way, one that came short, rights that were granted and used. */
export async function furnishedStock(organisation: Organisation): Promise<StockPlace> {
  const { paris, dakar } = organisation;
  await stocked(organisation);
  const posting = paris.command<Posted>('move', 'draft', 'receive', 'to=MAIN', 'reference=BL-2026-0117', '--line', 'item=NAIL quantity=240 cost=12EUR', '--line', 'item=MILK quantity=36 lot=L-1187 expiry=2027-03-31 cost=90EUR', '--line', 'item=DRILL quantity=1 serial=SN-00042 cost=79EUR', '--post');
  dakar.command('move', 'draft', 'receive', 'to=MAIN', '--line', 'item=NAIL quantity=60 cost=1500XOF', '--post');
  const send = (from: Site, to: string, line: string) => from.command<Posted>('transfer', 'send', '--to', to, '--from', 'MAIN', '--line', line).id;
  const short = send(paris, 'DKR', 'item=NAIL quantity=20');
  send(paris, 'DKR', 'item=MILK quantity=6 lot=L-1187');
  const coming = send(dakar, 'PAR', 'item=NAIL quantity=10');
  paris.command('record', 'create', 'pool', 'code=NAILS', 'name=Clous de tous', 'item=NAIL', 'location=MAIN');
  await until(() => dakar.command<Posted>('transfer', 'show', short), 'the transfer');
  dakar.command('transfer', 'receive', short, '--to', 'MAIN', '--line', 'line=1 quantity=17 damaged=1 cost=400XOF');
  paris.command('rights', 'grant', 'NAILS', '80', '--to', 'DKR');
  await until(() => (dakar.command<{ pools: { holders: unknown[] }[] }>('stock', 'rights').pools[0]?.holders.length ? true : undefined), 'the rights');
  const sale = dakar.command<Posted>('rights', 'spend', 'NAILS', '15').id;
  dakar.command('rights', 'return', 'NAILS', '5');
  const draft = paris.command<Posted>('move', 'draft', 'issue', 'from=MAIN', 'reserve=yes', 'reference=C-77', '--line', 'item=NAIL quantity=30').id;
  await until(() => (paris.command<{ state: string }>('transfer', 'show', short).state === 'short' ? true : undefined), 'the receipt');
  await until(() => paris.command<Posted>('transfer', 'show', coming), 'the other transfer');
  await until(() => paris.command<{ pools: { holders: { site: string; held: string }[] }[] }>('stock', 'rights').pools[0]?.holders.find((of) => of.site === 'PAR'), 'the rights that came back');
  const item = paris.command<{ id: string }>('record', 'show', 'item', 'NAIL').id;
  const location = paris.command<{ id: string }>('record', 'show', 'location', 'MAIN').id;
  return { item, location, posting: posting.id, sale, draft, coming, short };
}

const scanned = (...codes: string[]) => async (page: Page) => {
  const field = page.locator('[data-scan]');
  await field.waitFor();
  for (const code of codes) {
    await field.fill(code);
    await field.press('Enter');
  }
};

export function stockScreens({ item, posting, coming, short }: StockPlace): Screen[] {
  const wait = (text: string | RegExp) => async (page: Page) => {
    await page.getByText(text).first().waitFor();
  };
  return [
    { name: 'stock-receive-empty', path: '/stock/scan/receive', then: scanned() },
    {
      name: 'stock-receive',
      path: '/stock/scan/receive',
      then: async (page) => {
        await scanned('24*4006381333931', 'MILK', 'L-1188', '31/03/2027', 'NO-SUCH-CODE', 'DRILL')(page);
        await page.getByText('NO-SUCH-CODE').waitFor();
        await page.locator('[data-line=DRILL]').waitFor();
      },
    },
    {
      name: 'stock-pick',
      path: '/stock/scan/issue',
      then: async (page) => {
        await scanned('300*NAIL', 'DRILL', 'SN-00042')(page);
        await page.getByText('SN-00042').first().waitFor();
      },
    },
    { name: 'stock-send', path: '/stock/scan/send', then: scanned() },
    { name: 'stock-transfers', path: '/stock/transfers?done=true', then: async (page) => { await page.locator('[data-transfer=short]').waitFor(); } },
    { name: 'stock-transfer-short', path: `/stock/transfers/${short}`, then: async (page) => { await page.locator('[data-line=NAIL]').waitFor(); } },
    {
      name: 'stock-arrival',
      path: `/stock/transfers/${coming}/receive`,
      then: async (page) => {
        await scanned('7*NAIL')(page);
        await page.locator('[data-scan-said]', { hasText: '7' }).waitFor();
        await page.keyboard.press('Control+Enter');
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'stock-availability', path: '/stock/availability', then: wait('MILK') },
    { name: 'stock-availability-site', path: '/stock/availability?site=PAR', then: wait('MILK') },
    { name: 'stock-item', path: `/stock/items/${item}`, then: async (page) => { await page.locator('[data-site=PAR]').first().waitFor(); } },
    {
      name: 'stock-revalue',
      path: `/stock/items/${item}`,
      then: async (page) => {
        await page.getByRole('button', { name: /^(Changer sa valeur|Change its value)$/ }).click();
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'stock-rights', path: '/stock/rights', then: async (page) => { await page.locator('[data-holder=DKR]').waitFor(); } },
    {
      name: 'stock-share-out',
      path: '/stock/rights',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Partager|Share out)$/ }).click();
        await page.locator('[data-share=DKR]').waitFor();
      },
    },
    { name: 'stock-postings', path: '/stock/postings', then: async (page) => { await page.locator('[data-posting=receive]').first().waitFor(); } },
    { name: 'stock-posting', path: `/stock/postings/${posting}`, then: async (page) => { await page.locator('[data-line=MILK]').waitFor(); } },
    { name: 'stock-value', path: '/stock/value', then: async (page) => { await page.locator('[data-site=DKR]').first().waitFor(); } },
    { name: 'stock-moves', path: '/records/move', then: wait('C-77') },
  ];
}
