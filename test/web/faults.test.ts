// What breaks, and how it is undone: containers, images, whole nodes. And the gallery of mistakes to learn from.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readExamples } from '../../scripts/build-page.mjs';
import { registryOf } from '../../src/web/faults/registry.ts';
import { en } from '../../src/web/text/en.ts';
import { ko } from '../../src/web/text/ko.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const POD = `{apiVersion: v1, kind: Pod, metadata: {name: pair}, spec: {containers: [
  {name: main, image: 'registry.example/shop:1'}, {name: helper, image: nginx}]}}`;

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

async function makeCluster(name: string): Promise<void> {
  await test.http.post('/v1/clusters').send({ name });
  await test.http.post(`/v1/clusters/${name}/manifests`).set('Content-Type', 'application/yaml').send(POD).expect(200);
  await test.http.post(`/v1/clusters/${name}/clock/advance`).send({ by: '30s' });
}

describe('faults', () => {
  it(
    'strike one container of a pod, or an image of it, and are undone by a rewind',
    async () => {
      await makeCluster('broken');
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/broken?object=pods/default/pair&view=faults`);
      const dialog = page.getByRole('dialog');
      const inspector = page.getByRole('complementary');
      await inspector.getByRole('button', { name: 'Break…' }).click();
      await page.getByRole('menuitem', { name: 'The container is killed' }).click();
      await expect
        .poll(() => page.evaluate('[...document.querySelector("#fault-container").options].map(({ value }) => value)'))
        .toEqual(['helper', 'main']);
      await dialog.getByRole('combobox', { name: 'Container', exact: true }).fill('helper');
      await dialog.getByRole('button', { name: 'Let it happen' }).click();
      await dialog.waitFor({ state: 'detached' });
      const list = page.locator('.faults li');
      await expect.poll(() => list.count()).toBe(1);
      const restarts = async () => {
        const { body } = await test.http.get('/clusters/broken/api/v1/namespaces/default/pods/pair');
        const statuses = body.status.containerStatuses as readonly { name: string; restartCount: number; state: object }[];
        return Object.fromEntries(statuses.map(({ name, restartCount, state }) => [name, restartCount > 0 || !('running' in state)]));
      };
      await page.getByRole('button', { name: '+10 s' }).click();
      await page.getByText(/^Turned by 10s/).waitFor();
      expect(await restarts()).toEqual({ main: false, helper: true });

      await inspector.getByRole('button', { name: 'Break…' }).click();
      await page.getByRole('menuitem', { name: 'A registry does not answer' }).click();
      await dialog.getByRole('combobox', { name: 'Registry', exact: true }).fill('registry.example');
      await dialog.getByRole('combobox', { name: 'After', exact: true }).fill('1m');
      await dialog.getByRole('button', { name: 'Let it happen' }).click();
      await expect.poll(() => list.count()).toBe(2);
      await page.getByRole('button', { name: 'Undo' }).first().click();
      await page.getByText('Rewound to the moment before it.').waitFor();
      await page.getByText('Nothing is broken.').waitFor();
      await expect.poll(() => page.getByTestId('elapsed').textContent()).toBe('00:00:30');
      expect(await restarts()).toEqual({ main: false, helper: false });
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'have a menu on every node, pod, container and image that is shown, for hands and for keys',
    async () => {
      await makeCluster('menus');
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/menus?view=nodes&object=pods/default/pair`);
      const menu = page.getByRole('menu');
      const dialog = page.getByRole('dialog');
      const fields = async () =>
        Object.fromEntries(
          (
            await Promise.all(
              (await dialog.locator('input').all()).map(async (input) => [await input.getAttribute('list'), await input.inputValue()]),
            )
          ).map(([list, value]) => [list?.replace('fault-', ''), value]),
        ) as Record<string, string>;
      const chooseByKeys = async (name: string) => {
        await menu.waitFor();
        for (let turn = 0; turn < 20 && (await page.locator(':focus').textContent()) !== name; turn += 1)
          await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await dialog.waitFor();
      };
      const leave = async () => {
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
      };

      const tile = page.getByRole('button', { name: /^pair: / });
      await tile.click({ button: 'right' });
      expect(await menu.getAttribute('aria-label')).toBe('Pod pair');
      // A key of the page is none while the menu is open, and whoever leaves it is where he was.
      await page.keyboard.press('n');
      await page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
      await expect
        .poll(() =>
          tile.evaluate(
            (element) => element === (element as unknown as { ownerDocument: { activeElement: unknown } }).ownerDocument.activeElement,
          ),
        )
        .toBe(true);
      await tile.click({ button: 'right' });
      await chooseByKeys('The container hangs');
      expect(await fields()).toMatchObject({ namespace: 'default', pod: 'pair', container: '' });
      await leave();

      await page.getByRole('button', { name: 'Break node-2…' }).click();
      await chooseByKeys('The node reboots');
      expect(await fields()).toMatchObject({ node: 'node-2' });
      await leave();

      await page.getByRole('button', { name: 'Break helper…' }).click();
      await chooseByKeys('Probes fail');
      expect(await fields()).toMatchObject({ pod: 'pair', container: 'helper' });
      await leave();

      await page.getByRole('button', { name: 'registry.example/shop:1' }).click();
      await chooseByKeys('A registry does not answer');
      expect(await fields()).toMatchObject({ registry: 'registry.example' });
      await leave();

      const rows = page.getByRole('region', { name: 'Timeline' });
      await rows.getByRole('button', { name: 'What belongs to pair' }).click();
      await rows.getByRole('button', { name: 'main', exact: true }).click({ button: 'right' });
      expect(await menu.getAttribute('aria-label')).toBe('Container main');
      await page.keyboard.press('Escape');
      await rows.getByRole('button', { name: 'node-3' }).scrollIntoViewIfNeeded();
      const line = await rows.getByRole('button', { name: 'node-3' }).boundingBox();
      const plot = await page.locator('.plot').boundingBox();
      await page.mouse.click((plot?.x ?? 0) + 60, (line?.y ?? 0) + 5, { button: 'right' });
      expect(await menu.getAttribute('aria-label')).toBe('Node node-3');
      await page.mouse.click(5, 5);
      await menu.waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await page.locator('tbody').getByRole('button', { name: 'pair' }).click({ button: 'right' });
      expect(await menu.getAttribute('aria-label')).toBe('Pod pair');
      await page.keyboard.press('Escape');
      await page.keyboard.press('f');
      await chooseByKeys('Probes fail');
      // What the service has against it stands where it was typed.
      await dialog.getByRole('combobox', { name: 'After', exact: true }).fill('soon');
      await dialog.getByRole('button', { name: 'Let it happen' }).click();
      await dialog.getByRole('alert').getByText(/soon/).waitFor();
      await dialog.getByRole('combobox', { name: 'After', exact: true }).fill('');
      await dialog.getByRole('button', { name: 'Let it happen' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect((await test.http.get('/v1/clusters/menus/faults')).body.items).toHaveLength(1);
      await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
      await page.getByText('Rewound to the moment before it.').waitFor();
      expect((await test.http.get('/v1/clusters/menus/faults')).body.items).toHaveLength(0);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'that are to come stand on the timeline, until they strike',
    async () => {
      await makeCluster('waiting');
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/waiting`);
      const now = page.getByRole('slider');
      const left = async () => Number.parseFloat((await now.getAttribute('style'))?.slice(6) ?? '');
      await expect.poll(left).toBeGreaterThan(90);
      await test.http
        .post('/v1/clusters/waiting/faults')
        .send({ type: 'node-down', target: { node: 'node-1' }, after: '30s' })
        .expect(201);
      // The timeline reaches to where it will strike.
      await expect.poll(left, { timeout: 10_000 }).toBeLessThan(60);
      // It stands on the axis and on the row of what it will strike; a click shows all that are to come.
      const plot = (await page.locator('.plot').boundingBox()) ?? { x: 0, y: 0, width: 0 };
      const row = await page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'node-1' }).boundingBox();
      const x = plot.x + (plot.width * (60 / 60 + 0.01)) / 1.07;
      for (const y of [(row?.y ?? 0) + 8, plot.y + 26]) {
        await page.mouse.move(x, y);
        await page.locator('.tip').getByText('node-down node-1').waitFor();
        await page.mouse.move(5, 5);
        await page.locator('.tip').waitFor({ state: 'detached' });
      }
      await page.mouse.click(x, plot.y + 26);
      await page.locator('.faults li').getByText('waits', { exact: true }).waitFor();
      await page.getByRole('button', { name: '+1 m' }).click();
      await page.getByText(/^Turned by 1m/).waitFor();
      await expect.poll(left).toBeGreaterThan(90);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it.each([
    ['nginx', 'docker.io'],
    ['library/nginx:1', 'docker.io'],
    ['ghcr.io/one/two', 'ghcr.io'],
    ['localhost/x', 'localhost'],
    ['host:5000/x', 'host:5000'],
  ])('%s comes from %s', (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });
});

describe('worked examples', () => {
  it('have a title in both languages', () => {
    const names = readExamples().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(Object.keys(en.examples).sort()).toEqual(names);
    expect(Object.keys(ko.examples).sort()).toEqual(names);
  });

  it.each(readExamples().map(({ name }) => name))('%s begins as it is, with its mistake and mended', async (name) => {
    const { cluster, before, mended } = readExamples().find((one) => one.name === name) ?? { cluster: {}, before: '', mended: '' };
    for (const [suffix, manifests] of Object.entries({ before, mended })) {
      const made = `${name}-${suffix}`;
      await test.http
        .post('/v1/clusters')
        .send({ ...cluster, name: made })
        .expect(201);
      await test.http.post(`/v1/clusters/${made}/manifests`).set('Content-Type', 'application/yaml').send(manifests).expect(200);
    }
  });

  it(
    'are made with one click, and show their mistake',
    async () => {
      const { page, errors } = await openTab(browser, test.url);
      await page.getByRole('heading', { name: 'Clusters', exact: true }).waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('A slow starter').check();
      await page.getByLabel('Name').fill('slow');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.waitForURL('**/#/clusters/slow');
      await page.getByRole('button', { name: '+1 m' }).click();
      await page.getByText(/^Turned by 1m/).waitFor();
      const pods = async () =>
        (await test.http.get('/clusters/slow/api/v1/pods')).body.items as { status: { containerStatuses: { restartCount: number }[] } }[];
      expect((await pods()).every(({ status }) => (status.containerStatuses[0]?.restartCount ?? 0) > 0)).toBe(true);
      await page.keyboard.press('g');
      await page.getByRole('article', { name: 'slow', exact: true }).waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('A slow starter').check();
      await page.getByLabel('With the mistake mended').check();
      await page.getByLabel('Name').fill('mended');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.waitForURL('**/#/clusters/mended');
      const { body } = await test.http.get('/clusters/mended/apis/apps/v1/namespaces/default/deployments/api');
      expect(body.spec.template.spec.containers[0].startupProbe).toBeDefined();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );
});
