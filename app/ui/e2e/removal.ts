// The screens of a site that is suspended: what is asked before, what headquarters sees, what is said at the site. Owns that list, which is
// a part of all screens, and how something comes to lie past a cut.
import type { Page } from 'playwright-core';
import type { Organisation } from './organisation';
import type { Screen } from './screens';

/** A site that was away tries again after half a minute at most. */
export const AGAIN_MS = 90_000;
const LOOK_AGAIN_MS = 250;
let visits = 0;

/** How a site stands, and its logs. */
export interface Standing {
  code: string;
  standing: string;
  past_cut: number;
  logs: { scope: string; held: number; counts: number }[];
}

/** How a site stands, as headquarters has it. */
export function standingOf({ paris }: Organisation, code: string): Standing {
  const found = paris.command<{ sites: Standing[] }>('site', 'list').sites.find((site) => site.code === code);
  if (!found) throw new Error(`headquarters knows no ${code}`);
  return found;
}

export async function until(what: string, look: () => boolean): Promise<void> {
  for (const deadline = Date.now() + AGAIN_MS; !look(); ) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
  }
}

/**
 * Has headquarters suspend Dakar, which has sent something that headquarters had not received yet. Its node is started anew on the way: what
 * was signed in there is no more.
 */
export async function suspendedBehind(organisation: Organisation, ...written: string[]): Promise<void> {
  const { paris, dakar } = organisation;
  await organisation.agreed();
  await paris.stop();
  dakar.command('record', ...written);
  await until('the relay has it', () => dakar.command<{ outbox: number }>('status').outbox === 0);
  await organisation.relayStops();
  await paris.start();
  paris.command('site', 'suspend', 'DKR', '--yes');
  await organisation.relayStarts();
  await until('it is set aside', () => standingOf(organisation, 'DKR').past_cut > 0);
}

/** Lets Dakar back, and waits until both hold the same. */
export async function resumed(organisation: Organisation): Promise<void> {
  organisation.paris.command('site', 'resume', 'DKR');
  await until('Dakar is a member again, and has sent all', () => {
    const { standing, outbox } = organisation.dakar.command<{ standing: string; outbox: number }>('status');
    return standing === 'member' && outbox === 0;
  });
  await organisation.agreed();
}

const asked = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).click();
  await page.getByRole('dialog').getByRole('table').waitFor();
};

/** What is asked before a site is removed; nothing is done. */
export function removalScreens(): Screen[] {
  return [
    { name: 'settings-site-suspend', path: '/settings/sites', then: asked(/^(Suspendre|Suspend): DKR$/) },
    { name: 'settings-site-revoke', path: '/settings/sites', then: asked(/^(Révoquer|Revoke): DKR$/) },
  ];
}

/** A site that is suspended, seen from headquarters and from there. The browser is that site's at the end. */
export function suspendedScreens(organisation: Organisation): Screen[] {
  const { paris, dakar } = organisation;
  return [
    {
      name: 'settings-site-suspended',
      path: '/settings/sites',
      then: async (page) => {
        await suspendedBehind(organisation, 'set', 'party', 'REL-1', `website=https://affreteurs.example/coupure/${++visits}`);
        await page.goto(paris.link());
        await page.getByRole('grid').waitFor();
        await page.goto(`http://${paris.address}/settings/sites`);
        await page.getByText(/(mise de côté, au-delà de sa coupure|set aside, past its cut)$/).waitFor();
      },
    },
    { name: 'settings-site-resume', path: '/settings/sites', then: asked(/^(Rétablir|Resume): DKR$/) },
    { name: 'settings-site-adopt', path: '/settings/sites', then: asked(/^(Adopter|Adopt): DKR$/) },
    {
      name: 'suspended',
      then: async (page) => {
        await page.goto(dakar.link());
        await page.getByRole('alert').getByText(/^(Le siège a suspendu ce site|Headquarters has suspended this site)\.$/).waitFor({ timeout: AGAIN_MS });
        await page.getByRole('grid').waitFor();
      },
    },
    {
      name: 'suspended-refused',
      then: async (page) => {
        await page.goto(`http://${dakar.address}/records/party/new`);
        await page.locator('[data-field=name] input').fill('Refusé');
        await page.keyboard.press('Control+s');
        await page.getByRole('alert').getByText('site-removed').waitFor();
      },
      after: () => resumed(organisation),
    },
  ];
}
