// The import wizard as a person uses it: a file for parties, and what its columns are.
import type { Page } from 'playwright-core';
import type { Site } from './organisation';

/** Chooses a file. */
export async function bring(page: Page, site: Site, file: string): Promise<void> {
  await page.goto(`http://${site.address}/records/party/import`);
  await page.locator('input[type=file]').setInputFiles(file);
}

/** Says what a column of the file is here. */
export async function map(page: Page, column: string, target: string): Promise<void> {
  const choice = page.getByRole('combobox', { name: `Ce qu’est ${column} ici` });
  await choice.click();
  await choice.fill(target);
  await page.getByRole('option', { name: target, exact: true }).click();
}
