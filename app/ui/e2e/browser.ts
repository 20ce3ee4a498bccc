// A real browser, and what tests do in it: signing in, waiting for screens and for their rest, asking axe. Owns the browser's process.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';
import type { Site } from './organisation';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=fr'];

/** With a camera that sees a film, if one is said: its file, which is read whenever the camera is opened. */
export async function launched(film?: string): Promise<Browser> {
  const camera = film === undefined ? [] : ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
  return chromium.launch({ executablePath: EXECUTABLE, args: [...ARGUMENTS, ...camera] });
}

/** A browser of its own that keeps things in a folder, as a person's does. */
export async function ownProfile(folder: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(folder, { executablePath: EXECUTABLE, args: ARGUMENTS, locale: 'fr-FR' });
  context.setDefaultTimeout(15_000);
  return context;
}

const REST_MS = 15_000;

export interface Look {
  language?: 'fr' | 'en';
  theme?: 'light' | 'dark';
}

const openRequests = new WeakMap<Page, Set<Request>>();

function watchRequests(page: Page): void {
  const open = new Set<Request>();
  openRequests.set(page, open);
  // The stream of events never ends.
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource') open.add(request);
  });
  const over = (request: Request) => void open.delete(request);
  page.on('requestfinished', over).on('requestfailed', over);
}

/** Waits until a page asks for nothing and nothing moves in it, twice in a row: what an answer brings is drawn, and may ask on. */
export async function atRest(page: Page): Promise<void> {
  const open = openRequests.get(page) ?? new Set<Request>();
  const deadline = Date.now() + REST_MS;
  for (let calm = 0; calm < 2; ) {
    const moves = await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
      return document.getAnimations().filter((animation) => animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Infinity).length;
    });
    calm = open.size === 0 && moves === 0 ? calm + 1 : 0;
    if (calm < 2 && Date.now() > deadline) throw new Error(`the page does not rest: ${moves} animations, ${[...open].map((request) => request.url()).join(', ')}`);
  }
}

/** A window that was opened by a link. What its console complains of is kept. */
export async function opened(browser: Browser, link: string, look: Look = {}): Promise<{ page: Page; complaints: string[] }> {
  const { language = 'fr', theme = 'light' } = look;
  // Its user has compared a branch's certificate, and goes on.
  const trust = { ignoreHTTPSErrors: true };
  const context = await browser.newContext({ ...trust, viewport: { width: 1360, height: 850 }, locale: language === 'fr' ? 'fr-FR' : 'en-GB', colorScheme: theme });
  const page = await context.newPage();
  watchRequests(page);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (4\d\d|5\d\d)|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.setDefaultTimeout(15_000);
  await page.goto(link);
  return { page, complaints };
}

/** A window that is signed in at a site. */
export async function signedIn(browser: Browser, site: Site, look: Look = {}): Promise<{ page: Page; complaints: string[] }> {
  const window = await opened(browser, site.link(), look);
  await window.page.getByRole('grid').waitFor();
  return window;
}

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/** What axe finds wrong on the page as it is. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: Violation[] }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  });
  return found.flatMap((violation) =>
    violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.target.join(' ')} ${(node.failureSummary ?? '').replace(/\s+/g, ' ').slice(0, 240)}`),
  );
}
