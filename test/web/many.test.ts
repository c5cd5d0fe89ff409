// A thousand pods: the page shows what is seen of them, and follows a clock that runs.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 180_000;
const PODS = 1000;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: many}
spec:
  replicas: ${PODS}
  selector: {matchLabels: {app: many}}
  template:
    metadata: {labels: {app: many}}
    spec: {containers: [{name: app, image: nginx, livenessProbe: {httpGet: {path: /, port: 80}}}]}
`;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
  await test.http.post('/v1/clusters').send({ name: 'many', nodes: 20 }).expect(201);
  await test.http.post('/v1/clusters/many/manifests').set('Content-Type', 'application/yaml').send(DEPLOYMENT).expect(200);
  await test.http.post('/v1/clusters/many/clock/advance').send({ by: '2m' }).expect(200);
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await test.close();
});

it(
  'has a document of what is seen, scrolls to the last, and goes on with the clock',
  async () => {
    const { page, errors } = await openTab(browser, `${test.url}/#/clusters/many`);
    page.setDefaultTimeout(60_000);
    const rows = page.locator('.labels li');
    await expect.poll(() => rows.count(), { timeout: 60_000 }).toBeGreaterThan(50);
    expect(await rows.count()).toBeLessThan(100);
    const lines = page.locator('tbody tr');
    await page.getByRole('button', { name: `${PODS - 50} more` }).waitFor();
    expect(await lines.count()).toBe(50);
    await page.getByRole('button', { name: `${PODS - 50} more` }).scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: `${PODS - 100} more` }).waitFor();
    expect(await lines.count()).toBe(100);

    const first = await rows.last().innerText();
    await page.evaluate('document.querySelector(".timeline .scroller").scrollTop = 1e9');
    await expect.poll(() => rows.last().innerText(), { timeout: 20_000 }).not.toBe(first);
    // Rows change while the page scrolls, so that a click may meet one that is gone.
    const heading = page.getByRole('complementary').getByRole('heading', { name: /^many-/ });
    const opens = async (): Promise<boolean> => {
      await rows.last().getByRole('button').last().click();
      return heading.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    };
    await expect.poll(opens, { timeout: 60_000 }).toBe(true);

    const nodes = async () => (await page.evaluate('document.querySelectorAll("*").length')) as number;
    const before = await nodes();
    await page.getByLabel('Rate').selectOption('60');
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => page.getByTestId('elapsed').textContent(), { timeout: 60_000 }).toMatch(/^00:0[3-9]/);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(await nodes()).toBeLessThan(before * 1.2);
    expect(errors).toEqual([]);
  },
  PATIENCE_MS,
);
