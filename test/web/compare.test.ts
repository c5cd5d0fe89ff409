// Two moments, or two forks, beside each other.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { countsOf, objectsOf } from '../../src/web/compare/differences.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const pod = (name: string) => `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: app, image: nginx}]}}`;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
  await test.http.post('/v1/clusters').send({ name: 'trunk' });
  await apply('trunk', pod('both'));
  await test.http.post('/v1/clusters/trunk/clock/advance').send({ by: '30s' });
  await test.http.post('/v1/clusters/trunk/forks').send({ name: 'branch' }).expect(201);
  await apply('branch', pod('late'));
  await test.http.delete('/clusters/branch/api/v1/namespaces/default/pods/both?gracePeriodSeconds=0').expect(200);
  await test.http.post('/v1/clusters/branch/clock/advance').send({ by: '30s' });
  await test.http.post('/v1/clusters').send({ name: 'elsewhen', startTime: '2030-06-01T00:00:00Z' });
}, PATIENCE_MS);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser.close();
  await test.close();
});

const apply = (cluster: string, manifests: string) =>
  test.http.post(`/v1/clusters/${cluster}/manifests`).set('Content-Type', 'application/yaml').send(manifests).expect(200);

describe('a comparison', () => {
  it(
    'of two forks says which objects are on one side only, aligns their timelines, and is an address',
    async () => {
      const { page, errors } = await openTab(browser, test.url);
      await page.getByRole('article', { name: 'branch' }).getByRole('button', { name: 'Compare with trunk' }).click();
      await page.waitForURL('**/#/clusters/trunk?with=branch');
      const differences = page.getByRole('region', { name: 'What differs' });
      await differences.getByRole('combobox').selectOption('pods');
      await expect
        .poll(() => differences.locator('li').allInnerTexts())
        .toEqual([expect.stringMatching(/^only left pods default\/both/), expect.stringMatching(/^only right pods default\/late/)]);
      // The same pixel is the same time: both have the same line where the shorter one ends.
      const sides = [page.getByRole('region', { name: 'Left side' }), page.getByRole('region', { name: 'Right side' })] as const;
      await sides[1].getByRole('button', { name: 'late', exact: true }).waitFor();
      expect(await sides[0].getByRole('button', { name: 'late', exact: true }).count()).toBe(0);
      for (const side of sides) expect(await side.getByRole('slider').getAttribute('aria-valuenow')).toMatch(/^(30|60)000$/);
      const left = async (index: 0 | 1) =>
        Number.parseFloat((await sides[index].getByRole('slider').getAttribute('style'))?.slice(6) ?? '');
      expect((await left(1)) / (await left(0))).toBeGreaterThan(1.8);
      await sides[0].getByRole('button', { name: 'Zoom in (on the timeline)' }).click();
      await page.waitForURL(/from=\d+/);
      await page.reload();
      await differences.locator('li').nth(1).waitFor();
      await page.getByRole('button', { name: 'Swap sides' }).click();
      await page.waitForURL(/clusters\/branch\?with=trunk/);
      await differences.getByText('only right').first().waitFor();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'of two moments says which fields changed, and follows the line of each side',
    async () => {
      const { page } = await openTab(browser, `${test.url}/#/clusters/trunk?at=2025-01-01T00:00:00Z`);
      await page.getByRole('button', { name: 'Compare with the present' }).click();
      await page.waitForURL(/at=2025-01-01T00%3A00%3A00Z&with=trunk|with=trunk.*at=2025-01-01T00%3A00%3A00Z/);
      const differences = page.getByRole('region', { name: 'What differs' });
      const phase = differences.locator('li', { hasText: 'pods default/both' }).locator('.fields > div', { hasText: '/status/phase' });
      await phase.waitFor();
      expect(await phase.textContent()).toBe('/status/phase"Pending" → "Running"');
      // Of an object that differs in much the first fields are shown, and the others when one asks.
      const both = differences.locator('li', { hasText: 'pods default/both' });
      expect(await both.locator('.fields > div').count()).toBe(8);
      await both.getByRole('button', { name: / more$/ }).click();
      expect(await both.locator('.fields > div').count()).toBeGreaterThan(8);
      expect(await differences.locator('.command code').textContent()).toContain('/v1/clusters/trunk/diff?from=2025-01-01T00%3A00%3A00Z');
      const right = page.getByRole('region', { name: 'Right side' });
      await right.getByRole('textbox', { name: 'Moment' }).fill('2025-01-01T00:00:00Z');
      await right.getByRole('button', { name: 'Show', exact: true }).click();
      await differences.getByText('Nothing differs.').waitFor();
      await right.getByRole('slider').press('End');
      await phase.waitFor();
      // What is chosen in one timeline is chosen in the other, too.
      await right.getByRole('button', { name: 'both', exact: true }).click();
      expect(await page.locator('.labels li.chosen').count()).toBe(2);
      await right.getByRole('textbox', { name: 'Moment' }).fill('yesterday');
      await right.getByRole('button', { name: 'Show', exact: true }).click();
      expect(await right.getByRole('textbox', { name: 'Moment' }).getAttribute('aria-invalid')).toBe('true');
    },
    PATIENCE_MS,
  );

  it(
    'of clusters that begin at other times lets both begin at the same place',
    async () => {
      const { page } = await openTab(browser, `${test.url}/#/clusters/trunk?with=elsewhen&at=2025-01-01T00:00:00Z`);
      const places = async () =>
        Promise.all((await page.getByRole('slider').all()).map(async (slider) => (await slider.getAttribute('style'))?.slice(0, 9)));
      await expect.poll(places, { timeout: 15_000 }).toEqual(['left: 0.9', 'left: 0.9']);
    },
    PATIENCE_MS,
  );

  it(
    'says that there is no such cluster',
    async () => {
      const { page } = await openTab(browser, `${test.url}/#/clusters/trunk?with=nobody`);
      await page
        .getByRole('region', { name: 'Right side' })
        .getByText(/nobody/)
        .nth(1)
        .waitFor();
    },
    PATIENCE_MS,
  );
});

describe('differences', () => {
  const object = (resource: string, name: string, namespace?: string) => ({
    resource,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    object: {},
  });
  const moment = { time: '2025-01-01T00:00:00Z', resourceVersion: '1', digest: '' };
  const objects = objectsOf({
    from: moment,
    to: moment,
    added: [object('pods', 'b', 'x'), object('nodes', 'n')] as never,
    removed: [object('pods', 'a', 'x')] as never,
    changed: [{ resource: 'pods', name: 'c', namespace: 'w', fields: [{ path: '/spec', to: 1 }] }],
    isTruncated: false,
  });
  it('are in the order of resource, namespace and name', () => {
    expect(objects.map(({ how, name }) => `${how} ${name}`)).toEqual(['added n', 'changed c', 'removed a', 'added b']);
  });

  it('are counted by resource', () => {
    expect(countsOf(objects)).toEqual([
      ['pods', 3],
      ['nodes', 1],
    ]);
  });
});
