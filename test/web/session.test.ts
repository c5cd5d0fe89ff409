// The page in a real browser: what a newcomer does, from the first cluster to a fork in the past.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
}, PATIENCE_MS);
afterAll(() => browser.close());
beforeEach(async () => {
  test = await startTestService({ page: await pageFiles() });
}, PATIENCE_MS);
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await test.close();
  expect(test.failures).toEqual([]);
});

const post = (path: string, body: object) =>
  test.http
    .post(path)
    .send(body)
    .expect((answer) => expect(answer.status).toBeLessThan(300));

async function apply(cluster: string, manifests: string): Promise<void> {
  await test.http.post(`/v1/clusters/${cluster}/manifests`).set('Content-Type', 'application/yaml').send(manifests).expect(200);
}

describe('a session', () => {
  it(
    'creates, turns, sees Ready, breaks a probe, reads why, and forks in the past',
    async () => {
      const { page, errors } = await openTab(browser, test.url);
      await page.getByText('No clusters yet').waitFor();
      await page.keyboard.press('n');
      await page.getByLabel('A Deployment of three').check();
      await page.getByLabel('Name').fill('first');
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.waitForURL('**/#/clusters/first');
      const pods = page.getByRole('region', { name: 'pods' });
      await pods.getByRole('row').nth(3).waitFor();
      await page.getByRole('button', { name: 'Until Ready' }).click();
      await page.getByText(/^Turned by/).waitFor();
      await expect.poll(() => pods.getByText('1/1').count(), { timeout: 10_000 }).toBe(3);
      expect(await page.locator('.strip code').textContent()).toContain(`curl -X POST ${test.url}/v1/clusters/first/clock/advance`);

      const name = (await pods.locator('tbody button').first().textContent()) ?? '';
      await pods.getByRole('button', { name }).click();
      await page.getByRole('complementary').getByText('healthy').or(page.locator('.finding.healthy')).first().waitFor();
      await page.getByRole('button', { name: 'Break…' }).click();
      await page.getByRole('menuitem', { name: 'Probes fail' }).click();
      await page.getByRole('button', { name: 'Let it happen' }).click();
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: '+1 m' }).click();
      await page
        .getByRole('complementary')
        .getByText(/readiness probe/i)
        .first()
        .waitFor();
      await pods.getByText('0/1').waitFor();

      await page.getByRole('slider').focus();
      await page.keyboard.press('PageDown');
      await page.keyboard.press('PageDown');
      await page.getByText(/^You look at the past/).waitFor();
      expect(page.url()).toContain('at=2025-01-01T');
      await page.getByRole('button', { name: 'Fork here' }).click();
      await page.waitForURL(/#\/clusters\/first-fork-/);
      await page.getByTestId('elapsed').waitFor();
      const [, fork = ''] = /#\/clusters\/([^?]+)/.exec(page.url()) ?? [];
      expect((await test.http.get('/v1/clusters/first/forks')).body.items).toMatchObject([{ name: fork }]);
      await page.getByRole('status').getByRole('button', { name: 'Compare with first' }).click();
      await page.waitForURL(`**/#/clusters/first?with=${fork}`);
      await page.getByRole('region', { name: 'What differs' }).waitFor();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'shows the past of everything: the table, the reasons and the nodes',
    async () => {
      await post('/v1/clusters', { name: 'past' });
      await post('/v1/clusters/past/clock/advance', { by: '10s' });
      await apply('past', 'apiVersion: v1\nkind: Pod\nmetadata: {name: late}\nspec: {containers: [{name: app, image: nginx}]}\n');
      await post('/v1/clusters/past/clock/advance', { by: '30s' });
      const { page } = await openTab(browser, `${test.url}/#/clusters/past?at=2025-01-01T00:00:11Z&object=pods/default/late`);
      await page.getByRole('region', { name: 'pods' }).getByText('ContainerCreating').waitFor();
      await page.keyboard.press('b');
      await page.getByRole('region', { name: 'pods' }).getByText('Running').waitFor();
      await page.goBack();
      await page.getByRole('region', { name: 'pods' }).getByText('ContainerCreating').waitFor();
      await page.getByRole('button', { name: 'Logs' }).click();
      await page.getByText(/is waiting to start: ContainerCreating/).waitFor();
      await page.getByRole('button', { name: 'Nodes', exact: true }).click();
      await page.getByRole('button', { name: /^late: Pulling/ }).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'says which line of a manifest is wrong, and applies what is right',
    async () => {
      await post('/v1/clusters', { name: 'lines' });
      const { page } = await openTab(browser, `${test.url}/#/clusters/lines`);
      await page.getByTestId('elapsed').waitFor();
      await page.keyboard.press('a');
      const manifest = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: typed\nspec:\n  containers:\n    - name: app\n      imag: nginx\n';
      await page.getByRole('textbox', { name: 'Manifests' }).fill(manifest);
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByRole('button', { name: 'Line 8' }).click();
      // What is typed takes the place of the line.
      await page.keyboard.type('      image: httpd');
      await page.getByRole('button', { name: 'Check' }).click();
      await page.locator('.outcome .badge').getByText('created').waitFor();
      await page.getByRole('textbox', { name: 'Manifests' }).fill(manifest.replace('imag:', 'image:'));
      await page.getByRole('button', { name: 'Check' }).click();
      await page.locator('.outcome .badge').getByText('created').waitFor();
      expect((await test.http.get('/clusters/lines/api/v1/namespaces/default/pods/typed')).status).toBe(404);
      await page.getByRole('button', { name: 'Apply', exact: true }).click();
      await page.getByRole('region', { name: 'pods' }).getByRole('button', { name: 'typed' }).waitFor();
      // A check of what is there already says what would be different, and nothing else.
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('a');
      await page.getByRole('textbox', { name: 'Manifests' }).fill(manifest.replace('imag: nginx', 'image: httpd'));
      await page.getByRole('button', { name: 'Check' }).click();
      await page.locator('.outcome .badge').getByText('configured').waitFor();
      expect(await page.locator('.outcome .fields > div').allTextContents()).toEqual(['/spec/containers/0/image"nginx" → "httpd"']);
    },
    PATIENCE_MS,
  );

  it(
    'plays and pauses the clock',
    async () => {
      await post('/v1/clusters', { name: 'clock' });
      const { page } = await openTab(browser, `${test.url}/#/clusters/clock`);
      const elapsed = page.getByTestId('elapsed');
      await elapsed.waitFor();
      await page.getByLabel('Rate').selectOption('60');
      await page.getByRole('button', { name: 'Play' }).click();
      await expect.poll(() => elapsed.textContent(), { timeout: 20_000 }).toMatch(/^00:00:[1-9]/);
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Play' }).waitFor();
      expect((await test.http.get('/v1/clusters/clock/clock')).body.mode).toBe('manual');
    },
    PATIENCE_MS,
  );

  it(
    'selects by labels, and says what is wrong with a selector where it was typed',
    async () => {
      await post('/v1/clusters', { name: 'select' });
      const pod = (name: string, app: string) =>
        `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, labels: {app: ${app}}}, spec: {containers: [{name: app, image: nginx}]}}`;
      await apply('select', [pod('one', 'a'), pod('two', 'b')].join('\n---\n'));
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/select`);
      const rows = page.locator('tbody tr');
      await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(2);
      const field = page.getByRole('textbox', { name: 'Label selector' });
      await field.fill('app=b');
      await page.keyboard.press('Enter');
      await expect.poll(() => rows.allTextContents(), { timeout: 10_000 }).toEqual([expect.stringContaining('two')]);
      // Who types another one goes on where he was; who leaves the field has it, too.
      await page.keyboard.press('Control+A');
      await page.keyboard.type('app in (');
      await page.keyboard.press('Tab');
      await page
        .getByRole('alert')
        .getByText(/selector|parse/i)
        .waitFor();
      await field.fill('');
      await page.keyboard.press('Tab');
      await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(2);
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'has cards that follow clocks that run, and what others make and delete',
    async () => {
      await post('/v1/clusters', { name: 'still' });
      await post('/v1/clusters', { name: 'runs', clock: { mode: 'running', rate: 600 } });
      const { page, errors } = await openTab(browser, test.url);
      const card = (name: string) => page.getByRole('article', { name, exact: true });
      const time = async () => card('runs').locator('.clock strong').textContent();
      await card('runs').waitFor();
      const before = await time();
      await expect.poll(time, { timeout: 15_000 }).not.toBe(before);
      await card('still').getByText('stands still').waitFor();
      await post('/v1/clusters', { name: 'later' });
      await card('later').waitFor();
      await test.http.delete('/v1/clusters/still').expect(204);
      await card('still').waitFor({ state: 'detached' });
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'speaks Korean to a Korean browser',
    async () => {
      const { page } = await openTab(browser, test.url, { locale: 'ko-KR' });
      await page.getByRole('heading', { name: '클러스터', exact: true }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    },
    PATIENCE_MS,
  );
});

describe('hostile text', () => {
  it(
    'names, labels and messages are text, whatever they look like',
    async () => {
      await post('/v1/clusters', { name: 'hostile' });
      const long = 'a'.repeat(253);
      const script = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>\u202Egnp.exe';
      const manifests = [
        `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${long}, annotations: {note: ${JSON.stringify(script)}}}}`,
        `{apiVersion: v1, kind: Pod, metadata: {name: bad, annotations: {note: ${JSON.stringify(script)}}}, spec: {containers: [{name: app, image: ${JSON.stringify('<b>x</b>')}}]}}`,
      ];
      await apply('hostile', manifests.join('\n---\n'));
      await post('/v1/clusters/hostile/clock/advance', { by: '30s' });
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/hostile?object=pods/default/bad&tab=yaml`);
      await page.getByText('window.hit=1').first().waitFor();
      await page.getByRole('button', { name: 'Why', exact: true }).click();
      await page.locator('.finding').first().waitFor();
      await page.getByRole('button', { name: '<b>x</b>' }).click();
      await page.getByRole('menu', { name: 'Image <b>x</b>' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Over time' }).click();
      await page.locator('.conditions details').first().waitFor();
      await page.getByRole('combobox', { name: 'Resource' }).selectOption('configmaps');
      await page.getByRole('button', { name: long }).click();
      await page.getByRole('heading', { name: long }).waitFor();
      expect(await page.evaluate('window.hit')).toBeUndefined();
      expect(await page.locator('main img, main script').count()).toBe(0);
      const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(width).toBeLessThanOrEqual(0);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );
});
