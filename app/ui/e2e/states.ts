// The states that screens come into: menus and dialogs that are open, what others do meanwhile, a narrow window, and bad times. Owns
// that list, which is a part of all screens; one visit reaches several of them where it can. Each look finds things as the last left them.
import type { Page } from 'playwright-core';
import type { Place, Screen } from './screens';

/** The field of a date that a record is looked at. */
const AT = /^(Telle qu’à la fin du|As it stood at the end of)$/;
/** A telephone’s window. */
const NARROW = { width: 420, height: 800 };
/** The day as it is at a site. A day ends there, not where the test runs. */
const today = (timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date());
let visits = 0;
let goOn = () => {};

export function stateScreens({ organisation, party, archived, merged, stock }: Place): Screen[] {
  const { paris, dakar } = organisation;
  const press = (name: RegExp) => async (page: Page) => page.getByRole('button', { name }).first().click();
  const dialog = (page: Page) => page.getByRole('dialog').waitFor();
  const asked = (name: RegExp) => async (page: Page) => {
    await press(name)(page);
    await dialog(page);
  };
  /** Once the dialog before it is gone. */
  const next = (then: (page: Page) => Promise<void>) => async (page: Page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await then(page);
  };
  const menu = (name: RegExp) => async (page: Page) => {
    await page.keyboard.press('Escape');
    await press(name)(page);
    await page.getByRole('menu').waitFor();
  };
  const item = async (page: Page, name: RegExp) => page.getByRole('menuitem', { name }).click();
  const alert = (text: RegExp) => async (page: Page) => page.getByRole('alert').getByText(text).first().waitFor();
  const tab = async (page: Page, at: number) => page.getByRole('tab').nth(at).click();
  return [
    // A list, and what opens over it.
    { name: 'menu-views', path: '/records/party', then: async (page) => { await page.getByText('C-001').waitFor(); await menu(/^(Vues|Views)$/)(page); await page.getByText('Clients de Dakar').waitFor(); } },
    { name: 'view-save', then: async (page) => { await item(page, /^(Enregistrer cette vue|Save this view)…$/); await dialog(page); }, after: (page) => page.keyboard.press('Escape') },
    { name: 'menu-columns', then: menu(/^(Colonnes|Columns)$/) },
    { name: 'menu-filter', then: menu(/^(Filtrer|Filter)$/) },
    { name: 'menu-export', then: menu(/^(Exporter|Export)$/), after: (page) => page.keyboard.press('Escape') },
    {
      name: 'paste',
      then: async (page) => {
        await page.getByRole('grid').focus();
        await page.keyboard.press('ArrowRight');
        await page.evaluate(() => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', 'N-1\tCollé\nN-2\tAussi\n');
          document.querySelector('[role=grid]')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
        });
        await dialog(page);
      },
    },
    { name: 'edition-update', path: '/records/country', then: async (page) => { await asked(/(l’édition fournie|shipped edition)…$/)(page); await page.getByRole('dialog').getByText('2', { exact: false }).first().waitFor(); } },
    // A record, and what becomes of it.
    {
      name: 'record-overtaken',
      path: `/records/party/${party}`,
      then: async (page) => {
        await page.locator('[data-field=also_known_as] input').fill('Casamance Fret');
        paris.command('record', 'set', 'party', 'LONG-1', 'also_known_as=Transports de la Casamance', 'email=fret@sgtm.example');
        await page.getByText(/: Transports de la Casamance$/).waitFor();
        await page.getByRole('status').getByText(/^(Modifié ailleurs pendant|Changed elsewhere while)/).waitFor();
      },
    },
    {
      name: 'record-saved',
      then: async (page) => { await page.keyboard.press('Control+s'); await page.getByText(/^(Enregistré ici|Saved here)\.$/).waitFor(); },
      // As the next look finds it.
      after: () => paris.command('record', 'set', 'party', 'LONG-1', 'also_known_as=SGTMFTCS', 'email='),
    },
    { name: 'record-more', then: menu(/^(Plus|More)$/) },
    { name: 'record-merge', then: async (page) => { await item(page, /…$/); await dialog(page); } },
    { name: 'record-archived', path: `/records/party/${archived}` },
    { name: 'record-aliases', path: `/records/party/${merged}`, then: async (page) => { await tab(page, 3); await page.getByRole('region', { name: 'Quincaillerie Fall' }).waitFor(); } },
    {
      name: 'record-as-at',
      then: async (page) => {
        await tab(page, 1);
        const date = page.getByRole('textbox', { name: AT });
        await date.fill(today('Europe/Paris'));
        await page.getByText(/(elle était comme maintenant|it was as it is now)\.$/).waitFor();
      },
    },
    { name: 'record-as-at-before', then: async (page) => { await page.getByRole('textbox', { name: AT }).fill('29/02/2020'); await page.getByText(/(elle n’existait pas encore|it did not exist yet)\.$/).waitFor(); } },
    { name: 'record-none', path: '/records/party/00000000-0000-7000-8000-000000000000', then: async (page) => { await page.getByRole('alert').waitFor(); } },
    { name: 'record-item', path: `/records/item/${stock.item}` },
    { name: 'record-location', path: `/records/location/${stock.location}` },
    { name: 'record-move', path: `/records/move/${stock.draft}` },
    { name: 'record-move-post', then: asked(/^(Comptabiliser|Post)$/) },
    // Acts of stock that ask first.
    { name: 'stock-reverse', path: `/stock/postings/${stock.posting}`, then: asked(/^(Contre-passer|Take it back)$/) },
    { name: 'stock-deliver', path: `/stock/postings/${stock.sale}`, then: asked(/^(Livrer cette vente|Deliver this sale)$/) },
    { name: 'stock-settle-lost', path: `/stock/transfers/${stock.short}`, then: asked(/^(Perdu|Lost) ·/) },
    { name: 'stock-settle-found', then: next(asked(/^(Retrouvé|Found) ·/)) },
    { name: 'stock-grant', path: '/stock/rights', then: asked(/^(Accorder|Grant)$/) },
    { name: 'stock-retire', then: next(asked(/^(Retirer|Retire)$/)) },
    { name: 'inbox-other-value', path: '/inbox', then: async (page) => { await press(/^(Une autre valeur|Another value)$/)(page); await page.getByRole('button', { name: /^(Utiliser cette valeur|Use this value)$/ }).waitFor(); } },
    // An import that is under way, and what came of it. Its answer is held back until it was looked at.
    {
      name: 'import-working',
      path: '/records/party/import',
      restless: true,
      then: async (page) => {
        const code = `I-${++visits}`;
        await page.locator('input[type=file]').setInputFiles({ name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from(`reference;name\n${code};Import ${code}\n`) });
        await press(/^(Essayer|Try it)$/)(page);
        const write = page.getByRole('button', { name: /^(Écrire une fiche|Write one record)$/ });
        await write.waitFor();
        await page.route('**/import?*', async (route) => {
          await new Promise<void>((done) => (goOn = done));
          await route.continue();
        });
        await write.click();
        await page.getByRole('button', { name: /^(Arrêter|Stop)$/ }).waitFor();
      },
    },
    { name: 'import-written', then: async (page) => { goOn(); await page.getByText(/^(Importé, en un seul|Imported, as one)/).waitFor(); }, after: (page) => page.unroute('**/import?*') },
    { name: 'import-undone', then: async (page) => { await press(/^(Annuler l’import|Take the import back)$/)(page); await page.getByText(/^(Annulé :|Taken back:)/).waitFor(); await page.getByText('C-001').waitFor(); } },
    // A telephone's window.
    { name: 'narrow-list', path: '/records/party', size: NARROW, then: async (page) => { await page.getByText('C-001').waitFor(); } },
    { name: 'narrow-record', path: `/records/party/${party}`, size: NARROW },
    { name: 'narrow-menu', size: NARROW, then: press(/^Menu$/) },
    { name: 'narrow-scan', path: '/stock/scan/receive', size: NARROW, then: async (page) => { await page.locator('[data-scan]').fill('24*4006381333931'); await page.keyboard.press('Enter'); await page.locator('[data-line=NAIL]').waitFor(); } },
    { name: 'narrow-inbox', path: '/inbox', size: NARROW, then: async (page) => { await page.getByText('Pharmacie Bâ').first().waitFor(); } },
    { name: 'narrow-settings', path: '/settings/sites', size: NARROW, then: async (page) => { await page.getByText('DKR').first().waitFor(); } },
    // Bad times: the relay goes, a screen breaks, the node goes and has forgotten this browser when it is back.
    {
      name: 'relay-away',
      path: '/sync',
      then: async (page) => {
        await organisation.relayStops();
        paris.command('record', 'set', 'party', 'REL-1', `website=https://affreteurs.example/${++visits}`);
        await page.locator('[data-sync=offline]').getByText(/1 (à envoyer|to send)/).waitFor({ timeout: 40_000 });
        await page.getByRole('region', { name: /^(Reste à envoyer|Still to send)$/ }).getByRole('row').nth(1).waitFor();
      },
      after: () => organisation.relayStarts(),
    },
    {
      name: 'broken',
      path: '/imports',
      complains: true,
      then: async (page) => {
        await page.route('**/api/v1/inbox*', (route) => route.fulfill({ json: { items: [{}] } }));
        await page.goto(`http://${paris.address}/inbox`);
        await page.getByRole('heading', { name: /^(Cet écran s’est cassé|This screen broke)\.$/ }).waitFor();
      },
      after: (page) => page.unroute('**/api/v1/inbox*'),
    },
    { name: 'node-away', path: `/records/party/${archived}`, then: async (page) => { await paris.stop(); await alert(/^(Le nœud ne répond pas|The node does not answer)\.$/)(page); } },
    { name: 'session-ended', then: async (page) => { await paris.start(); await alert(/^(Vous n’êtes pas connecté|You are not signed in)/)(page); } },
    { name: 'sign-in', path: '/' },
    {
      name: 'sign-in-away',
      then: async (page) => {
        await page.route('**/api/v1/status', (route) => route.abort('connectionrefused'));
        await press(/^(Réessayer|Try again)$/)(page);
        await page.getByRole('heading', { name: /^(Le nœud ne répond pas|The node does not answer)$/ }).waitFor();
      },
      after: (page) => page.unroute('**/api/v1/status'),
    },
    // A branch sells of what headquarters keeps. The browser is that branch's from then on.
    {
      name: 'stock-spend',
      then: async (page) => {
        await page.goto(dakar.link());
        await page.getByRole('grid').waitFor();
        await page.goto(`http://${dakar.address}/stock/rights`);
        await asked(/^(Vendre|Sell)$/)(page);
      },
    },
    { name: 'stock-pass', then: next(asked(/^(Transmettre|Pass on)$/)) },
    { name: 'stock-return', then: next(asked(/^(Rendre|Give back)$/)) },
  ];
}
