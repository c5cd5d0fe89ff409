// The page in a Korean browser: what the service says of a cluster is Korean as well.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const TOO_LARGE =
  '{apiVersion: v1, kind: Pod, metadata: {name: large}, spec: {containers: [{name: app, image: nginx, resources: {requests: {cpu: "8"}}}]}}';

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
}, PATIENCE_MS);
afterAll(() => browser.close());
beforeEach(async () => {
  test = await startTestService({ page: await pageFiles() });
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 }).expect(201);
  await test.http.post('/v1/clusters/demo/manifests').set('Content-Type', 'application/yaml').send(TOO_LARGE).expect(200);
  await test.http.post('/v1/clusters/demo/clock/advance').send({ by: '10s' }).expect(200);
}, PATIENCE_MS);
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await test.close();
  expect(test.failures).toEqual([]);
});

/** Three English words in a row in texts of the page and its labels; what is quoted is no text of the page. */
function englishIn(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const texts = [...document.querySelectorAll('[aria-label], [title]')].flatMap((element) => [
      element.getAttribute('aria-label') ?? '',
      element.getAttribute('title') ?? '',
    ]);
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode())
      if (node.parentElement.closest('bdi, code, pre, q, script, style') === null) texts.push(node.textContent);
    return texts.filter((text) => /(?:^|[\\s(])[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}/.test(text));
  })()`);
}

describe('a Korean browser', () => {
  it(
    'reads why a pod has no node',
    async () => {
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/demo?object=pods/default/large`, { locale: 'ko-KR' });
      const sentence = page.locator('.finding .sentence').first();
      await sentence.waitFor();
      expect(await sentence.textContent()).toBe(
        '스케줄되지 않음: 파드가 요청한 cpu 양은 8인데, 남은 양이 모자랍니다: node-1 노드에 4 중 4 남음.',
      );
      expect(await page.locator('.finding').first().textContent()).toContain('바꾸려면: 요청을 줄이거나 충분히 큰 노드를 추가하세요.');
      const causes = page.locator('.cause bdi');
      await causes.first().waitFor();
      const told = await causes.allTextContents();
      expect(told.length).toBeGreaterThan(2);
      for (const cause of told) expect(cause).toMatch(/[가-힣]{2}/);
      expect(await englishIn(page)).toEqual([]);
      expect(errors).toEqual([]);
      const english = await openTab(browser, page.url());
      await english.page.locator('.finding').first().waitFor();
      expect((await englishIn(english.page)).length).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it(
    'is told what the service has against something',
    async () => {
      const { page } = await openTab(browser, `${test.url}/#/clusters/none`, { locale: 'ko-KR' });
      await page.getByText('그런 클러스터가 없습니다: there is no cluster none').waitFor();
      await page.goto(`${test.url}/#/clusters`);
      await page.getByRole('article').first().waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('이름').fill('demo');
      await page.getByRole('button', { name: '만들기', exact: true }).click();
      await page
        .getByRole('alert')
        .getByText(/^이미 있는 이름입니다: /)
        .waitFor();
    },
    PATIENCE_MS,
  );

  it.each(['view=nodes', 'view=curves', 'view=faults', 'at=2025-01-01T00:00:05Z', 'object=nodes/node-1&tab=history', 'with=demo'])(
    'finds no English sentence where it says: %s',
    async (query) => {
      const { page } = await openTab(browser, `${test.url}/#/clusters/demo?${query}`, { locale: 'ko-KR' });
      await page.getByRole('heading').first().waitFor();
      await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
      expect(await englishIn(page)).toEqual([]);
    },
    PATIENCE_MS,
  );
});
