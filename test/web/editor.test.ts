// The editor of manifests in a real browser: marks and choices while somebody types, what the service says by line, an object that is changed.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { locateField } from '../../src/web/editor/locate-field.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: kept, labels: {app: one}}\nspec: {containers: [{name: app, image: nginx}]}\n';
const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clocks.example.org}
spec:
  group: example.org
  names: {kind: Clock, plural: clocks}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {ticks: {type: integer}, face: {type: string, enum: [round, square]}}}
`;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
  await test.http.post('/v1/clusters').send({ name: 'edited' });
  const manifests = await test.http.post('/v1/clusters/edited/manifests').set('Content-Type', 'application/yaml').send(`${POD}---\n${CRD}`);
  expect(manifests.status).toBe(200);
  await test.http.post('/v1/clusters/edited/clock/advance').send({ by: '30s' });
}, PATIENCE_MS);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser.close();
  await test.close();
});

async function openApply(locale = 'en-GB'): Promise<{ page: Page; errors: string[] }> {
  const { page, errors } = await openTab(browser, `${test.url}/#/clusters/edited`, { locale });
  page.setDefaultTimeout(8_000);
  await page.getByTestId('elapsed').waitFor();
  await page.keyboard.press('a');
  await page.locator('.cm-content').click();
  return { page, errors };
}

const textOf = (page: Page) => page.locator('.cm-content').innerText();
const choice = (page: Page, name: string) => page.locator('.cm-tooltip-autocomplete').getByText(name, { exact: true });
/** Takes a choice as soon as the list holds still: every letter makes a new one. */
async function choose(page: Page, name: string, result: string): Promise<void> {
  const pick = async () => {
    if ((await textOf(page)).includes(result)) return true;
    await choice(page, name)
      .click({ timeout: 1_000 })
      .catch(() => undefined);
    return false;
  };
  await expect.poll(pick, { timeout: 15_000 }).toBe(true);
}

/** What the marks in the margin say. */
async function marked(page: Page): Promise<readonly string[]> {
  await page.locator('.cm-lint-marker-error').first().waitFor();
  const messages: string[] = [];
  for (const marker of await page.locator('.cm-lint-marker-error').all()) {
    await marker.hover();
    messages.push(await page.locator('.cm-tooltip-lint').innerText());
    await page.mouse.move(0, 0);
    await page.locator('.cm-tooltip-lint').waitFor({ state: 'detached' });
  }
  return messages;
}

describe('the editor', () => {
  it(
    'completes kinds, fields and values of the cluster, its own definitions too',
    async () => {
      const { page, errors } = await openApply();
      await page.keyboard.type('apiVersion: example.org/v1\nkind: C');
      await choose(page, 'Clock', 'Clock');
      await page.keyboard.type('\nmetadata: {name: one}\nsp');
      await choose(page, 'spec', 'spec:');
      await page.keyboard.type('fa');
      await choose(page, 'face', 'face:');
      await page.keyboard.press('Control+Space');
      await choose(page, 'square', 'square');
      await expect.poll(() => textOf(page)).toContain('kind: Clock\nmetadata: {name: one}\nspec:\n  face: square');
      await page.getByRole('button', { name: 'Check' }).click();
      await page.locator('.outcome .badge').getByText('created').waitFor();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'marks mistakes while they are typed: what the page knows, and what the service says',
    async () => {
      const { page } = await openApply();
      await page.getByRole('textbox', { name: 'Manifests' }).fill(POD.replace('image:', 'imag:').replace('kept', 'Wrong_Name'));
      await expect.poll(() => marked(page), { timeout: 20_000 }).toEqual(['There is no field imag here. Is image meant?']);
      await page.getByRole('textbox', { name: 'Manifests' }).fill(POD.replace('kept', 'Wrong_Name'));
      await expect.poll(() => marked(page), { timeout: 20_000 }).toEqual([expect.stringContaining('RFC 1123')]);
      await page.getByRole('textbox', { name: 'Manifests' }).fill(POD);
      await page.locator('.cm-lint-marker-error').waitFor({ state: 'detached' });
    },
    PATIENCE_MS,
  );

  it(
    'leaves the keyboard its way out, and lets letters be letters',
    async () => {
      const { page } = await openApply();
      await page.keyboard.type('a: ?');
      expect(await textOf(page)).toBe('a: ?');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.shadowRoot')).toBeNull();
      expect(await page.locator('.keys').count()).toBe(0);
      // What closes the box takes nothing away.
      await page.keyboard.press('Escape');
      // The browser hides it at once, and the page takes it away some milliseconds later.
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('a');
      await expect.poll(() => textOf(page)).toBe('a: ?');
    },
    PATIENCE_MS,
  );

  it(
    'speaks Korean to a Korean browser',
    async () => {
      const { page } = await openApply('ko-KR');
      await page.keyboard.type('apiVersion: v1\nkind: Nothing');
      await expect.poll(() => marked(page), { timeout: 20_000 }).toEqual(['클러스터의 v1에는 Nothing 종류가 없습니다.']);
    },
    PATIENCE_MS,
  );
});

describe('an object that is changed', () => {
  it(
    'is saved as it is written, and refused by field',
    async () => {
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/edited?object=pods/default/kept&tab=yaml`);
      page.setDefaultTimeout(8_000);
      await page.getByRole('button', { name: 'Edit' }).click();
      const editor = page.locator('.cm-content');
      await editor.waitFor();
      const pod = (await test.http.get('/clusters/edited/api/v1/namespaces/default/pods/kept')).body;
      const { managedFields: _owners, ...metadata } = pod.metadata;
      const write = async (change: object) => {
        await editor.click();
        await page.keyboard.press('Control+A');
        await page.keyboard.press('Delete');
        await page.keyboard.insertText(JSON.stringify({ ...pod, metadata: { ...metadata, ...change } }));
      };
      await write({ labels: { app: 'not a label!' } });
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByRole('button', { name: 'metadata.labels' }).click();
      expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.className')).toContain('cm-content');
      await write({ labels: { other: 'two' } });
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByText('It can be saved.').waitFor();
      expect((await test.http.get('/clusters/edited/api/v1/namespaces/default/pods/kept')).body.metadata.labels).toEqual({ app: 'one' });
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('pre.yaml').first().waitFor();
      const saved = (await test.http.get('/clusters/edited/api/v1/namespaces/default/pods/kept')).body;
      expect(saved.metadata.labels).toEqual({ other: 'two' });
      expect(await page.locator('.strip code').textContent()).toContain('-X PUT');
      // What is shown follows, though the clock stands: what was saved here, and what others change.
      await page.locator('pre.yaml', { hasText: 'other: two' }).waitFor();
      await test.http
        .patch('/clusters/edited/api/v1/namespaces/default/pods/kept')
        .set('Content-Type', 'application/merge-patch+json')
        .send('{"metadata": {"labels": {"other": "three"}}}')
        .expect(200);
      await page.locator('pre.yaml', { hasText: 'other: three' }).waitFor();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'is kept as it was typed while another tab is looked at',
    async () => {
      const { page } = await openTab(browser, `${test.url}/#/clusters/edited?object=pods/default/kept&tab=yaml`);
      page.setDefaultTimeout(8_000);
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.insertText('# not yet done\n');
      await page.getByRole('button', { name: 'Events' }).click();
      await page.locator('.inspector .events').waitFor();
      await page.getByRole('button', { name: 'YAML' }).click();
      await page.locator('.cm-content', { hasText: '# not yet done' }).waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Edit' }).click();
      expect(await page.locator('.cm-content').innerText()).not.toContain('# not yet done');
    },
    PATIENCE_MS,
  );

  it(
    'is not changed in the past, and the command that is shown reads the past',
    async () => {
      const at = '2025-01-01T00:00:10Z';
      const { page } = await openTab(browser, `${test.url}/#/clusters/edited?object=pods/default/kept&tab=yaml&at=${at}`);
      page.setDefaultTimeout(8_000);
      const command = page.locator('.inspector .command code');
      await command.waitFor();
      expect(await command.textContent()).toBe(
        `$ curl '${test.url}/v1/clusters/edited/kubeconfig?at=${encodeURIComponent(at)}' > past.kubeconfig && kubectl --kubeconfig past.kubeconfig get pods kept -n default -o yaml`,
      );
      expect(await page.locator('.clock-bar .face').innerText()).toMatch(/^00:00:10[^]*present: 00:00:30$/);
      for (const name of ['Apply manifests', 'Break…']) expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
      await page.keyboard.press('a');
      expect(await page.locator('dialog').count()).toBe(0);
    },
    PATIENCE_MS,
  );
});

describe('the place of a field', () => {
  const text = 'metadata:\n  labels: {a.b/c: d}\nspec:\n  containers:\n    - name: x\n      image: y\n';
  it.each([
    ['spec.containers[0].image', 'image'],
    ['spec.containers[0]', 'name'],
    ['spec.containers[0].ports[1]', 'name'],
    ['metadata.labels[a.b/c]', 'a.b/c'],
    ['spec', 'spec'],
    ['status', undefined],
    ['', undefined],
  ])('%s', (field, expected) => {
    const found = locateField(text, field);
    expect(found && text.slice(found.from, found.to)).toBe(expected);
  });
});
