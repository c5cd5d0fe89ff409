// The reference at /docs: everything in it comes from the service, its examples run, and the token of the tab is shown nowhere.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const TOKEN = 'a-token-of-the-service';

let browser: Browser;
let test: TestService;
/** One for all, in which the tests go on where the one before left it: to open the reference is most of the work of a test. */
let page: Page;
let errors: string[];
const asked = new Set<string>();
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles(), token: TOKEN });
  ({ page, errors } = await openTab(browser, 'about:blank', { reducedMotion: 'reduce' }));
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  await page.goto(`${test.url}/docs`);
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await test.close();
});

const authorized = { Authorization: `Bearer ${TOKEN}` };
/** The operation, unfolded. */
async function open(tag: string, id: string) {
  const place = page.locator(`#operations-${tag}-${id}`);
  if ((await place.locator('.execute').count()) === 0) await place.locator('.opblock-summary-control').click();
  await place.locator('.execute').waitFor();
  return place;
}

describe('the reference', () => {
  it('comes without a token, and its policy allows what the service has only', async () => {
    const { status, headers, text } = await test.http.get('/docs');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; img-src 'self' data:; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it(
    'has every operation of the document, and asks nobody else',
    async () => {
      await page.locator('.opblock').first().waitFor();
      const { paths } = (await test.http.get('/openapi.json')).body as { paths: Record<string, Record<string, { operationId: string }>> };
      const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
      const shown = (await page.evaluate('[...document.querySelectorAll(".opblock")].map(({ id }) => id.split("-").at(-1))')) as string[];
      expect(shown.sort()).toEqual(ids.sort());
      expect([...asked].filter((origin) => origin !== 'null')).toEqual([test.url]);
    },
    PATIENCE_MS,
  );

  it(
    'runs its examples with the token of the tab, and shows it nowhere',
    async () => {
      const create = await open('Clusters', 'createCluster');
      await create.locator('.execute').click();
      await page.getByText('This service needs a token').waitFor();
      await page.getByLabel('Token', { exact: true }).fill(TOKEN);
      await page.getByRole('button', { name: 'Go on' }).click();
      await create.locator('.execute').click();
      await create.locator('.live-responses-table').getByText('201', { exact: true }).waitFor();
      expect((await test.http.get('/v1/clusters/demo').set(authorized)).body).toMatchObject({ name: 'demo', seed: 7 });
      expect(await page.locator('.curl').first().textContent()).toContain(`${test.url}/v1/clusters`);
      expect(await page.locator('body').textContent()).not.toContain(TOKEN);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'shows a stream as it comes, until it is stopped, ends, or is folded away',
    async () => {
      await test.http.post('/v1/clusters').set(authorized).send({ name: 'streamed' });
      if ((await page.evaluate("sessionStorage.getItem('orrery-token')")) === null) {
        await page.evaluate(`sessionStorage.setItem('orrery-token', '${TOKEN}')`);
        await page.reload();
      }
      const watch = await open('Watch', 'watchCluster');
      const field = (name: string) => watch.locator(`tr[data-param-name=${name}] input`);
      await field('cluster').fill('streamed');
      for (const input of await watch.locator('tr[data-param-in=query] input').all()) await input.fill('');
      await field('resource').fill('configmaps');
      await watch.locator('.execute').click();
      await watch.locator('.live-responses-table').getByText('it is shown above').waitFor();
      const stream = watch.getByRole('region', { name: 'Stream' });
      const openWatches = async () => /^orrery_watches_open\S* (\S+)/m.exec((await test.http.get('/metrics').set(authorized)).text)?.[1];
      await stream.getByText('event: BOOKMARK').or(stream.getByText('event: ADDED')).first().waitFor();
      await test.http
        .post('/v1/clusters/streamed/manifests')
        .set(authorized)
        .set('Content-Type', 'application/yaml')
        .send('{apiVersion: v1, kind: ConfigMap, metadata: {name: later}}');
      await stream.getByText(/default +later/).waitFor();
      await stream.getByText('open', { exact: true }).waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await stream.getByRole('button', { name: 'Stop' }).click();
      await stream.getByText('ended', { exact: true }).waitFor();
      // Asked again it is another one, and one that has an end ends by itself.
      await field('timeoutSeconds').fill('1');
      await watch.locator('.execute').click();
      await expect.poll(() => stream.count()).toBe(1);
      await stream.getByText('open', { exact: true }).waitFor();
      await stream.getByText('ended', { exact: true }).waitFor();
      await field('timeoutSeconds').fill('');
      await watch.locator('.execute').click();
      await stream.getByText('open', { exact: true }).waitFor();
      expect(await openWatches()).toBe('1');
      await watch.locator('.opblock-summary-control').click();
      await stream.waitFor({ state: 'detached' });
      await expect.poll(openWatches).toBe('0');
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'axe finds nothing in the %s at %d pixels, and nothing stands beyond the edge',
    async (colorScheme, width) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await open('Clusters', 'createCluster');
      await open('Manifests', 'applyManifests');
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    },
    PATIENCE_MS,
  );
});
