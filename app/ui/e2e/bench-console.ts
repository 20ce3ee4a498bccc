// How fast the console's list of sites feels, with as many as `comptoir-tests bench-console --keep SECONDS` keeps connected: from the
// address to the first rows, a keystroke to the filtered list, an order. `CONSOLE` is the line that it prints: address and cookie.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launched } from './browser';

const [address = '', cookie = ''] = (process.env.CONSOLE ?? '').trim().split(/\s+/);
const RUNS = 9;
/** What is promised, in milliseconds. */
const LIST_MS = 200;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (address === '' || cookie === '') throw new Error('CONSOLE is not set: run `comptoir-tests bench-console --keep 600`, and give the line that it prints');
  const [name = '', value = ''] = cookie.split('=');
  browser = await launched();
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1_600, height: 900 }, ignoreHTTPSErrors: true });
  await context.addCookies([{ name, value, url: address, secure: true, httpOnly: true, sameSite: 'Strict' }]);
  page = await context.newPage();
  await page.goto(`${address}sites`);
  await page.getByRole('gridcell').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
});

const tell = (what: string, samples: number[]): number => {
  const sorted = [...samples].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  console.log(`${what}: median ${median.toFixed(0)} ms, slowest ${(sorted.at(-1) ?? 0).toFixed(0)} ms, of ${sorted.length}`);
  return median;
};

it('from another screen to the list', async () => {
  const samples: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await page.goto(`${address}alarms`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    samples.push(
      await page.evaluate(async () => {
        const began = performance.now();
        document.querySelector<HTMLElement>('a[href="/sites"]')?.click();
        while (!document.querySelector('[role=grid] [role=gridcell] a')) await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }),
    );
  }
  expect(tell('from another screen to the list', samples)).toBeLessThan(LIST_MS);
});

it('a keystroke to the filtered list', async () => {
  await page.goto(`${address}sites`);
  await page.getByRole('gridcell').first().waitFor();
  const all = await page.getByRole('status').first().innerText();
  const samples: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await page.getByRole('searchbox').fill('');
    // A filter finds as many as the one before: until all are shown again, nobody sees it change.
    await page.getByRole('status').filter({ hasText: all }).waitFor();
    samples.push(
      await page.evaluate(async (typed) => {
        const status = () => document.querySelector('p[role=status]')?.textContent;
        const before = status();
        const field = document.querySelector<HTMLInputElement>('input[type=search]');
        const began = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, typed);
        field?.dispatchEvent(new Event('input', { bubbles: true }));
        while (status() === before || !document.querySelector('[role=grid] [role=gridcell] a')) await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }, `S00${run}`),
    );
  }
  expect(tell('a keystroke to the filtered list', samples)).toBeLessThan(LIST_MS);
});
