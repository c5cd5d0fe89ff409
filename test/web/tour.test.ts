// The guided first visit: seven steps, by hand or by the page, in two languages.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isDone, type Seen } from '../../src/web/tour/progress.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 90_000;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
}, PATIENCE_MS);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser.close();
  await test.close();
});

describe('a first visit', () => {
  it(
    'goes through all steps, each done by the page, and ends',
    async () => {
      const { page, errors } = await openTab(browser, test.url);
      await page.getByRole('button', { name: 'Show me around, in seven steps' }).click();
      const visit = page.getByRole('complementary', { name: 'A first visit' });
      const titles = ['Create a cluster', 'Apply manifests', 'Turn the clock', 'Break a probe', 'Read why', 'Mend it', 'Fork'];
      for (const [index, title] of titles.entries()) {
        await visit.getByRole('heading', { name: `${index + 1}/7 ${title}` }).waitFor();
        await visit.getByRole('button', { name: 'Do it for me' }).click();
        await visit.getByText('✓ Done.').waitFor();
        if (title === 'Read why') await page.locator('.finding .sentence').getByText(/probe/i).first().waitFor();
        await visit.getByRole('button', { name: index === 6 ? 'Finish' : 'Next' }).click();
      }
      await visit.waitFor({ state: 'detached' });
      const { body } = await test.http.get('/v1/clusters');
      expect(body.items).toHaveLength(2);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'sees what a visitor does himself, survives a reload, and can be left',
    async () => {
      const { page } = await openTab(browser, test.url, { viewport: { width: 360, height: 800 } });
      await page.getByRole('button', { name: 'Learn' }).click();
      const visit = page.getByRole('complementary', { name: 'A first visit' });
      await page.getByRole('button', { name: 'New cluster' }).first().click();
      await page.getByLabel('A Deployment of three').check();
      await page.getByLabel('Name').fill('by-hand');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await visit.getByText('✓ Done.').waitFor();
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.reload();
      await visit.getByRole('button', { name: 'Next' }).click();
      await visit.getByRole('heading', { name: '2/7 Apply manifests' }).waitFor();
      await visit.getByText('✓ Done.').waitFor();
      await visit.getByRole('button', { name: 'Leave the visit' }).click();
      await visit.waitFor({ state: 'detached' });
      await page.reload();
      await page.getByTestId('elapsed').waitFor();
      expect(await visit.count()).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'speaks Korean to a Korean browser',
    async () => {
      const { page } = await openTab(browser, test.url, { locale: 'ko-KR' });
      await page.getByRole('button', { name: '배우기' }).click();
      await page.getByRole('heading', { name: '1/7 클러스터 만들기' }).waitFor();
    },
    PATIENCE_MS,
  );
});

describe('progress', () => {
  const nothing: Seen = { cluster: undefined, podStates: [], wasBroken: false, isBroken: false, showsReasons: false, isFork: false };
  it.each([
    ['create', {}, false],
    ['create', { cluster: 'a' }, true],
    ['apply', { podStates: [] }, false],
    ['apply', { podStates: ['Pending'] }, true],
    ['turn', { podStates: ['Ready', 'Pending'] }, false],
    ['turn', { podStates: ['Ready', 'Ready'] }, true],
    ['turn', { podStates: [] }, false],
    ['break', { podStates: ['Running'] }, false],
    ['break', { podStates: ['Running'], wasBroken: true }, true],
    ['break', { podStates: ['Ready'], wasBroken: true }, false],
    ['why', { showsReasons: true }, true],
    ['mend', { podStates: ['Ready'] }, false],
    ['mend', { podStates: ['Ready'], wasBroken: true, isBroken: true }, false],
    ['mend', { podStates: ['Ready'], wasBroken: true }, true],
    ['fork', { isFork: true }, true],
  ] as const)('%s with %j: %s', (name, seen, expected) => {
    expect(isDone(name, { ...nothing, ...seen })).toBe(expected);
  });
});
