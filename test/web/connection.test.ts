// The page and its service: tokens, a service that goes away and comes back, two tabs.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const TOKEN = 'a-token-of-the-service';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, PATIENCE_MS);
afterAll(() => browser.close());
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

it(
  'asks for a token once, keeps it for the tab, and shows it nowhere',
  async () => {
    const test = await startTestService({ page: await pageFiles(), token: TOKEN });
    try {
      const { page, errors } = await openTab(browser, test.url);
      const field = page.getByLabel('Token', { exact: true });
      await field.fill('wrong');
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('This service needs a token').waitFor();
      await page.getByText('The token that was given does not open this.').waitFor();
      await field.fill(TOKEN);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('No clusters yet').waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('Name').fill('guarded');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('region', { name: 'pods' }).getByRole('row').nth(3).waitFor();
      await page.reload();
      await page.getByRole('region', { name: 'pods' }).getByRole('row').nth(3).waitFor();
      await page.keyboard.press('1');
      await page.getByText(/^Turned by 10s/).waitFor();
      await page.getByRole('slider').focus();
      await page.keyboard.press('PageDown');
      await page.getByText(/^You look at the past/).waitFor();
      await page.getByRole('region', { name: 'pods' }).getByRole('row').nth(3).waitFor();
      expect(await page.locator('body').textContent()).not.toContain(TOKEN);
      expect(await page.locator('.strip code').textContent()).toContain('$ORRERY_TOKEN');
      expect(page.url()).not.toContain(TOKEN);
      expect(errors).toEqual([]);
    } finally {
      await test.close();
    }
  },
  PATIENCE_MS,
);

it(
  'says that the service is gone, and goes on when it is back',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-page-'));
    const page = await pageFiles();
    const first = await startTestService({ page, folder });
    const port = Number(new URL(first.url).port);
    await first.http.post('/v1/clusters').send({ name: 'back' }).expect(201);
    const tab = await openTab(browser, `${first.url}/#/clusters/back`);
    const other = await openTab(browser, `${first.url}/#/clusters/back`);
    await tab.page.getByTestId('elapsed').waitFor();
    await other.page.getByTestId('elapsed').waitFor();
    await first.close();
    await tab.page.getByRole('alert').getByText('The service does not answer').waitFor();
    const second = await startTestService({ page, folder, port });
    try {
      await tab.page.getByRole('alert').waitFor({ state: 'detached' });
      await other.page.getByRole('alert').waitFor({ state: 'detached' });
      // What one tab does, the other sees.
      await tab.page.keyboard.press('2');
      await tab.page.getByText(/^Turned by 1m/).waitFor();
      await expect.poll(() => other.page.getByTestId('elapsed').textContent(), { timeout: 15_000 }).toBe('00:01:00');
      expect(second.failures).toEqual([]);
    } finally {
      await second.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  PATIENCE_MS,
);
