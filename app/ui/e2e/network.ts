// The screens of the local network: the door shut, refused, open, a link that lets one in, who was let in, and what is seen from elsewhere.
// Owns that list, which is a part of all screens.
import { request } from 'node:https';
import type { Page } from 'playwright-core';
import type { Organisation, Site } from './organisation';
import type { Screen } from './screens';

/** Lets a window in as one on another machine would enter: by the code of the link that is for it. */
async function enter(site: Site, name: string): Promise<void> {
  const { window } = site.command<{ window: string }>('lan', 'invite');
  const [address = '', , code] = window.replace('comptoir://node/', '').split('/');
  const body = JSON.stringify({ code, name });
  const status = await new Promise((done, failed) => {
    const asked = request(`https://${address}/api/v1/lan/devices`, { method: 'POST', rejectUnauthorized: false, headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode));
    });
    asked.on('error', failed).end(body);
  });
  if (status !== 200) throw new Error(`the window is not let in: ${String(status)}`);
}

export function networkScreens({ paris }: Organisation): Screen[] {
  const path = '/settings/network';
  const open = async (page: Page, address: string) => {
    await page.getByRole('textbox', { name: /^(Adresse et port|Address and port)/ }).fill(address);
    await page.getByRole('button', { name: /^(Ouvrir au réseau local|Open to the local network)$/ }).click();
  };
  return [
    { name: 'network', path, then: async (page) => { await page.getByText(/^(fermé|shut)$/).waitFor(); } },
    { name: 'network-refused', then: async (page) => { await open(page, 'pas une adresse'); await page.getByRole('alert').waitFor(); } },
    { name: 'network-open', then: async (page) => { await open(page, '127.0.0.1:0'); await page.getByText(/^(ouvert|open)$/).waitFor(); } },
    {
      name: 'network-link',
      then: async (page) => {
        await page.getByRole('button', { name: /^(Créer un lien|Make a link)$/ }).click();
        await page.getByRole('img', { name: /scan/ }).waitFor();
      },
    },
    {
      name: 'network-let-in',
      path,
      then: async (page) => {
        await enter(paris, 'Quai de réception');
        await page.reload();
        await page.getByText('Quai de réception').waitFor();
      },
    },
    {
      name: 'network-send-away',
      then: async (page) => {
        await page.getByRole('button', { name: /Quai de réception/ }).click();
        await page.getByRole('dialog').waitFor();
      },
      after: async (page) => {
        await page.getByRole('dialog').getByRole('button', { name: /^(Renvoyer|Send away)$/ }).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      },
    },
    {
      name: 'network-elsewhere',
      then: async (page) => {
        const { browser: link } = paris.command<{ browser: string }>('lan', 'invite');
        await page.goto(link);
        await page.getByRole('grid').waitFor();
        await page.goto(`${new URL(link).origin}${path}`);
        await page.getByText(/^(Vous utilisez ce nœud par le réseau local|You use this node over the local network)/).waitFor();
      },
      after: () => paris.command('lan', 'shut'),
    },
  ];
}
