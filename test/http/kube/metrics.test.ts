// The resource metrics API as `kubectl top` reads it.

import { afterEach, expect, it } from 'vitest';
import { CLUSTER_NAME, createTestCluster, type TestCluster } from './server.ts';

const BASE = '/apis/metrics.k8s.io/v1beta1';
const TIMING = { imagePull: '1s', workerJitter: 0.5 };

const clusters: TestCluster[] = [];

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.remove();
});

/** A cluster on 2025-01-01 with the pods `web` (two containers) and `plain`, which start after about 2 s. */
async function measuredCluster(seconds: number, timing: object = {}): Promise<TestCluster> {
  const cluster = createTestCluster({ nodes: 1, timing: { ...TIMING, ...timing } });
  clusters.push(cluster);
  const busy = { cpu: [{ value: '300m', until: '20s' }, { value: '100m' }], memory: '64Mi' };
  await post(cluster, 'web', { 'orrery.sim/behavior.a': JSON.stringify(busy) }, ['a', 'b']);
  await post(cluster, 'plain', {}, ['c']);
  await cluster.advance(seconds * 1000);
  return cluster;
}

async function post(cluster: TestCluster, name: string, annotations: object, containers: readonly string[]): Promise<void> {
  const body = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels: { app: name }, annotations },
    spec: { containers: containers.map((item) => ({ name: item, image: 'registry.example/app:v1' })) },
  };
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await cluster.fetch('/api/v1/namespaces/default/pods', request);
  expect(response.status).toBe(201);
}

async function get(
  cluster: TestCluster,
  path: string,
  accept = 'application/json',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await cluster.fetch(path, { headers: { Accept: accept } });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text } };
}

async function namesOf(cluster: TestCluster, path: string): Promise<readonly string[]> {
  const { body } = await get(cluster, path);
  return (body['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
}

it('T5 C630 metrics of a pod: the mean over the window, the memory at its end', async () => {
  const cluster = await measuredCluster(31);
  const { status, body } = await get(cluster, `${BASE}/namespaces/default/pods/web`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    kind: 'PodMetrics',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name: 'web', namespace: 'default', creationTimestamp: '2025-01-01T00:00:31Z', labels: { app: 'web' } },
    timestamp: '2025-01-01T00:00:30Z',
    window: '15s',
    containers: [
      { name: 'a', usage: { cpu: expect.stringMatching(/^\d+(?:m|u|n)$/) as string, memory: '64Mi' } },
      { name: 'b', usage: { cpu: '1m', memory: '10Mi' } },
    ],
  });
  await cluster.advance(30_000);
  const later = await get(cluster, `${BASE}/namespaces/default/pods/web`);
  expect(later.body['containers']).toMatchObject([{ usage: { cpu: '100m' } }, {}]);
});

it('C630 a pod is known from the first look on that comes ten seconds after its start', async () => {
  const cluster = await measuredCluster(14);
  expect((await get(cluster, `${BASE}/namespaces/default/pods/web`)).body).toMatchObject({
    code: 404,
    reason: 'NotFound',
    message: 'podmetrics.metrics.k8s.io "default/web" not found',
    details: { name: 'default/web', group: 'metrics.k8s.io', kind: 'podmetrics' },
  });
  expect((await get(cluster, `${BASE}/pods`)).body).toEqual({
    kind: 'PodMetricsList',
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {},
    items: [],
  });
  await cluster.advance(1000);
  const { body } = await get(cluster, `${BASE}/namespaces/default/pods/plain`);
  expect(body['timestamp']).toBe('2025-01-01T00:00:15Z');
  expect(body['window']).toMatch(/^1[0-4]\.\d+s$/);
});

it('T5 lists: namespaces, labels, fields, order', async () => {
  const cluster = await measuredCluster(31);
  expect(await namesOf(cluster, `${BASE}/pods`)).toEqual(['plain', 'web']);
  expect(await namesOf(cluster, `${BASE}/namespaces/default/pods?labelSelector=app%3Dweb`)).toEqual(['web']);
  expect(await namesOf(cluster, `${BASE}/namespaces/default/pods?fieldSelector=metadata.name%3Dplain`)).toEqual(['plain']);
  expect(await namesOf(cluster, `${BASE}/namespaces/kube-system/pods`)).toEqual([]);
  expect((await get(cluster, `${BASE}/pods?labelSelector=%21%21`)).status).toBe(400);
});

it('T5 metrics of a node: its own and those of its pods', async () => {
  const cluster = await measuredCluster(61);
  const { body } = await get(cluster, `${BASE}/nodes`);
  expect(body).toMatchObject({
    kind: 'NodeMetricsList',
    items: [{ metadata: { name: 'node-1' }, timestamp: '2025-01-01T00:01:00Z', window: '15s', usage: { cpu: '152m', memory: '596Mi' } }],
  });
  const one = await get(cluster, `${BASE}/nodes/node-1`);
  expect(one.body).toMatchObject({ kind: 'NodeMetrics', usage: { cpu: '152m' } });
});

it('T5 what is not there: the pod, the node, the verb, the resource', async () => {
  const cluster = await measuredCluster(1);
  const message = async (path: string): Promise<unknown> => (await get(cluster, path)).body['message'];
  expect(await message(`${BASE}/namespaces/default/pods/none`)).toBe('pods "none" not found');
  expect(await message(`${BASE}/namespaces/default/pods/web`)).toBe('pods "web" not found');
  expect(await message(`${BASE}/nodes/none`)).toBe('nodes "none" not found');
  expect(await message(`${BASE}/nodes/node-1`)).toBe('nodemetrics.metrics.k8s.io "node-1" not found');
  expect(await message(`${BASE}/services`)).toBe('the server could not find the requested resource');
  const written = await cluster.fetch(`${BASE}/nodes/node-1`, { method: 'DELETE' });
  expect(written.status).toBe(405);
});

it('N1 as a table', async () => {
  const cluster = await measuredCluster(61);
  const { body } = await get(cluster, `${BASE}/namespaces/default/pods`, 'application/json;as=Table;v=v1;g=meta.k8s.io');
  expect((body['columnDefinitions'] as { name: string }[]).map(({ name }) => name)).toEqual(['Name', 'cpu', 'memory', 'Window']);
  expect((body['rows'] as { cells: unknown }[]).map(({ cells }) => cells)).toEqual([
    ['plain', '1m', '10Mi', '15s'],
    ['web', '101m', '74Mi', '15s'],
  ]);
});

it('B12 C619 discovery tells of the group, but not where there is no metrics server', async () => {
  const groups = async (cluster: TestCluster): Promise<boolean> =>
    JSON.stringify((await get(cluster, '/apis')).body).includes('metrics.k8s.io/v1beta1');
  const cluster = await measuredCluster(1);
  expect(await groups(cluster)).toBe(true);
  expect((await get(cluster, BASE)).body).toEqual({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'metrics.k8s.io/v1beta1',
    resources: [
      { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
    ],
  });
  const without = await measuredCluster(61, { metricsResolution: 0 });
  expect(await groups(without)).toBe(false);
  expect((await get(without, BASE)).status).toBe(404);
  expect(await get(without, `${BASE}/pods`)).toEqual({ status: 404, body: { text: '404 page not found\n' } });
});

it('T5 who asks again until there are metrics waits, so that an auto clock goes on', async () => {
  const cluster = await measuredCluster(0);
  cluster.service.setClock(CLUSTER_NAME, { mode: 'running', rate: 'auto' });
  const path = `${BASE}/namespaces/default/pods`;
  let asked = 0;
  while ((await namesOf(cluster, path)).length < 2 && asked < 5) asked += 1;
  expect(asked).toBeGreaterThan(0);
  expect(await namesOf(cluster, path)).toEqual(['plain', 'web']);
});
