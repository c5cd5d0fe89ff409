// Every view, light and dark, wide and narrow: axe finds nothing, and nothing stands beyond the edge.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TEMPLATES } from '../../src/web/clusters/templates.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 90_000;

let browser: Browser;
let test: TestService;
/** One for all: a new tab is three times the work of opening the page in one that is there. */
let tab: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
  await test.http.post('/v1/clusters').send({ name: 'seen' });
  const manifests = TEMPLATES.map((template) => template.manifests ?? '').join('\n---\n');
  await test.http.post('/v1/clusters/seen/manifests').set('Content-Type', 'application/yaml').send(manifests).expect(200);
  await test.http.post('/v1/clusters/seen/faults').send({ type: 'node-down', target: { node: 'node-2' }, after: '60s' });
  await test.http.post('/v1/clusters/seen/clock/advance').send({ by: '5m' }).expect(200);
  await test.http.post('/v1/clusters/seen/forks').send({ at: '2025-01-01T00:00:20Z' }).expect(201);
  ({ page: tab } = await openTab(browser, 'about:blank', { reducedMotion: 'reduce' }));
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await test.close();
});

interface View {
  readonly name: string;
  readonly hash: string;
  /** Something that is there when the view is. */
  readonly sign: string;
  readonly key?: string;
  /** A button. */
  readonly press?: string;
}

const OBJECT = 'object=pods/default/fragile';
const VIEWS: readonly View[] = [
  { name: 'clusters', hash: '', sign: '.card .pods p' },
  { name: 'new cluster', hash: '', sign: 'dialog', key: 'n' },
  { name: 'keys', hash: '', sign: 'dialog', key: '?' },
  { name: 'table and reasons', hash: `#/clusters/seen?${OBJECT}`, sign: '.findings' },
  { name: 'past and events', hash: `#/clusters/seen?at=2025-01-01T00:01:00Z&${OBJECT}&tab=events`, sign: '.events' },
  { name: 'logs', hash: `#/clusters/seen?${OBJECT}&tab=logs`, sign: '.inspector .command' },
  { name: 'terminal', hash: `#/clusters/seen?${OBJECT}&tab=terminal`, sign: '.xterm-rows', press: 'Follow the log' },
  { name: 'conditions', hash: `#/clusters/seen?${OBJECT}&tab=history`, sign: '.inspector .chart canvas' },
  { name: 'curves', hash: '#/clusters/seen?view=curves&object=nodes//node-2&tab=history', sign: '.objects .chart canvas' },
  { name: 'nodes and YAML', hash: `#/clusters/seen?view=nodes&${OBJECT}&tab=yaml`, sign: '.yaml' },
  { name: 'editor', hash: `#/clusters/seen?${OBJECT}&tab=yaml`, sign: '.inspector .cm-content', press: 'Edit' },
  { name: 'faults', hash: '#/clusters/seen?view=faults', sign: '.faults li' },
  { name: 'menu of faults', hash: `#/clusters/seen?${OBJECT}`, sign: '[role=menu]', press: 'Break…' },
  { name: 'fault', hash: '#/clusters/seen?view=faults', sign: 'dialog', press: 'Break…' },
  { name: 'apply', hash: '#/clusters/seen', sign: 'dialog .cm-content', key: 'a' },
  { name: 'comparison', hash: '#/clusters/seen?with=seen&at=2025-01-01T00:00:20Z', sign: '.differences .fields' },
  { name: 'no such cluster', hash: '#/clusters/nobody', sign: '.empty' },
];

/** Once the page begins in the light, and it becomes dark; once the other way round. */
const WAYS = [
  [1280, 'light', 'dark'],
  [360, 'dark', 'light'],
] as const;

it.each(VIEWS)(
  '$name',
  async ({ hash, sign, key, press }) => {
    for (const [width, ...schemes] of WAYS) {
      await open(`${test.url}/${hash}`, schemes[0], width);
      await tab.locator('.card, .clock-bar .number, .empty, .side').first().waitFor();
      if (key !== undefined) await tab.keyboard.press(key);
      if (press !== undefined) await tab.getByRole('button', { name: press }).click();
      await tab.locator(sign).first().waitFor();
      for (const colorScheme of schemes) {
        await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect([colorScheme, width, await violationsOf(tab)]).toEqual([colorScheme, width, []]);
        expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
      await tab.evaluate('sessionStorage.clear()');
    }
  },
  PATIENCE_MS,
);

/** Opens the page as in a new tab: nothing is left of what was there, and no pointer is over it. */
async function open(url: string, colorScheme: 'light' | 'dark', width: number): Promise<void> {
  await tab.goto('about:blank');
  await tab.mouse.move(-1, -1);
  await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await tab.setViewportSize({ width, height: 800 });
  await tab.goto(url);
}
