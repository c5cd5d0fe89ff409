// Reports of scenarios in the page: those of the command line and of the service, with a counterexample that becomes a cluster.

import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../../src/scenario/report.ts';
import { readReport } from '../../src/web/report/read-report.ts';
import { violationsOf } from '../support/axe.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const START_MS = Date.parse('2025-01-01T00:00:00Z');
const HOSTILE = '<img src=x onerror="window.hit=1">';

const TEST_REPORT = jsonOf([
  {
    file: 'shop/scenario.yaml',
    name: HOSTILE,
    variant: 'seed=2',
    mistakes: [],
    result: {
      digest: 'd',
      startMs: START_MS,
      nowMs: START_MS + 60_000,
      watchEvents: 7,
      held: [
        {
          kind: 'eventually',
          place: { file: 'shop/scenario.yaml', line: 20, column: 5 },
          expected: 'phase("pod/x") == "Running"',
          because: undefined,
          fromMs: START_MS + 15_000,
          toMs: START_MS + 45_000,
        },
      ],
      violations: [
        {
          kind: 'always',
          place: { file: 'shop/scenario.yaml', line: 15, column: 5 },
          expected: 'restarts("deployment/api") == 0',
          found: '2',
          explanation: ['The container keeps ending.'],
          because: 'a start is no failure',
          atMs: START_MS + 30_000,
        },
      ],
    } as never,
  },
  {
    file: 'good.yaml',
    name: 'good',
    variant: undefined,
    mistakes: [],
    result: { digest: 'd', startMs: START_MS, nowMs: START_MS + 1_000, watchEvents: 1, held: [], violations: [] } as never,
  },
  {
    file: 'bad.yaml',
    name: 'bad',
    variant: undefined,
    mistakes: [{ file: 'bad.yaml', line: 2, column: 1, message: 'steps is required' }],
    result: undefined,
  },
]);

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'nginx' }] },
};
const SCENARIO = {
  apiVersion: 'orrery.dev/v1',
  kind: 'Scenario',
  cluster: { nodes: 2 },
  manifests: [POD],
  steps: [
    { wait: { for: 'condition=Ready', on: 'pod/app' } },
    { label: { on: 'pod/app', labels: { tier: 'front' } } },
    { label: { on: 'pod/none', labels: { tier: 'front' } }, rejected: 'not found' },
    { drain: 'node-2' },
    { fault: { type: 'node-down', node: 'node-1' } },
    { advance: '2m' },
  ],
};
const VIOLATION = {
  expected: 'ready("pod/app") == 1',
  found: '0',
  place: 'scenario.yaml:9:3',
  at: '2025-01-01T00:01:30Z',
  runs: 1,
  strikes: [{ what: 'node-down node-1', at: '2025-01-01T00:00:20Z' }],
  explanation: ['The node is lost.'],
  scenario: SCENARIO,
};
const HELD = { kind: 'always', expected: 'restarts("pod/app") == 0', place: 'scenario.yaml:8:3' };
const EXPLORATION = JSON.stringify({ name: 'explored', runs: 5, states: 5, ok: false, held: [HELD], violations: [VIOLATION] });

let browser: Browser;
let test: TestService;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-report-'));
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
}, PATIENCE_MS);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser.close();
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(content: string): string {
  const path = join(folder, 'report.json');
  writeFileSync(path, content);
  return path;
}

describe('a report', () => {
  it(
    'of a test shows its runs, what did not hold and why',
    async () => {
      const { page, errors } = await openTab(browser, test.url);
      await page.getByRole('link', { name: 'Open a report' }).click();
      await page.getByLabel('Report (JSON)').setInputFiles(fileOf('{"ok": 1}'));
      await page.getByText('This is no report of scenarios.').waitFor();
      await page.getByLabel('Report (JSON)').setInputFiles(fileOf(TEST_REPORT));
      await page.getByText('3 runs, 2 of them with something that does not hold.').waitFor();
      const run = page.getByRole('region', { name: `${HOSTILE} · seed=2` });
      await run.getByText('The container keeps ending.').waitFor();
      await run.getByText('shop/scenario.yaml:15:5').waitFor();
      expect(await run.locator('.lane-violation').getAttribute('style')).toBe('left: 50%;');
      const held = run.getByRole('listitem').filter({ hasText: 'phase("pod/x")' });
      await held.getByText('00:00:15 – 00:00:45').waitFor();
      await held.getByText('shop/scenario.yaml:20:5').waitFor();
      const lane = (await held.locator('.lane').boundingBox()) ?? { x: 0, width: 1 };
      const bar = (await held.locator('.lane-held').boundingBox()) ?? { x: 0, width: 0 };
      expect([(bar.x - lane.x) / lane.width, bar.width / lane.width]).toEqual([expect.closeTo(0.25, 2), expect.closeTo(0.5, 2)]);
      await page.getByRole('region', { name: 'good' }).getByText('everything holds').waitFor();
      await page.getByRole('region', { name: 'bad' }).getByText('bad.yaml:2:1 steps is required').waitFor();
      expect(await page.evaluate('window.hit')).toBeUndefined();
      expect(await violationsOf(page)).toEqual([]);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'of an exploration becomes a cluster in which it fails',
    async () => {
      const { page, errors } = await openTab(browser, `${test.url}/#/report`, {
        viewport: { width: 360, height: 800 },
        colorScheme: 'dark',
      });
      await page.getByLabel('Report (JSON)').setInputFiles(fileOf(EXPLORATION));
      await page.getByRole('region', { name: 'explored' }).waitFor();
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.getByText('held in all runs').waitFor();
      await page.getByRole('button', { name: 'Show it in a cluster' }).click();
      // Whatever its steps did: the cluster is that of the run, at the moment at which it failed.
      await page.waitForURL(/#\/clusters\//);
      await page.getByTestId('elapsed').waitFor();
      const [, name = ''] = /#\/clusters\/([^?]+)/.exec(page.url()) ?? [];
      await page.getByText(/^You look at the past: 00:01:30/).waitFor();
      const node = async (one: string) => (await test.http.get(`/clusters/${name}/api/v1/nodes/${one}`)).body;
      expect((await node('node-1')).status.conditions.find(({ type }: { type: string }) => type === 'Ready').status).toBe('Unknown');
      expect((await node('node-2')).spec.unschedulable).toBe(true);
      expect((await test.http.get(`/clusters/${name}/api/v1/namespaces/default/pods/app`)).body.metadata.labels).toEqual({ tier: 'front' });
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('reading', () => {
  it('takes what the service answers to a run', async () => {
    const scenario = { ...SCENARIO, metadata: { name: 'served' }, steps: [{ advance: '1m' }, { expect: { ready: 'pod/app', equals: 2 } }] };
    const { body, status } = await test.http.post('/v1/scenarios/runs').send(scenario);
    expect(status).toBe(200);
    const runs = readReport(JSON.stringify(body));
    expect(runs).toMatchObject([{ title: 'served', isGood: false, fromMs: START_MS, toMs: START_MS + 60_000 }]);
    expect(runs?.[0]?.violations).toHaveLength(1);
    const always = [{ restarts: 'pod/app' }];
    const explored = await test.http
      .post('/v1/scenarios/explorations?faults=container-kill&for=1m')
      .send({ ...scenario, steps: [{ wait: SCENARIO.steps[0]?.wait }], always });
    const [run] = readReport(JSON.stringify(explored.body)) ?? [];
    expect(run?.violations).toMatchObject([
      { expected: 'restarts("pod/app") == 0', strikes: [{ what: expect.stringMatching(/^container-kill/) }] },
    ]);
    expect(run?.violations[0]?.scenario).toBeDefined();
  });

  it.each(['', '[]', '{"ok": true}', 'null', '{"items": []}'])('takes nothing else, such as %s', (text) => {
    expect(readReport(text)).toBeUndefined();
  });
});
