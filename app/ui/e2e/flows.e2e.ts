// The daily flows in a real browser: list, filter, make, edit, undo, import, merge, switch; by mouse and by keyboard alone; with
// the relay away and back. Each test begins where it says, on one organisation.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation, THREE_PARTIES } from './organisation';

const organisation = new Organisation();
let browser: Browser;
let page: Page;
let complaints: string[];
const { paris, dakar } = organisation;
const at = (path: string) => page.goto(`http://${paris.address}${path}`);

beforeAll(async () => {
  await organisation.start();
  paris.command('import', 'party', organisation.file('parties.csv', THREE_PARTIES));
  await organisation.agreed();
  browser = await launched();
  ({ page, complaints } = await signedIn(browser, paris));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
  expect(complaints).toEqual([]);
});

const names = () => page.locator('[role=grid] [role=gridcell] a').allInnerTexts();
const shows = (expected: string[]) => expect.poll(names, { timeout: 8_000 }).toEqual(expected);
const saved = () => page.getByText('Enregistré ici.', { exact: true }).first().waitFor();
const field = (name: string) => page.getByRole('textbox', { name, exact: true });
const open = async (name: string) => {
  await at('/records/party');
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
};

describe('a list', () => {
  it('is searched and filtered, and the URL says how', async () => {
    await at('/records/party');
    await shows(['Atelier Diop', 'Boulangerie Martin', 'Café Sow']);
    await page.getByRole('searchbox').fill('cafe');
    await shows(['Café Sow']);
    await expect.poll(() => page.url()).toContain('search=cafe');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Filtrer', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Adresses · Ville' }).click();
    await page.getByRole('textbox', { name: 'Valeur' }).fill('thi');
    await page.getByRole('button', { name: 'Appliquer' }).click();
    await shows(['Atelier Diop']);
    expect(decodeURIComponent(page.url())).toContain('addresses.city[starts]=thi');
    await page.reload();
    await shows(['Atelier Diop']);
    await page.getByRole('button', { name: 'Tout effacer' }).click();
    await shows(['Atelier Diop', 'Boulangerie Martin', 'Café Sow']);
  });

  it('is sorted, keeps a view, and goes out as a file', async () => {
    await at('/records/party');
    await page.getByRole('columnheader', { name: 'Nom' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Nom' }).getByRole('button').click();
    await shows(['Café Sow', 'Boulangerie Martin', 'Atelier Diop']);
    await page.getByRole('button', { name: 'Vues' }).click();
    await page.getByRole('menuitem', { name: 'Enregistrer cette vue…' }).click();
    await page.getByRole('textbox', { name: 'Nom' }).fill('À rebours');
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.getByRole('button', { name: 'À rebours' }).waitFor();
    await at('/records/party');
    await page.getByRole('button', { name: 'Vues' }).click();
    await page.getByRole('menuitem', { name: 'À rebours' }).click();
    await shows(['Café Sow', 'Boulangerie Martin', 'Atelier Diop']);
    await page.getByRole('button', { name: 'Exporter' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'XLSX' }).click()]);
    expect(download.suggestedFilename()).toBe('party.xlsx');
  });

  it('takes a pasted table, after it was asked', async () => {
    await at('/records/party');
    await shows(['Atelier Diop', 'Boulangerie Martin', 'Café Sow']);
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowRight');
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'A-10\nB-10\n');
      document.querySelector('[role=grid]')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    });
    await page.getByText('2 cellules de 2 fiches seraient modifiées.').waitFor();
    await page.getByRole('button', { name: 'Modifier', exact: true }).click();
    await page.getByRole('gridcell', { name: 'B-10' }).waitFor();
  });
});

describe('a record', () => {
  it('is made; what is wrong stands under its field; Enter and Tab carry through lines', async () => {
    await at('/records/party/new');
    await field('Nom').fill('Épicerie Ndiaye');
    await field('Courriel').fill('pas une adresse');
    await page.getByRole('button', { name: 'Ajouter une ligne : Adresses' }).click();
    const lines = page.getByRole('table', { name: 'Adresses' });
    await lines.getByRole('textbox', { name: 'Ville' }).fill('Thiès');
    await lines.getByRole('textbox', { name: 'Ville' }).press('Enter');
    await expect.poll(() => lines.getByRole('textbox', { name: 'Ville' }).count()).toBe(2);
    await page.keyboard.type('Dakar');
    await page.getByRole('button', { name: 'Créer' }).click();
    const wrong = page.locator('[data-field=email]').getByText('Ce n’est pas une adresse électronique.');
    await wrong.waitFor();
    await field('Courriel').fill('epicerie@ndiaye.sn');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { level: 1, name: 'Épicerie Ndiaye' }).waitFor();
    await expect.poll(() => lines.getByRole('textbox', { name: 'Ville' }).count()).toBe(2);
    expect(await lines.getByRole('textbox', { name: 'Ville' }).nth(1).inputValue()).toBe('Dakar');
  });

  it('is edited and taken back, at once and from its history', async () => {
    await open('Atelier Diop');
    await field('Téléphone').fill('33 821 11 11');
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await saved();
    await page.getByRole('status').getByRole('button', { name: 'Annuler', exact: true }).click();
    await expect.poll(() => field('Téléphone').inputValue()).toBe('');
    await field('Site web').fill('https://diop.example');
    await page.keyboard.press('Control+s');
    await saved();
    await page.getByRole('tab', { name: 'Historique' }).click();
    await page.getByText('https://diop.example').waitFor();
    await page.getByRole('button', { name: 'Annuler cette modification' }).first().click();
    await page.getByText(/^Annulé\. C’est aussi/).last().waitFor();
    await page.getByRole('tab', { name: 'Fiche' }).click();
    await expect.poll(() => field('Site web').inputValue()).toBe('');
  });

  it('loses nothing that was typed when its window goes', async () => {
    await open('Café Sow');
    await field('Nom d’usage').fill('Chez Sow');
    await page.reload();
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Chez Sow');
    await page.getByText('Pas encore enregistré.').waitFor();
    await page.getByRole('button', { name: 'Abandonner' }).click();
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('');
  });

  it('shows what another site changed under it, and keeps what is typed', async () => {
    await open('Café Sow');
    await field('Nom d’usage').fill('Au bon café');
    const began = Date.now();
    dakar.command('record', 'set', 'party', 'C-1', 'phone=33 822 22 22', 'also_known_as=Sow & fils');
    await expect.poll(() => field('Téléphone').inputValue(), { timeout: 10_000 }).toBe('+221338222222');
    console.log(`an edit of another site was seen after ${Date.now() - began} ms, its command included`);
    await page.getByText(/Modifié ailleurs pendant que c’était ouvert/).waitFor();
    expect(await field('Nom d’usage').inputValue()).toBe('Au bon café');
    await page.getByText('Quelqu’un a mis ici entre-temps : Sow & fils').waitFor();
    await page.getByRole('button', { name: 'Prendre la leur' }).click();
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Sow & fils');
  });

  it('holds script and turned text as text', async () => {
    const name = '<img src=x onerror="document.title=\'owned\'"> \u202Etxt.exe';
    dakar.command('record', 'create', 'party', `name=${name}`, 'reference=X-1');
    await organisation.agreed();
    await at('/records/party?search=X-1');
    await page.getByRole('gridcell', { name: 'X-1' }).waitFor();
    await page.locator('[role=grid] [role=gridcell] a').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('<img src=x');
    expect(await page.title()).toBe('Comptoir');
    expect(await page.locator('img[src=x]').count()).toBe(0);
    dakar.command('record', 'archive', 'party', 'X-1');
  });
});

describe('two sites at once', () => {
  it('conflict while the relay is away; a choice settles it at both', async () => {
    await organisation.agreed();
    await organisation.relayStops();
    await open('Boulangerie Martin');
    await field('Courriel').fill('paris@martin.fr');
    await page.keyboard.press('Control+s');
    await saved();
    await page.locator('[data-sync]').getByText(/1 à envoyer/).waitFor();
    dakar.command('record', 'set', 'party', 'B-10', 'email=dakar@martin.fr');
    await at('/sync');
    await page.getByText('Tiers : modification').first().waitFor();
    await organisation.relayStarts();
    await organisation.agreed();
    await at('/inbox');
    const item = page.getByRole('region', { name: /^Courriel: Boulangerie Martin/ });
    await item.getByText('b@martin.fr', { exact: true }).waitFor();
    await item.getByText(/^ici · opérateur de PAR/).waitFor();
    await item.getByText(/^ailleurs · opérateur de DKR/).waitFor();
    await item.getByRole('button', { name: 'Garder celle-ci : dakar@martin.fr' }).click();
    await page.getByText('Réglé, pour tous les sites.').waitFor();
    await organisation.agreed();
    expect(dakar.command<{ items: { kind: string }[] }>('inbox', 'list').items.filter((item) => item.kind === 'conflict')).toEqual([]);
    expect(dakar.command<{ fields: { email: string } }>('record', 'show', 'party', 'B-10').fields.email).toBe('dakar@martin.fr');
  });

  it('change different fields of a record: nobody is asked, and the exchange says what was merged', async () => {
    await organisation.relayStops();
    await at('/sync');
    const merged = page.getByRole('region', { name: 'Fusionné sans rien demander' });
    await merged.getByText(/^Rien : jamais deux sites/).waitFor();
    paris.command('record', 'set', 'party', 'A-10', 'phone=33 821 11 11', 'supplier=true');
    dakar.command('record', 'set', 'party', 'A-10', 'website=https://diop.example');
    await organisation.relayStarts();
    await organisation.agreed();
    const row = merged.getByRole('row', { name: /Atelier Diop/ });
    await row.getByText('Fournisseur, Téléphone', { exact: true }).waitFor();
    await row.getByText(/^opérateur de PAR · .* · ici$/).waitFor();
    await row.getByText('Site web', { exact: true }).waitFor();
    await row.getByText(/^opérateur de DKR · /).waitFor();
    await row.getByRole('link', { name: 'Atelier Diop' }).click();
    await page.getByRole('heading', { level: 1, name: 'Atelier Diop' }).waitFor();
    const fields = { phone: '+221338211111', supplier: true, website: 'https://diop.example' };
    for (const site of [paris, dakar]) {
      expect(site.command<{ fields: object }>('record', 'show', 'party', 'A-10').fields).toMatchObject(fields);
      const { merges } = site.command<{ merges: { name: string; sides: { site: string; here: boolean; fields: string[] }[] }[] }>('merges');
      expect(merges.map(({ name }) => name)).toEqual(['Atelier Diop']);
      const sides = merges[0]?.sides.toSorted((one, other) => other.site.localeCompare(one.site));
      expect(sides).toMatchObject([
        { site: 'PAR', here: site === paris, fields: ['phone', 'supplier'] },
        { site: 'DKR', here: site === dakar, fields: ['website'] },
      ]);
    }
  });

  it('a merge of duplicates is proposed, done and taken back', async () => {
    paris.command('record', 'create', 'party', 'name=Quincaillerie Fall', 'reference=Q-1', 'email=q@fall.sn');
    paris.command('record', 'create', 'party', 'name=Quincaillerie Fall', 'reference=Q-2', 'email=q@fall.sn');
    await at('/inbox');
    const item = page.getByRole('region', { name: /^Doublon possible/ });
    await item.getByText('même courriel').waitFor();
    await item.getByRole('button', { name: 'Garder celle-ci : Quincaillerie Fall (Q-1)' }).click();
    await page.getByText('Rien à décider.').waitFor();
    await at('/records/party?search=quincaillerie');
    await shows(['Quincaillerie Fall']);
    await page.getByRole('link', { name: 'Quincaillerie Fall' }).click();
    await page.getByRole('tab', { name: 'Fusionnées (1)' }).click();
    await page.getByRole('button', { name: 'Séparer, ne plus proposer' }).click();
    await page.getByText('Séparées à nouveau.').waitFor();
    await at('/records/party?search=quincaillerie');
    await shows(['Quincaillerie Fall', 'Quincaillerie Fall']);
  });
});

describe('an import', () => {
  it('is mapped, tried, written as tried, and taken back', async () => {
    const file = organisation.file('clients.csv', 'Code;Raison;Localité;TVA\nI-1;Import Un;Thiès;\nI-2;Import Deux;Dakar;FR00\nI-3;;Dakar;\n');
    await at('/records/party/import');
    await page.locator('input[type=file]').setInputFiles(file);
    for (const [column, target] of [['Code', 'Référence'], ['Raison', 'Nom'], ['Localité', 'Adresses · Ville'], ['TVA', 'N° de TVA']] as const) {
      const choice = page.getByRole('combobox', { name: `Ce qu’est ${column} ici` });
      await choice.click();
      await choice.fill(target);
      await page.getByRole('option', { name: target, exact: true }).click();
    }
    await page.getByRole('button', { name: 'Essayer' }).click();
    await page.getByText('1 créée, 0 modifiée, 0 inchangée, 2 lignes refusées.').waitFor();
    const refused = page.getByRole('table', { name: 'Lignes refusées' });
    await refused.getByText('FR00').waitFor();
    await refused.getByText('required').waitFor();
    await page.getByRole('button', { name: 'Écrire une fiche' }).click();
    await page.getByText('Importé, en un seul acte qui peut être annulé.').waitFor();
    expect(paris.command<{ total: number }>('record', 'list', 'party', '--search', 'import').total).toBe(1);
    await page.getByRole('button', { name: 'Annuler l’import' }).click();
    await page.getByText(/^Annulé : 1 archivée,/).waitFor();
    expect(paris.command<{ total: number }>('record', 'list', 'party', '--search', 'import').total).toBe(0);
  });
});

describe('settings', () => {
  it('switch the language and the theme while the page lives', async () => {
    await at('/settings/appearance');
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByText('Dark', { exact: true }).click();
    await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
    await page.getByText('Français', { exact: true }).click();
    await page.getByText('Clair', { exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Réglages' }).waitFor();
  });

  it('switch a module off and on', async () => {
    await at('/settings/modules');
    const reference = page.getByRole('switch', { name: 'Référentiels' });
    await reference.click({ force: true });
    await expect.poll(() => page.getByRole('link', { name: 'Subdivisions' }).count()).toBe(0);
    await reference.click({ force: true });
    await page.getByRole('link', { name: 'Subdivisions' }).waitFor();
  });

  it('invite a site by text and picture', async () => {
    await at('/settings/sites');
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill('ABJ');
    const country = page.getByRole('combobox', { name: 'Pays' });
    await country.click();
    await country.fill('ivoire');
    await page.getByRole('option').first().click();
    await page.getByRole('button', { name: 'Inviter', exact: true }).click();
    await page.getByText('Invitation pour ABJ').waitFor();
    await page.getByRole('img', { name: 'Le code sous forme d’image à scanner' }).waitFor();
  });

  it('make a field of the organisation’s own, which forms and lists then have', async () => {
    await at('/records/custom-field/new');
    const kind = page.getByRole('combobox', { name: /Type de fiche/ });
    await kind.click();
    await page.getByRole('option', { name: 'Tiers', exact: true }).click();
    await field('Clé').fill('floor');
    const type = page.getByRole('combobox', { name: 'Type', exact: true });
    await type.click();
    await page.getByRole('option', { name: 'Nombre', exact: true }).click();
    await field('Nom en français').fill('Étage');
    await page.getByRole('button', { name: 'Créer' }).click();
    await page.getByRole('heading', { level: 1, name: /Étage|party\.floor/ }).waitFor();
    await open('Café Sow');
    await field('Étage').fill('2,5');
    await page.keyboard.press('Control+s');
    await saved();
    expect(paris.command<{ custom: { floor: string } }>('record', 'show', 'party', 'C-1').custom.floor).toBe('2.5');
  });
});

describe('by keyboard alone', () => {
  it('a party is found, edited, given an address, taken back; the next one is reached', async () => {
    await at('/records/party');
    await page.getByRole('link', { name: 'Atelier Diop' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Trouver une fiche, une action' }).waitFor();
    await page.keyboard.type('atelier');
    await page.getByRole('option', { name: /Atelier Diop/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Atelier Diop' }).waitFor();
    const tabTo = async (name: string, role: 'textbox' | 'button' = 'textbox') => {
      const wanted = page.getByRole(role, { name, exact: true }).first();
      for (let count = 0; count < 120; count++) {
        if (await wanted.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} is not reached by Tab`);
    };
    await tabTo('Nom d’usage');
    await page.keyboard.type('Diop');
    await tabTo('Ajouter une ligne : Adresses', 'button');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('12 rue Carnot');
    await page.keyboard.press('Control+s');
    await saved();
    const shown = paris.command<{ fields: { also_known_as: string }; lines: { addresses: { street: string }[] } }>('record', 'show', 'party', 'A-10');
    expect([shown.fields.also_known_as, shown.lines.addresses.at(-1)?.street]).toEqual(['Diop', '12 rue Carnot']);
    await tabTo('Annuler', 'button');
    await page.keyboard.press('Enter');
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('');
    await at('/records/party');
    await page.getByRole('grid').waitFor();
    await page.getByRole('link', { name: 'Atelier Diop' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Atelier Diop' }).waitFor();
    await page.keyboard.press('Alt+ArrowRight');
    await page.getByRole('heading', { level: 1, name: 'Boulangerie Martin' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Fiche suivante').waitFor();
    await page.keyboard.press('Escape');
  }, 120_000);
});

describe('bad times', () => {
  it('the node goes and comes back: it is told, nothing typed is lost, the session must be opened anew', async () => {
    await open('Café Sow');
    await field('Nom d’usage').fill('Café du port');
    await paris.stop();
    await page.getByRole('alert').getByText('Le nœud ne répond pas.').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('node-unreachable').waitFor();
    await paris.start();
    await page.getByRole('alert').getByText('Vous n’êtes pas connecté').first().waitFor({ timeout: 30_000 });
    await page.goto(paris.link());
    await page.getByRole('grid').waitFor();
    await open('Café Sow');
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Café du port');
    await page.keyboard.press('Control+s');
    await saved();
  });
});
