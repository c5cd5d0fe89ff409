// Objects and clusters over time: conditions as lanes, numbers as curves.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { amountOf, countsOf } from '../../src/web/history/counts.ts';
import { type Change, ObjectHistory } from '../../src/web/history/object-history.ts';
import { launchBrowser, openTab, pageFiles } from '../support/page.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PATIENCE_MS = 60_000;
const START_MS = Date.parse('2025-01-01T00:00:00Z');

/** The probe fails from the fortieth second of the container on. */
const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: registry.example/app, resources: {requests: {cpu: 100m}}}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: fragile
  annotations: {orrery.sim/behavior.app: '{"http": [{"path": "/health", "status": 500, "from": "40s", "until": "80s"}, {"path": "/health", "status": 200}]}'}
spec:
  containers: [{name: app, image: registry.example/app, readinessProbe: {httpGet: {path: /health, port: 80}, periodSeconds: 5, failureThreshold: 1}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 1
  maxReplicas: 4
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
`;

let browser: Browser;
let test: TestService;
beforeAll(async () => {
  browser = await launchBrowser();
  test = await startTestService({ page: await pageFiles() });
  const images = { 'registry.example/app': { http: [{ path: '/', status: 200 }], cpu: [{ value: '80m' }] } };
  await test.http.post('/v1/clusters').send({ name: 'seen', images }).expect(201);
  await test.http.post('/v1/clusters/seen/manifests').set('Content-Type', 'application/yaml').send(MANIFESTS).expect(200);
  await test.http.post('/v1/clusters/seen/clock/advance').send({ by: '3m' }).expect(200);
}, PATIENCE_MS);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser.close();
  await test.close();
});

describe('an object over time', () => {
  it(
    'has its conditions as lanes, and each turn of one is a moment to go to',
    async () => {
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/seen?object=pods/default/fragile&tab=history`);
      const ready = page.locator('.conditions details').filter({ hasText: /^Ready\b/ });
      await ready.waitFor();
      expect(await page.locator('.conditions .condition-name bdi:first-child').allTextContents()).toEqual(
        expect.arrayContaining(['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']),
      );
      await ready.locator('summary').focus();
      await page.keyboard.press('Enter');
      const turns = ready.locator('.turns-of-condition li');
      await turns.first().waitFor();
      expect(await turns.locator('strong').allTextContents()).toEqual(['True', 'False', 'True', 'False']);
      // One after the other, without a gap.
      const bars = await ready
        .locator('.condition-bar')
        .evaluateAll((all) => (all as unknown as { className: string }[]).map(({ className }) => className.split('is-')[1]));
      expect(bars).toEqual(['false', 'true', 'false', 'true']);
      await turns.nth(1).getByRole('button').click();
      await page.getByText(/^You look at the past/).waitFor();
      await ready.locator('summary').getByText('False', { exact: true }).waitFor();
      // What comes later goes on from what was read.
      await page.keyboard.press('b');
      await test.http
        .post('/v1/clusters/seen/faults')
        .send({ type: 'probe-fail', target: { pod: 'fragile' }, for: '30s' })
        .expect(201);
      await test.http.post('/v1/clusters/seen/clock/advance').send({ by: '20s' }).expect(200);
      await expect.poll(() => turns.count(), { timeout: 10_000 }).toBe(5);
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'has what it counts as curves, which come when somebody looks',
    async () => {
      const { page, errors } = await openTab(browser, `${test.url}/#/clusters/seen`);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.getByTestId('elapsed').waitFor();
      expect(asked.filter((url) => url.includes('draw-curves'))).toEqual([]);
      await page.evaluate("location.hash += '?object=horizontalpodautoscalers.autoscaling/default/web&tab=history'");
      const counts = page.getByRole('group', { name: 'What it counts' });
      await counts.locator('canvas').waitFor();
      expect(asked.filter((url) => url.includes('draw-curves'))).toHaveLength(1);
      expect(await counts.locator('li').allTextContents()).toEqual(expect.arrayContaining([expect.stringMatching(/spec\.maxReplicas 4$/)]));
      const metric = page.getByRole('group', { name: 'cpu %' });
      expect(await metric.locator('li').allTextContents()).toEqual([
        expect.stringMatching(/target 50$/),
        expect.stringMatching(/current 80$/),
      ]);
      // Where it is clicked, the page goes: to the middle.
      await counts.locator('.u-over').click();
      await page.getByText(/^You look at the past: 00:01:/).waitFor();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'and of a node or a cluster the pods by state, as they were at the moment that is shown',
    async () => {
      const hash = '#/clusters/seen?view=curves&object=nodes//node-1&tab=history&at=2025-01-01T00:01:10Z';
      const { page, errors } = await openTab(browser, `${test.url}/${hash}`);
      const pods = page.getByRole('region', { name: 'Curves' }).getByRole('group', { name: 'Pods by state' });
      await pods.locator('canvas').waitFor();
      const all = async () =>
        Object.fromEntries((await pods.locator('li').allTextContents()).map((words) => words.trim().split(/ (?=\d+$)/)));
      const { body } = await test.http.get('/v1/clusters/seen/timeline?resource=pods&at=2025-01-01T00:01:10Z');
      const states = (body.rows as { kind: string; end?: string; spans: { state: string }[] }[])
        .filter(({ kind, end }) => kind === 'pod' && end === undefined)
        .map(({ spans }) => spans.at(-1)?.state);
      expect(states).toContain('Running');
      expect(await all()).toMatchObject({
        Ready: String(states.filter((state) => state === 'Ready').length),
        'Running, not ready': String(states.filter((state) => state === 'Running').length),
      });
      await page.getByRole('region', { name: 'Curves' }).getByRole('group', { name: 'Nodes by state' }).getByText('Ready 3').waitFor();
      await page.getByRole('complementary').getByRole('group', { name: 'Pods by state' }).locator('canvas').waitFor();
      await page.getByRole('complementary').getByText('MemoryPressure').waitFor();
      expect(errors).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('a history', () => {
  const change = (seconds: number, type: Change['type'], status: object): Change => ({
    type,
    time: new Date(START_MS + seconds * 1000).toISOString(),
    object: { metadata: { name: 'x' }, status } as never,
  });
  const told = (history: ObjectHistory, type: string) =>
    history.conditions.get(type)?.map(({ fromMs, state }) => `${(fromMs - START_MS) / 1000} ${state}`.trim());

  it('is of turns alone, ends with the object, and goes on with the next of its name', () => {
    const history = new ObjectHistory();
    history.take(change(1, 'ADDED', { conditions: [{ type: 'Ready', status: 'False', reason: 'A' }] }));
    history.take(change(2, 'MODIFIED', { conditions: [{ type: 'Ready', status: 'False', reason: 'A', message: 'other words' }] }));
    history.take(change(3, 'MODIFIED', { conditions: [{ type: 'Ready', status: 'False', reason: 'B' }], replicas: 1 }));
    history.take(change(4, 'MODIFIED', { replicas: 1 }));
    history.take(change(5, 'DELETED', { conditions: [{ type: 'Ready', status: 'True' }] }));
    expect(told(history, 'Ready')).toEqual(['1 False', '3 False', '4']);
    expect(history.endMs).toBe(START_MS + 5_000);
    expect(history.numbers.get('counts status.replicas')?.steps.map(({ value }) => value)).toEqual([1, null]);
    history.take(change(6, 'ADDED', { conditions: [{ type: 'Ready', status: 'True' }] }));
    expect(told(history, 'Ready')).toEqual(['1 False', '3 False', '4', '6 True']);
    expect(history.endMs).toBeUndefined();
  });

  it('that is retained no more begins where the first conditions say', () => {
    const history = new ObjectHistory();
    const conditions = [
      { type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:07Z' },
      { type: 'Odd', status: 'True', lastTransitionTime: 'never' },
    ];
    history.take(change(100, 'MODIFIED', { conditions: [...conditions, 'hostile', null, { type: 1 }] }));
    expect([told(history, 'Ready'), told(history, 'Odd')]).toEqual([['7 True'], ['100 True']]);
  });

  it('forgets what is oldest', () => {
    const history = new ObjectHistory();
    for (let second = 0; second < 6_000; second += 1) history.take(change(second, 'MODIFIED', { replicas: second }));
    expect(history.numbers.get('counts status.replicas')?.steps).toHaveLength(5_000);
    expect(history.numbers.get('counts status.replicas')?.steps.at(-1)?.value).toBe(5_999);
  });

  it('knows the targets and values of metrics, restarts and counts', () => {
    const counts = countsOf({
      metadata: { name: 'x' },
      spec: { replicas: 3, metrics: [{ type: 'Pods', pods: { metric: { name: 'queue' }, target: { averageValue: '1500m' } } }] },
      status: {
        observedGeneration: 4,
        replicas: 2,
        containerStatuses: [{ name: 'app', restartCount: 5 }],
        currentMetrics: [{ type: 'Pods', pods: { metric: { name: 'queue' }, current: { averageValue: '2' } } }],
      },
    });
    expect(counts.map(({ key, value }) => `${key} ${value}`)).toEqual([
      'counts spec.replicas 3',
      'counts status.replicas 2',
      'restarts app 5',
      'queue target 1.5',
      'queue current 2',
    ]);
  });

  it.each([
    ['250m', 0.25],
    ['2Gi', 2_147_483_648],
    [3, 3],
    ['1e3x', undefined],
    [undefined, undefined],
  ])('the quantity %s is %s', (written, number) => {
    expect(amountOf(written)).toBe(number);
  });
});
