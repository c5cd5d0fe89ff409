// The page in a Korean browser: what the service says of a cluster is Korean as well.

import type { Browser } from 'playwright-core';
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

describe('a Korean browser', () => {
  it(
    'reads why a pod has no node',
    async () => {
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/demo?object=pods/default/large`, { locale: 'ko-KR' });
      const sentence = page.locator('.finding .sentence').first();
      await sentence.waitFor();
      expect(await sentence.textContent()).toBe(
        '스케줄되지 않음: 파드가 요청한 cpu 양은 8인데, 남은 양이 모자랍니다: node-1 노드에 4 중 4.',
      );
      expect(await page.locator('.finding').first().textContent()).toContain('바꾸려면: 요청을 줄이거나 충분히 큰 노드를 추가하세요.');
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );
});
