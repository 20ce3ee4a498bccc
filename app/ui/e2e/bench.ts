// How fast it feels, at 100,000 parties: the first rows, a keystroke to a filtered list, scrolling, a jump to the end, an edit made
// elsewhere; and what is loaded at the start. `PARTIES` says another number.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { atRest, launched, signedIn } from './browser';
import { Organisation } from './organisation';

const PARTIES = Number(process.env.PARTIES ?? 100_000);
const organisation = new Organisation();
const { paris, dakar } = organisation;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await organisation.start();
  const towns = ['Dakar', 'Thiès', 'Lyon', 'Paris', 'Marseille', 'Saint-Louis'];
  const rows = Array.from({ length: PARTIES }, (_, at) => `C-${String(at + 1).padStart(6, '0')},Party ${String((at * 7_919) % PARTIES).padStart(6, '0')},organisation,${towns[at % 6]},${at % 3 ? 'SN' : 'FR'},true`);
  paris.command('import', 'party', organisation.file('many.csv', ['reference,name,kind,city,country,customer', ...rows].join('\n')));
  browser = await launched();
  ({ page } = await signedIn(browser, paris, { language: 'en' }));
});

afterAll(async () => {
  await browser?.close();
  await organisation.stop();
});

const tell = (what: string, samples: number[]) => {
  const sorted = [...samples].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  console.log(`${what}: median ${median.toFixed(0)} ms, slowest ${(sorted.at(-1) ?? 0).toFixed(0)} ms, of ${sorted.length}`);
  return median;
};

it('start bundle', () => {
  const assets = resolve(import.meta.dirname, '../dist/assets');
  const size = (name: string) => gzipSync(readFileSync(join(assets, name))).length;
  const start = readdirSync(assets).filter((name) => name.startsWith('index-')).map(size).reduce((sum, one) => sum + one, 0);
  console.log(`start bundle: ${(start / 1024).toFixed(0)} KiB gzipped`);
  expect(start).toBeLessThan(600 * 1024);
});

it('first rows', async () => {
  const whole: number[] = [];
  const after: number[] = [];
  for (let run = 0; run < 7; run++) {
    await page.goto(`http://${paris.address}/inbox`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const [total, painted] = await page.evaluate(async () => {
      const began = performance.now();
      performance.clearResourceTimings();
      document.querySelector<HTMLElement>('a[href="/records/party"]')?.click();
      while (!document.querySelector('[role=grid] [role=gridcell] a')) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      const ended = performance.now();
      const call = performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/records/party?')).at(-1) as PerformanceResourceTiming;
      return [ended - began, ended - call.responseEnd] as const;
    });
    whole.push(total);
    after.push(painted);
  }
  tell('click to first rows', whole);
  tell('data to first rows painted', after);
});

it('keystroke to filtered list', async () => {
  await page.goto(`http://${paris.address}/records/party`);
  await page.getByRole('gridcell').first().waitFor();
  const samples: number[] = [];
  const of = { asked: [] as number[], answered: [] as number[], painted: [] as number[] };
  for (const digits of ['0421', '0007', '0999', '0123', '0555', '0666', '0707']) {
    await page.getByRole('searchbox').fill(`C-0${digits.slice(0, 3)}`);
    await atRest(page);
    await page.getByRole('searchbox').focus();
    await page.keyboard.press('End');
    const [whole, asked, answered, painted] = await page.evaluate(async (last) => {
      const status = () => document.querySelector('p[role=status]')?.textContent;
      const before = status();
      const field = document.querySelector<HTMLInputElement>('input[type=search]');
      const began = performance.now();
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, `${field?.value ?? ''}${last}`);
      field?.dispatchEvent(new Event('input', { bubbles: true }));
      while (status() === before || !document.querySelector('[role=grid] [role=gridcell] a')) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      const ended = performance.now();
      const calls = performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/records/party?') && entry.startTime >= began);
      const first = calls[0] as PerformanceResourceTiming;
      return [ended - began, first.startTime - began, first.responseEnd - first.startTime, ended - first.responseEnd] as const;
    }, digits.slice(3));
    samples.push(whole);
    of.asked.push(asked);
    of.answered.push(answered);
    of.painted.push(painted);
  }
  tell('keystroke to filtered list', samples);
  tell('  of it, keystroke to request', of.asked);
  tell('  of it, request to answer', of.answered);
  tell('  of it, answer to painted', of.painted);
});

it('scrolling, and a jump to the end', async () => {
  await page.goto(`http://${paris.address}/records/party`);
  await page.getByRole('gridcell').first().waitFor();
  const { frames, blank } = await page.evaluate(async () => {
    const grid = document.querySelector('[role=grid]');
    let [frames, blank] = [0, 0];
    for (let at = 0; at < 240 && grid; at++) {
      grid.scrollTop += 170;
      await new Promise(requestAnimationFrame);
      const box = grid.getBoundingClientRect();
      const cell = [...grid.querySelectorAll('[role=rowgroup]:last-child [role=row]')].filter((row) => {
        const own = row.getBoundingClientRect();
        return own.top > box.top && own.bottom < box.bottom;
      });
      frames++;
      if (cell.some((row) => !row.querySelector('a'))) blank++;
    }
    return { frames, blank };
  });
  console.log(`scrolling 10 pages of rows a second: ${blank} of ${frames} frames had a row without its data`);
  const jump = await page.evaluate(async () => {
    const grid = document.querySelector('[role=grid]');
    const began = performance.now();
    if (grid) grid.scrollTop = grid.scrollHeight;
    await new Promise(requestAnimationFrame);
    const lastRow = () => [...document.querySelectorAll('[role=rowgroup]:last-child [role=row]')].at(-1);
    while (!lastRow()?.querySelector('a')) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  });
  tell('jump to the last row', [jump]);
});

it('an edit of another site', async () => {
  await organisation.agreed();
  await page.goto(`http://${paris.address}/records/party?search=C-000001`);
  await page.getByRole('link', { name: 'Party 000000' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  const samples: number[] = [];
  for (let run = 0; run < 7; run++) {
    const word = `Seen ${run}`;
    dakar.command('record', 'set', 'party', 'C-000001', `also_known_as=${word}`);
    const began = performance.now();
    await page.waitForFunction((word) => document.querySelector<HTMLInputElement>('[data-field=also_known_as] input')?.value === word, word, { polling: 'raf' });
    samples.push(performance.now() - began);
  }
  tell('an edit at another site, from its answer to the screen', samples);
});
