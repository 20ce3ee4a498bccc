// One record under many hands: what is typed and not saved, what is taken back, from which window and whatever came since; by keys.
// Each test begins where it says, on one organisation of two sites.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launched, signedIn } from './browser';
import { Organisation, THREE_PARTIES, type Site } from './organisation';

const organisation = new Organisation();
let browser: Browser;
let page: Page;
let complaints: string[];
const { paris, dakar } = organisation;
const at = (path: string, on = page) => on.goto(`http://${paris.address}${path}`);

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

const saved = () => page.getByText('Enregistré ici.', { exact: true }).first().waitFor();
const field = (name: string, on = page) => on.getByRole('textbox', { name, exact: true });
const open = async (name: string, on = page) => {
  await at('/records/party', on);
  await on.getByRole('link', { name, exact: true }).click();
  await on.getByRole('heading', { level: 1, name }).waitFor();
};
const fields = (site: Site, reference: string) => site.command<{ fields: Record<string, unknown> }>('record', 'show', 'party', reference).fields;

describe('what was saved', () => {
  it('is taken back alone, whatever another site wrote since', async () => {
    await open('Atelier Diop');
    await field('Téléphone').fill('33 821 11 11');
    await page.keyboard.press('Control+s');
    await saved();
    dakar.command('record', 'set', 'party', 'A-1', 'website=https://diop.example');
    await expect.poll(() => field('Site web').inputValue(), { timeout: 10_000 }).toBe('https://diop.example');
    await page.getByRole('status').getByRole('button', { name: 'Annuler', exact: true }).click();
    await page.getByText(/^Annulé\. C’est aussi/).waitFor();
    await expect.poll(() => field('Téléphone').inputValue()).toBe('');
    await organisation.agreed();
    for (const site of [paris, dakar]) expect(fields(site, 'A-1')).toMatchObject({ phone: '', website: 'https://diop.example' });
  });

  it('stays where another site wrote over it, and that is told', async () => {
    await open('Atelier Diop');
    await field('Nom d’usage').fill('Diop');
    await page.keyboard.press('Control+s');
    await saved();
    await organisation.agreed();
    dakar.command('record', 'set', 'party', 'A-1', 'also_known_as=Diop & Fils');
    await expect.poll(() => field('Nom d’usage').inputValue(), { timeout: 10_000 }).toBe('Diop & Fils');
    await page.getByRole('status').getByRole('button', { name: 'Annuler', exact: true }).click();
    await page.getByText(/^Annulé, sauf .*Nom d’usage/).waitFor();
    expect(fields(paris, 'A-1')).toMatchObject({ also_known_as: 'Diop & Fils' });
  });
});

describe('what is typed and not saved', () => {
  it('of a new record remembers that it is for this site alone', async () => {
    await at('/records/party/new');
    await field('Nom').fill('Pharmacie Faye');
    await page.getByRole('combobox', { name: 'Visible par' }).click();
    await page.getByRole('option', { name: 'ce site et le siège' }).click();
    await page.reload();
    await expect.poll(() => field('Nom').inputValue()).toBe('Pharmacie Faye');
    await page.getByRole('button', { name: 'Créer' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pharmacie Faye' }).waitFor();
    await page.getByText('privé de PAR', { exact: true }).waitFor();
    expect(paris.command<{ total: number }>('record', 'list', 'party', '--search', 'faye').total).toBe(1);
  });

  it('comes back from the second copy where that is the later one, and only there', async () => {
    await at('/records/party/new');
    await field('Nom').fill('Pharmacie Sow');
    const copied = (later: number) =>
      page.evaluate(async (later) => {
        const answered = <T>(request: IDBRequest<T>) => new Promise<T>((done, failed) => {
          request.onsuccess = () => done(request.result);
          request.onerror = () => failed(request.error ?? new Error('no answer'));
        });
        const store = (await answered(indexedDB.open('comptoir'))).transaction('kept', 'readwrite').objectStore('kept');
        for (const place of await answered(store.getAllKeys())) {
          const copy = await answered(store.get(place) as IDBRequest<{ text: string; count: number }>);
          if (copy.text.includes('Sow')) return answered(store.put({ text: copy.text.replace('Sow', 'Sarr'), count: copy.count + later }, place));
        }
      }, later);
    await expect.poll(() => copied(-1), { message: 'the second copy is there' }).toBeTruthy();
    await page.reload();
    await expect.poll(() => field('Nom').inputValue()).toBe('Pharmacie Sow');
    await field('Nom').fill('Pharmacie Sow, rue 12');
    await expect.poll(() => copied(1)).toBeTruthy();
    await page.reload();
    await expect.poll(() => field('Nom').inputValue()).toBe('Pharmacie Sarr, rue 12');
    await field('Nom').fill('');
    await page.getByText(/^Pas encore enregistré/).waitFor({ state: 'detached' });
  });

  it('of two new records in two windows is two; what a closed window leaves is offered in the next', async () => {
    await at('/records/party/new');
    await field('Nom').fill('Un');
    const other = await page.context().newPage();
    await at('/records/party/new', other);
    await field('Nom', other).waitFor();
    expect([await field('Nom', other).inputValue(), await other.getByText('Commencé et non enregistré').count()]).toEqual(['', 0]);
    await field('Nom', other).fill('Deux');
    await page.reload();
    await expect.poll(() => field('Nom').inputValue()).toBe('Un');
    await other.reload();
    await expect.poll(() => field('Nom', other).inputValue()).toBe('Deux');
    await other.close();
    const next = await page.context().newPage();
    await at('/records/party/new', next);
    await next.getByRole('button', { name: 'Continuer: Deux' }).waitFor();
    // The first window's is open there, and offered nowhere else.
    expect(await next.getByRole('button', { name: /^Continuer/ }).count()).toBe(1);
    await next.getByRole('button', { name: 'Continuer: Deux' }).click();
    await expect.poll(() => field('Nom', next).inputValue()).toBe('Deux');
    await next.getByRole('button', { name: 'Abandonner' }).click();
    await next.close();
    await page.getByRole('button', { name: 'Abandonner' }).click();
  });

  it('among the names is kept like a draft; an invitation that is begun is asked about at the door', async () => {
    await at('/settings/names');
    const name = page.getByRole('textbox', { name: 'Téléphone · Français' }).first();
    await name.fill('Fixe');
    await page.reload();
    await expect.poll(() => name.inputValue()).toBe('Fixe');
    await page.getByRole('button', { name: 'Enregistrer un nom' }).click();
    await page.getByText('Enregistré ici.', { exact: true }).waitFor();
    await page.reload();
    await expect.poll(() => name.inputValue()).toBe('Fixe');
    // Empty is the way back to the program's own name, and is kept too.
    await name.fill('');
    await page.reload();
    await page.getByRole('button', { name: 'Enregistrer un nom' }).click();
    await expect.poll(() => paris.command<{ total: number }>('record', 'list', 'label').total).toBe(0);
    const isAsked = () =>
      page.evaluate(() => {
        const leaving = new Event('beforeunload', { cancelable: true });
        window.dispatchEvent(leaving);
        return leaving.defaultPrevented;
      });
    await at('/settings/sites');
    const code = page.getByRole('region', { name: 'Inviter un site' }).getByRole('textbox').first();
    await code.waitFor();
    expect(await isAsked()).toBe(false);
    await code.fill('ABJ');
    expect(await isAsked()).toBe(true);
  });
});

describe('by keys', () => {
  const press = (key: string) => page.keyboard.press(key);

  it('what was saved is undone outside of fields, where Ctrl+Z is the browser’s', async () => {
    await open('Boulangerie Martin');
    await field('Nom d’usage').fill('Chez Martin');
    await press('Control+s');
    await saved();
    await press('Control+z');
    expect(fields(paris, 'B-1')).toMatchObject({ also_known_as: 'Chez Martin' });
    await page.getByRole('heading', { level: 1 }).click();
    await field('Nom d’usage').evaluate((element: HTMLElement) => element.blur());
    await press('Control+z');
    await page.getByText(/^Annulé\. C’est aussi/).waitFor();
    expect(fields(paris, 'B-1')).toMatchObject({ also_known_as: '' });
  });

  it('a list is sorted by the column of the cell, one way and the other', async () => {
    await at('/records/party');
    await page.getByRole('link', { name: 'Atelier Diop' }).waitFor();
    await page.getByRole('grid').focus();
    const sorted = () => page.getByRole('columnheader').evaluateAll((headers) => headers.map((header) => header.getAttribute('aria-sort')).slice(0, 2));
    await press('ArrowRight');
    await press('s');
    await expect.poll(sorted).toEqual(['none', 'ascending']);
    await press('s');
    await expect.poll(sorted).toEqual(['none', 'descending']);
    await press('ArrowLeft');
    await press('Shift+s');
    await expect.poll(sorted).toEqual(['ascending', 'descending']);
    expect(decodeURIComponent(page.url())).toMatch(/sort=-\w+,name/);
  });

  it('the next record is reached from one that no list led to, and behind the last that was loaded', async () => {
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    await at('/inbox');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate(() => sessionStorage.removeItem('comptoir.walk'));
    await press('Control+k');
    await page.keyboard.type('boulangerie');
    await page.getByRole('option', { name: /Boulangerie Martin/ }).waitFor();
    await press('Enter');
    await heading('Boulangerie Martin');
    await press('Alt+ArrowRight');
    await heading('Café Sow');
    await press('Alt+ArrowLeft');
    await heading('Boulangerie Martin');
    await press('Alt+ArrowLeft');
    await heading('Atelier Diop');
    await page.getByRole('button', { name: 'Fiche précédente' }).and(page.locator(':disabled')).waitFor();
    // A list the other way round, of which no more than one row was loaded.
    await at('/records/party?sort=-name');
    await page.getByRole('link', { name: 'Café Sow' }).click();
    await heading('Café Sow');
    await page.evaluate(() => {
      const walk = JSON.parse(sessionStorage.getItem('comptoir.walk') ?? '') as { ids: string[] };
      const here = location.pathname.split('/').at(-1) ?? '';
      sessionStorage.setItem('comptoir.walk', JSON.stringify({ ...walk, ids: [here] }));
    });
    await page.reload();
    await heading('Café Sow');
    for (const name of ['Boulangerie Martin', 'Atelier Diop']) {
      await press('Alt+ArrowRight');
      await heading(name);
    }
    await press('Alt+ArrowLeft');
    await heading('Boulangerie Martin');
    await press('Escape');
    await expect.poll(() => page.url()).toContain('sort=-name');
  });

  it('Tab behind the last cell of lines makes one more, and letters are letters in a field', async () => {
    await at('/records/party/new');
    await field('Nom').fill('');
    await field('Nom').pressSequentially('n/?s');
    expect([await field('Nom').inputValue(), new URL(page.url()).pathname, await page.getByRole('dialog').count()]).toEqual(['n/?s', '/records/party/new', 0]);
    await page.getByRole('button', { name: 'Ajouter une ligne : Adresses' }).click();
    const lines = page.getByRole('table', { name: 'Adresses' });
    await lines.getByRole('textbox', { name: 'Ville' }).fill('Thiès');
    await lines.locator('[data-cell^="0:"]').last().locator('input').first().focus();
    await press('Tab');
    await expect.poll(() => lines.locator('[data-cell="1:0"]').evaluate((cell) => cell.contains(document.activeElement))).toBe(true);
    await page.getByRole('button', { name: 'Abandonner' }).click();
  });
});

describe('the inbox', () => {
  it('goes on to the next item when one is settled, and gives back what was settled', async () => {
    for (const name of ['Garage Ba', 'Librairie Ka']) {
      for (const reference of [`${name}-1`, `${name}-2`]) dakar.command('record', 'create', 'party', `name=${name}`, `reference=${reference}`, `email=${name.split(' ')[1] ?? ''}@exemple.sn`);
    }
    await organisation.agreed();
    await at('/inbox');
    const items = page.locator('[data-item=possible-duplicate]');
    await expect.poll(() => items.count()).toBe(2);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-item') ?? document.activeElement?.tagName);
    const distinct = items.first().getByRole('button', { name: /^Choisir/ });
    await distinct.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => items.count()).toBe(1);
    await expect.poll(focused).toBe('possible-duplicate');
    await page.keyboard.press('Control+z');
    await page.getByText(/^Annulé\. C’est aussi/).waitFor();
    await expect.poll(() => items.count()).toBe(2);
    for (const left of [1, 0]) {
      await items.first().getByRole('button', { name: /^Garder celle-ci/ }).first().focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => items.count()).toBe(left);
    }
    await expect.poll(focused).toBe('H1');
  });
});

describe('one record, two sites', () => {
  it('a save over what came meanwhile keeps both; what both put while apart is merged and decided', async () => {
    await open('Boulangerie Martin');
    await field('Nom d’usage').fill('Au pain doré');
    dakar.command('record', 'set', 'party', 'B-1', 'website=https://martin.example');
    await expect.poll(() => field('Site web').inputValue(), { timeout: 10_000 }).toBe('https://martin.example');
    await page.keyboard.press('Control+s');
    await saved();
    await organisation.agreed();
    for (const site of [paris, dakar]) expect(fields(site, 'B-1')).toMatchObject({ also_known_as: 'Au pain doré', website: 'https://martin.example' });
    await organisation.relayStops();
    await field('Courriel').fill('paris@martin.fr');
    dakar.command('record', 'set', 'party', 'B-1', 'email=dakar@martin.fr');
    await page.keyboard.press('Control+s');
    await page.getByText('Pas encore enregistré.').waitFor({ state: 'detached' });
    await organisation.relayStarts();
    await organisation.agreed();
    const item = page.locator('[data-item=conflict]');
    await item.getByText('dakar@martin.fr', { exact: true }).waitFor();
    await item.getByText('paris@martin.fr', { exact: true }).waitFor();
    expect(fields(paris, 'B-1')).toEqual(fields(dakar, 'B-1'));
    for (const site of [paris, dakar]) expect(site.command<{ items: { kind: string }[] }>('inbox', 'list', '--kind', 'conflict').items).toHaveLength(1);
  });

  it('its history says who changed what, where, and what stood there before', async () => {
    await open('Café Sow');
    dakar.command('record', 'set', 'party', 'C-1', 'email=sow@cafe.sn');
    await page.getByRole('tab', { name: 'Historique' }).click();
    const change = page.getByRole('tabpanel', { name: 'Historique' }).locator('.mantine-Timeline-item').filter({ hasText: 'sow@cafe.sn' });
    await change.getByText(/opérateur de DKR/).waitFor({ timeout: 10_000 });
    expect(await change.locator('s').allInnerTexts()).toEqual(['c@sow.sn']);
  });

  it('is one in two browsers: each sees what the other saved, and keeps what it types', async () => {
    const second = await signedIn(browser, paris);
    await open('Café Sow');
    await open('Café Sow', second.page);
    await field('Nom d’usage', second.page).fill('Chez Sow');
    await field('Téléphone').fill('33 822 22 22');
    await page.keyboard.press('Control+s');
    await saved();
    await expect.poll(() => field('Téléphone', second.page).inputValue()).toBe('+221338222222');
    expect(await field('Nom d’usage', second.page).inputValue()).toBe('Chez Sow');
    await second.page.keyboard.press('Control+s');
    await expect.poll(() => field('Nom d’usage').inputValue()).toBe('Chez Sow');
    expect(fields(paris, 'C-1')).toMatchObject({ phone: '+221338222222', also_known_as: 'Chez Sow' });
    expect(second.complaints).toEqual([]);
    await second.page.context().close();
  });
});
