// Every screen that there is, how to get there, and what must be seen before it counts as there. Owns the list: what looks at
// all screens (axe, photographs) looks at these.
import type { Page } from 'playwright-core';
import { atRest } from './browser';
import { networkScreens } from './network';
import type { Organisation, Site } from './organisation';
import { removalScreens, suspendedScreens } from './removal';
import { stateScreens } from './states';
import { furnishedStock, stockScreens, type StockPlace } from './stock';

export interface Screen {
  name: string;
  /** Where it is; nothing where it stands on the screen before. */
  path?: string;
  /** What is done once it is open. */
  then?: (page: Page) => Promise<void>;
  /** Another size than that of a desk's window. */
  size?: { width: number; height: number };
  /** It is looked at in the middle of its work: something is asked of the node, or moves. */
  restless?: boolean;
  /** A program that breaks says so in the console. */
  complains?: boolean;
  /** What is done once it was looked at, reached or not. */
  after?: (page: Page) => unknown;
}

/** What screens are about. */
export interface Place {
  organisation: Organisation;
  customField: string;
  party: string;
  archived: string;
  merged: string;
  stock: StockPlace;
}

/** Records of every state: long names, conflicts, duplicates, archived lines, other scripts, own fields, several currencies. */
export async function furnished(organisation: Organisation): Promise<Place> {
  const { paris, dakar } = organisation;
  const rows = Array.from({ length: 60 }, (_, at) => {
    const towns = ['Dakar', 'Thiès', 'Lyon', 'Paris', 'Marseille'];
    const country = at % 5 < 2 ? 'SN' : 'FR';
    return `C-${String(at + 1).padStart(3, '0')},${['Comptoir', 'Atelier', 'Maison', 'Établissements'][at % 4]} ${['Diop', 'Martin', 'Sow', 'Ndiaye', 'Bernard', 'Faye'][at % 6]} ${at + 1},${at % 3 ? 'organisation' : 'person'},${towns[at % 5]},${country},${at % 2 ? 'true' : 'false'},${at % 4 ? '' : `${at * 250}.50 EUR`}`;
  });
  paris.command('import', 'party', organisation.file('demo.csv', ['reference,name,kind,city,country,customer,credit_limit', ...rows].join('\n')));
  paris.command('record', 'create', 'party', 'name=Société générale des transports maritimes, fluviaux et terrestres de la Casamance et du Saloum', 'reference=LONG-1', 'also_known_as=SGTMFTCS', 'notes=Une note\nsur deux lignes', 'addresses+={"street":"12 rue Carnot","postcode":"21000","city":"Thiès","country":"SN","use":"billing"}', 'contacts+={"kind":"mobile","value":"77 123 45 67","label":"atelier"}', 'credit_limit=1234567.89 EUR', 'supplier=true', 'iban=FR7630006000011234567890189');
  const long = paris.command<{ id: string }>('record', 'show', 'party', 'LONG-1').id;
  paris.command('record', 'create', 'party', 'name=Affréteurs réunis', 'reference=REL-1', `relations+={"kind":"subsidiary","to":"${long}"}`);
  paris.command('record', 'create', 'item', 'sku=FAR-25', 'name=Farine de blé, sac de 25 kg', `supplier=${long}`);
  paris.command('record', 'create', 'party', 'name=شركة النور للتجارة', 'reference=AR-1');
  paris.command('record', 'create', 'party', 'name=Pharmacie Bâ', 'reference=P-1', 'email=ba@pharma.sn');
  paris.command('record', 'create', 'party', 'name=Pharmacie Bâ', 'reference=P-2', 'email=ba@pharma.sn');
  paris.command('record', 'create', 'custom-field', 'kind=party', 'key=size', 'type=choice', 'label_en=Size', 'label_fr=Taille', 'listed=true', 'choices+={"value":"s","label_en":"Small","label_fr":"Petite"}', 'choices+={"value":"l","label_en":"Large","label_fr":"Grande"}');
  paris.command('record', 'create', 'stage', 'kind=party', 'key=lead', 'label_en=Lead', 'label_fr=Piste', 'order=1', 'colour=#ffa500');
  paris.command('record', 'create', 'payment-term', 'code=30EOM', 'name_en=30 days, end of month', 'name_fr=30 jours fin de mois', 'days=30', 'end_of_month=true');
  const archived = paris.command<{ id: string }>('record', 'create', 'party', 'name=Transit Faidherbe', 'reference=OLD-1', 'phone=33 961 10 10').id;
  paris.command('record', 'archive', 'party', 'OLD-1');
  const merged = paris.command<{ id: string }>('record', 'create', 'party', 'name=Quincaillerie Fall & fils', 'reference=Q-1', 'phone=33 824 44 44').id;
  paris.command('record', 'create', 'party', 'name=Quincaillerie Fall', 'reference=Q-2', 'email=fall@quincaillerie.sn');
  paris.command('record', 'merge', 'party', 'Q-2', 'Q-1');
  paris.command('record', 'create', 'view', 'name=Clients de Dakar', 'kind=party', 'query=addresses.city[eq]=Dakar&customer[eq]=true');
  await organisation.agreed();
  await organisation.relayStops();
  paris.command('record', 'set', 'party', 'LONG-1', 'phone=33 821 11 11');
  dakar.command('record', 'set', 'party', 'LONG-1', 'phone=33 822 22 22');
  paris.command('record', 'set', 'party', 'REL-1', 'phone=33 823 33 33', 'supplier=true');
  dakar.command('record', 'set', 'party', 'REL-1', 'email=fret@affreteurs.sn', 'addresses+={"street":"3 quai du Port","city":"Dakar","country":"SN"}');
  await organisation.relayStarts();
  await organisation.agreed();
  const stock = await furnishedStock(organisation);
  const customField = paris.command<{ id: string }>('record', 'show', 'custom-field', 'party.size').id;
  return { organisation, party: long, archived, merged, customField, stock };
}

export function screens(place: Place): Screen[] {
  const { party, customField, stock } = place;
  const wait = (text: string | RegExp) => async (page: Page) => {
    await page.getByText(text).first().waitFor();
  };
  const file = { name: 'clients.csv', mimeType: 'text/csv', buffer: Buffer.from('reference;name;Ville;vat\nI-1;Import Un;Thiès;\nI-2;Import Deux;Dakar;FR00\n') };
  const upload = async (page: Page) => {
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('table').waitFor();
  };
  return [
    { name: 'list', path: '/records/party?columns=name,reference,city,country,customer,credit_limit,custom.size', then: wait('C-001') },
    { name: 'list-filtered', path: '/records/party?addresses.city[eq]=Dakar&customer[eq]=true&sort=-name', then: wait('Dakar') },
    { name: 'list-nothing', path: '/records/party?search=zzzz' },
    { name: 'list-empty', path: '/records/label' },
    { name: 'record', path: `/records/party/${party}`, then: wait(/SGTMF|Société/) },
    {
      name: 'record-unsaved-refused',
      path: `/records/party/${party}`,
      then: async (page) => {
        await page.locator('[data-field=email] input').fill('x');
        await page.keyboard.press('Control+s');
        await page.locator('[role=alert]').first().waitFor();
      },
    },
    { name: 'history', path: `/records/party/${party}`, then: async (page) => { await page.getByRole('tab').nth(1).click(); await page.getByText('LONG-1').first().waitFor(); } },
    {
      name: 'record-related',
      path: `/records/party/${party}`,
      then: async (page) => {
        await page.getByRole('tab').nth(2).click();
        await page.getByText('Affréteurs réunis').waitFor();
        await page.getByText(/Farine/).waitFor();
      },
    },
    { name: 'list-of-related', path: `/records/item?supplier[eq]=${party}`, then: wait('FAR-25') },
    { name: 'new', path: '/records/party/new' },
    { name: 'inbox', path: '/inbox', then: wait('Pharmacie Bâ') },
    { name: 'sync', path: '/sync', then: wait('Affréteurs réunis') },
    {
      name: 'sync-unsaved',
      path: `/records/party/${party}`,
      then: async (page) => {
        await page.locator('[data-field=website] input').fill('https://sgtm.example');
        await page.locator('a[href="/sync"]').first().click();
        await page.getByRole('region', { name: /^(Saisi et non enregistré|Typed and not saved)$/ }).waitFor();
      },
    },
    { name: 'repair', path: '/sync/repair', then: wait(/(^|\s)(disque accepte|disk takes what)/) },
    {
      name: 'repair-compared',
      path: '/sync/repair',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Tout vérifier|Check everything)$/ }).click();
        await page.getByRole('textbox').fill('{"site":"DKR","scopes":{"organisation":"00","trade":"00"},"state":{}}');
        await page.getByText(/^(Tout est sain|All is sound)\.$/).waitFor();
      },
    },
    {
      name: 'repair-keep',
      path: '/sync/repair',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Suite : Mettre de côté|Next: Keep aside)$/ }).click();
        await page.getByRole('button', { name: /(Tiers|Parties) XLSX/ }).waitFor();
      },
    },
    {
      name: 'repair-done',
      path: '/sync/repair',
      then: async (page) => {
        await page.getByRole('button', { name: /(Reconstruire|Rebuild)$/ }).click();
        await page.getByRole('button', { name: /^(Reconstruire maintenant|Rebuild now)$/ }).click();
        await page.getByText(/^(Tout est sain|All is sound)\.$/).waitFor();
      },
    },
    { name: 'imports', path: '/imports', then: wait('PAR') },
    { name: 'import-file', path: '/records/party/import' },
    { name: 'import-columns', path: '/records/party/import', then: upload },
    {
      name: 'import-trial',
      path: '/records/party/import',
      then: async (page) => {
        await upload(page);
        await page.getByRole('button', { name: /^(Essayer|Try it)$/ }).click();
        await page.getByText('FR00').waitFor();
      },
    },
    { name: 'custom-fields', path: '/records/custom-field', then: wait('party.size') },
    { name: 'custom-field-new', path: '/records/custom-field/new' },
    { name: 'stages', path: '/records/stage', then: wait('Lead') },
    { name: 'payment-terms', path: '/records/payment-term', then: wait('30EOM') },
    { name: 'countries', path: '/records/country' },
    { name: 'settings-appearance', path: '/settings/appearance' },
    { name: 'settings-modules', path: '/settings/modules' },
    { name: 'custom-field', path: `/records/custom-field/${customField}`, then: wait('party.size') },
    { name: 'settings-fields', path: '/settings/fields', then: wait('size') },
    { name: 'settings-names', path: '/settings/names', then: async (page) => { await page.getByRole('table').getByRole('textbox').first().waitFor(); } },
    { name: 'settings-stages', path: '/settings/stages', then: wait('lead') },
    { name: 'settings-accounts', path: '/settings/accounts', then: async (page) => { await page.getByRole('button', { name: /Le créer|Make it/ }).waitFor(); } },
    { name: 'settings-roles', path: '/settings/roles', then: async (page) => { await page.getByRole('button', { name: /Nouveau rôle|New role/ }).waitFor(); } },
    { name: 'role-new', path: '/records/role/new' },
    { name: 'settings-access', path: '/settings/access', then: async (page) => { await page.getByText(/Chaque réponse de ce nœud|Each answer of this node|Personne n’a rien consulté|Nobody was shown/).waitFor(); } },
    { name: 'settings-demo', path: '/settings/demo', then: async (page) => { await page.getByRole('button', { name: /Ajouter des données|Put demo data/ }).waitFor(); } },
    { name: 'settings-sites', path: '/settings/sites', then: wait('DKR') },
    {
      name: 'settings-sites-asked',
      path: '/settings/sites',
      then: async (page) => {
        place.organisation.dakar.command('site', 'ask', '--site', 'BKE', '--country', 'CI', '--name', 'Bouaké', '--reason', 'un dépôt au nord');
        // How long that takes is the line's affair: a site whose line was lost comes back within half a minute.
        await place.organisation.agreed();
        await page.getByRole('button', { name: /^(Refuser|Decline) BKE$/ }).first().waitFor();
      },
    },
    {
      name: 'settings-sites-decline',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Refuser|Decline) BKE$/ }).first().click();
        await page.getByRole('dialog').getByRole('textbox').waitFor();
      },
    },
    ...removalScreens(),
    { name: 'settings-keys', path: '/settings/keys', then: wait('PAR/operator') },
    {
      name: 'settings-invitation',
      path: '/settings/sites',
      then: async (page) => {
        await page.locator('input[maxlength="12"]').fill('ABJ');
        const country = page.getByRole('combobox', { name: /Pays|Country/ });
        await country.click();
        await country.fill('ivoire');
        await page.getByRole('option').first().click();
        await page.getByRole('button', { name: /^(Inviter|Invite)$/ }).click();
        await page.getByRole('img', { name: /scan/ }).waitFor();
      },
    },
    {
      name: 'settings-invitation-withdraw',
      then: async (page) => {
        await page.getByRole('button', { name: /(de|for) ABJ$/ }).first().click();
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'settings-residency', path: '/settings/residency', then: wait('DKR') },
    {
      name: 'settings-residency-confine',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Restreindre|Confine): .*DKR$/ }).first().click();
        const laws = page.getByRole('dialog').getByRole('combobox');
        await laws.fill('gal');
        await page.getByRole('option', { name: /^S[ée]n[ée]gal \(SN\)$/ }).click();
        // The list stays open for more than one, until something else has the keyboard.
        await laws.press('Tab');
        await page.getByRole('dialog').getByText(/^(Aucun relais ne le porte|No relay carries it)/).waitFor();
      },
    },
    {
      name: 'settings-residency-rotate',
      path: '/settings/residency',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Nouvelle clé|New key): .*DKR$/ }).first().click();
        await page.getByRole('dialog').waitFor();
      },
    },
    {
      name: 'settings-residency-define',
      path: '/settings/residency',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Définir un périmètre|Define a scope)$/ }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('textbox').first().fill('afrique-ouest');
        await dialog.getByRole('combobox').first().click();
        await page.getByRole('option', { name: /^DKR/ }).click();
        // The field that follows would open a list of its own.
        await dialog.getByRole('textbox').first().focus();
        await dialog.getByText(/^(Le siège ne verra pas|Headquarters will not see)/).waitFor();
      },
    },
    {
      name: 'settings-residency-members',
      path: '/settings/residency',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Membres|Members): .*DKR$/ }).first().click();
        await page.getByRole('dialog').getByRole('combobox').click();
        await page.getByRole('option', { name: /^DKR/ }).click();
        await page.getByRole('dialog').getByText(/(ne peut pas s’en passer|cannot work without it)/).waitFor();
      },
    },
    ...networkScreens(place.organisation),
    {
      name: 'palette',
      path: '/inbox',
      then: async (page) => {
        await page.keyboard.press('Control+k');
        await page.keyboard.type('maison');
        await page.getByRole('option').first().waitFor();
      },
    },
    { name: 'keys', path: '/inbox', then: async (page) => { await page.getByRole('heading', { level: 1 }).waitFor(); await page.keyboard.press('?'); await page.getByRole('dialog').waitFor(); } },
    {
      name: 'filter-open',
      path: '/records/party',
      then: async (page) => {
        await page.getByText('C-001').waitFor();
        await page.getByRole('button', { name: /^(Filtrer|Filter)$/ }).click();
        await page.getByRole('menuitem', { name: /Plafond de crédit|Credit limit/ }).click();
        await page.getByRole('button', { name: /^(Appliquer|Apply)$/ }).waitFor();
      },
    },
    ...stockScreens(stock),
    {
      name: 'leaving',
      path: `/records/party/${party}`,
      then: async (page) => {
        await page.locator('[data-field=website] input').click();
        await page.keyboard.type('https://sgtm.example');
        page.once('dialog', (dialog) => void dialog.dismiss());
        await page.close({ runBeforeUnload: true });
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'not-found', path: '/nowhere' },
    ...stateScreens(place),
    ...suspendedScreens(place.organisation),
  ];
}

/** Goes to a screen, and has it looked at as it is then: what kept it from being reached, if anything did. */
export async function visit(page: Page, site: Site, screen: Screen, look: () => Promise<unknown>): Promise<string[]> {
  const missed: string[] = [];
  const size = page.viewportSize();
  try {
    if (screen.size) await page.setViewportSize(screen.size);
    if (screen.path !== undefined) {
      // A draft of the screen before is no part of this one.
      await page.evaluate(() => {
        for (const key of Object.keys(localStorage)) if (key.startsWith('comptoir.draft.')) localStorage.removeItem(key);
      });
      await page.goto(`http://${site.address}${screen.path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    await screen.then?.(page);
    if (!screen.restless) await atRest(page);
  } catch (error) {
    missed.push(`${screen.name}: ${String(error).slice(0, 300)}`);
  }
  await look();
  await screen.after?.(page);
  if (screen.size && size) await page.setViewportSize(size);
  return missed;
}

/** What is seen on a node that is not set up yet, in this order; the last of them sets it up. */
export function firstRunScreens(organisation: Organisation): Screen[] {
  const start = async (page: Page) => page.getByRole('button', { name: /^(Fonder|Start)$/ }).click();
  const join = async (page: Page) => page.getByRole('button', { name: /^(Rejoindre|Join)$/ }).click();
  const typed = async (page: Page, code: string) => {
    await page.getByRole('textbox').fill(code);
    await join(page);
  };
  const organisationTyped = async (page: Page) => {
    await start(page);
    await page.getByRole('textbox', { name: /Nom de l’organisation|Name of the organisation/ }).fill('Maison Ndiaye');
    await page.locator('input[maxlength="12"]').fill('ABJ');
    const country = page.getByRole('combobox', { name: /Pays|Country/ });
    await country.click();
    await country.fill('ivoire');
    await page.getByRole('option').first().click();
  };
  return [
    { name: 'first-run', path: '/' },
    { name: 'first-run-start', path: '/', then: organisationTyped },
    { name: 'first-run-join', path: '/', then: join },
    {
      name: 'first-run-no-camera',
      path: '/',
      then: async (page) => {
        await join(page);
        await page.getByRole('button', { name: /^(Utiliser la caméra|Use the camera)…$/ }).click();
        await page.getByRole('dialog').getByRole('alert').waitFor();
      },
    },
    {
      name: 'first-run-join-refused',
      path: '/',
      then: async (page) => {
        await join(page);
        await typed(page, 'COMPTOIR-JOIN-XYZ');
        await page.getByRole('alert').waitFor();
      },
    },
    {
      name: 'first-run-joining',
      path: '/',
      then: async (page) => {
        await join(page);
        await organisation.relayStops();
        await typed(page, organisation.paris.command<{ code: string }>('invite', '--site', 'ABJ', '--country', 'CI').code);
        await page.getByText('relay-unreachable').or(page.getByRole('alert')).first().waitFor();
      },
    },
    {
      name: 'first-run-give-up',
      path: '/',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Abandonner ce code…|Give this code up…)$/ }).click();
        await page.getByRole('dialog').waitFor();
      },
    },
    {
      name: 'first-run-done',
      path: '/',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Abandonner ce code…|Give this code up…)$/ }).click();
        await page.getByRole('dialog').getByRole('button', { name: /^(Abandonner|Give up)$/ }).click();
        await organisation.relayStarts();
        await organisationTyped(page);
        await start(page);
        await page.getByText('root.json').waitFor();
      },
    },
    {
      name: 'empty-list',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Commencer à travailler|Begin to work)$/ }).click();
        await page.getByText(/^(Il n’y a rien ici pour l’instant|There is nothing here yet)\.$/).waitFor();
      },
    },
    ...['/inbox', '/imports', '/sync', '/settings/sites', '/stock/transfers', '/stock/rights', '/stock/scan/receive', '/stock/postings', '/stock/availability', '/stock/value'].map((path) => ({
      name: `empty-${path.split('/').slice(1).join('-').replace('stock-', '')}`,
      path,
    })),
  ];
}
