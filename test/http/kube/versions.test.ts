// One kind in two versions: HorizontalPodAutoscalers are stored as autoscaling/v2 and served as autoscaling/v1 too.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPLY, MERGE, STRATEGIC, send } from '../../support/kube-client.ts';
import { createTestCluster, type TestCluster } from './server.ts';

type Body = Record<string, unknown> & { metadata: { annotations?: Record<string, string>; resourceVersion: string } };

let cluster: TestCluster;

beforeEach(() => {
  cluster = createTestCluster({ nodes: 0 });
});

afterEach(async () => {
  await cluster.remove();
});

const PLURAL = 'namespaces/default/horizontalpodautoscalers';
const V1 = `/apis/autoscaling/v1/${PLURAL}`;
const V2 = `/apis/autoscaling/v2/${PLURAL}`;
const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };

async function created(version: 'v1' | 'v2', spec: object): Promise<Body> {
  const manifest = { kind: 'HorizontalPodAutoscaler', apiVersion: `autoscaling/${version}`, metadata: { name: 'web' } };
  const answer = await send(cluster, 'POST', version === 'v1' ? V1 : V2, {
    ...manifest,
    spec: { scaleTargetRef, maxReplicas: 3, ...spec },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

describe('v1', () => {
  it('C602 O13 C622 what is created as v1 is answered as v1 and stored as v2', async () => {
    const body = await created('v1', { targetCPUUtilizationPercentage: 60 });
    expect(body).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 60 },
      status: { currentReplicas: 0, desiredReplicas: 0 },
    });
    const { body: stored } = await send(cluster, 'GET', `${V2}/web`);
    expect(stored).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }] },
      status: { desiredReplicas: 0, currentMetrics: null },
    });
  });

  it('C602 without a target it is 80', async () => {
    expect(await created('v1', {})).toMatchObject({ spec: { targetCPUUtilizationPercentage: 80 } });
  });

  it('K3 its fields are owned under their own names', async () => {
    const body = await created('v1', { targetCPUUtilizationPercentage: 60 });
    const managed = (value: Body): object[] => (value.metadata as unknown as { managedFields: object[] }).managedFields;
    const fields = { 'f:maxReplicas': {}, 'f:minReplicas': {}, 'f:scaleTargetRef': {}, 'f:targetCPUUtilizationPercentage': {} };
    expect(managed(body)).toMatchObject([{ apiVersion: 'autoscaling/v1', operation: 'Update', fieldsV1: { 'f:spec': fields } }]);
  });

  it('what it has no fields for stands in annotations, and comes back from them', async () => {
    const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } };
    const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
    const packets = { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } };
    const hits = {
      type: 'Object',
      object: { describedObject: { kind: 'Service', name: 's' }, target: { type: 'Value', value: '10' }, metric: { name: 'hits' } },
    };
    const queue = {
      type: 'External',
      external: { metric: { name: 'queue', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '30' } },
    };
    const one = {
      type: 'ContainerResource',
      containerResource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 10 }, container: 'c' },
    };
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    const others = [memory, packets, hits, queue, one];
    const stored = await created('v2', { metrics: [cpu, ...others], behavior });
    const { body: shown } = await send(cluster, 'GET', `${V1}/web`);
    expect(shown).toMatchObject({ spec: { targetCPUUtilizationPercentage: 50 } });
    const annotations = shown.metadata.annotations ?? {};
    expect(annotations['autoscaling.alpha.kubernetes.io/metrics']).toMatch(
      /^\[\{"type":"Resource","resource":\{"name":"memory","targetAverageValue":"1Gi"\}\},\{"type":"Pods","pods":\{"metricName":"packets",/,
    );
    expect(annotations['autoscaling.alpha.kubernetes.io/behavior']).toContain(
      '{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max"',
    );
    const { body: answered, status } = await send(cluster, 'PUT', `${V1}/web`, {
      ...shown,
      spec: { ...(shown['spec'] as object), maxReplicas: 7 },
    });
    expect(status, JSON.stringify(answered)).toBe(200);
    const { body: after } = await send(cluster, 'GET', `${V2}/web`);
    const { behavior: rules } = stored['spec'] as { behavior: object };
    expect(after['spec']).toEqual({ scaleTargetRef, minReplicas: 1, maxReplicas: 7, metrics: [...others, cpu], behavior: rules });
    expect(after.metadata.annotations).toBeUndefined();
  });

  it('J1 C13 patches work on its own fields', async () => {
    await created('v1', { targetCPUUtilizationPercentage: 60 });
    for (const [percentage, headers] of [MERGE, STRATEGIC].entries()) {
      const patch = { spec: { targetCPUUtilizationPercentage: percentage + 1, maxReplicas: 9 } };
      const { status, body } = await send(cluster, 'PATCH', `${V1}/web`, patch, headers);
      expect([status, body['spec']]).toMatchObject([200, { targetCPUUtilizationPercentage: percentage + 1, maxReplicas: 9 }]);
    }
    const wrong = await send(cluster, 'PATCH', `${V1}/web`, { spec: { maxReplicas: 'x' } }, MERGE);
    expect(wrong.status).toBe(422);
    const missing = await send(cluster, 'PATCH', `${V1}/none`, {}, MERGE);
    expect(missing.status).toBe(404);
    const refused = await send(cluster, 'PATCH', `${V1}/web`, { spec: { maxReplicas: 0 } }, MERGE);
    expect(refused.body['message']).toContain('spec.maxReplicas: Invalid value: 0: must be greater than 0');
    const apply = { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v1', metadata: { name: 'web' }, spec: { maxReplicas: 4 } };
    const applied = await send(cluster, 'PATCH', `${V1}/web?fieldManager=me&force=true`, apply, APPLY);
    expect(applied.body).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { maxReplicas: 4 } });
  });

  it('C11 unknown fields and wrong kinds are told of in its words', async () => {
    const manifest = { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v1', metadata: { name: 'web' } };
    const spec = { scaleTargetRef, maxReplicas: 3, metrics: [] };
    const strict = await send(cluster, 'POST', `${V1}?fieldValidation=Strict`, { ...manifest, spec });
    expect(strict.body['message']).toBe(
      'HorizontalPodAutoscaler in version "v1" cannot be handled as a HorizontalPodAutoscaler: strict decoding error: unknown field "spec.metrics"',
    );
    const other = await send(cluster, 'POST', V2, { ...manifest, spec });
    expect(other.body['message']).toBe(
      'the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)',
    );
  });

  it('lists, watches, tables and deletions speak it too', async () => {
    await created('v2', {});
    const { body: list } = await send(cluster, 'GET', V1);
    expect(list).toMatchObject({ apiVersion: 'autoscaling/v1', items: [{ spec: { targetCPUUtilizationPercentage: 80 } }] });
    const watch = await cluster.fetch(`${V1}?watch=true&resourceVersion=${(list.metadata as { resourceVersion: string }).resourceVersion}`);
    await send(cluster, 'PATCH', `${V2}/web`, { metadata: { labels: { a: 'b' } } }, MERGE);
    const reader = watch.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await reader?.cancel();
    expect(JSON.parse(new TextDecoder().decode(value as Uint8Array))).toMatchObject({
      type: 'MODIFIED',
      object: { apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 80 } },
    });
    const response = await cluster.fetch(V1, { headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
    expect(((await response.json()) as { rows: { cells: unknown[] }[] }).rows[0]?.cells.slice(0, 4)).toEqual([
      'web',
      'Deployment/web',
      'cpu: <unknown>/80%',
      '1',
    ]);
    const removed = await send(cluster, 'DELETE', V1);
    expect(removed.body).toMatchObject({ apiVersion: 'autoscaling/v1', items: [{ spec: { targetCPUUtilizationPercentage: 80 } }] });
  });

  it('B3 the group prefers v2', async () => {
    const { body } = await send(cluster, 'GET', '/apis/autoscaling');
    expect(body).toMatchObject({ versions: [{ version: 'v2' }, { version: 'v1' }], preferredVersion: { version: 'v2' } });
  });
});

it('L13 D7 evictions are taken in both versions that there were', async () => {
  const pod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  for (const version of ['v1', 'v1beta1']) {
    expect((await send(cluster, 'POST', '/api/v1/namespaces/default/pods', pod)).status).toBe(201);
    const body = { kind: 'Eviction', apiVersion: `policy/${version}`, metadata: { name: 'p' } };
    const evicted = await send(cluster, 'POST', '/api/v1/namespaces/default/pods/p/eviction', body);
    expect({ status: evicted.status, body: evicted.body }).toEqual({
      status: 201,
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    });
  }
  const wrong = { kind: 'Eviction', apiVersion: 'policy/v2', metadata: { name: 'p' } };
  expect((await send(cluster, 'POST', '/api/v1/namespaces/default/pods/p/eviction', wrong)).status).toBe(400);
  const { body: discovered } = await send(cluster, 'GET', '/api/v1');
  expect((discovered as unknown as { resources: object[] }).resources).toContainEqual({
    name: 'pods/eviction',
    singularName: '',
    namespaced: true,
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
    verbs: ['create'],
  });
});

describe('events of both groups', () => {
  const CORE = '/api/v1/namespaces/default/events';
  const NEWER = '/apis/events.k8s.io/v1/namespaces/default/events';
  const newer = (fields: object = {}): object => ({
    metadata: { name: 'e' },
    eventTime: '2025-01-01T00:00:00.000000Z',
    reportingController: 'example.com/robot',
    reportingInstance: 'robot-1',
    action: 'Look',
    reason: 'Looked',
    regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
    note: 'nothing there',
    type: 'Normal',
    ...fields,
  });

  it('T1 B12 are the same objects under other names', async () => {
    const made = await send(cluster, 'POST', NEWER, newer());
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({ apiVersion: 'events.k8s.io/v1', kind: 'Event', note: 'nothing there', deprecatedSource: {} });
    const { body: core } = await send(cluster, 'GET', `${CORE}/e`);
    expect(core).toMatchObject({
      apiVersion: 'v1',
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      message: 'nothing there',
      reportingComponent: 'example.com/robot',
      reportingInstance: 'robot-1',
      eventTime: '2025-01-01T00:00:00.000000Z',
      firstTimestamp: null,
    });
    const old = {
      metadata: { name: 'o' },
      involvedObject: { namespace: 'default', name: 'q' },
      message: 'm',
      count: 3,
      source: { component: 'c' },
    };
    expect((await send(cluster, 'POST', CORE, old)).status).toBe(201);
    expect((await send(cluster, 'GET', `${NEWER}/o`)).body).toMatchObject({
      regarding: { name: 'q' },
      note: 'm',
      deprecatedCount: 3,
      deprecatedSource: { component: 'c' },
    });
    const { body: list } = await send(cluster, 'GET', NEWER);
    expect(list).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1', items: [{ note: 'nothing there' }, { note: 'm' }] });
    for (const [path, selector, names] of [
      [NEWER, 'deprecatedSource=c', 400],
      [NEWER, 'reportingController=example.com/robot', ['e']],
      [NEWER, 'regarding.name=q', ['o']],
      [NEWER, 'regarding.name!=q', ['e']],
      [NEWER, 'involvedObject.name=q', 400],
      [CORE, 'reportingComponent=example.com/robot', ['e']],
    ] as const) {
      const { status, body } = await send(cluster, 'GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`);
      const found = (body as unknown as { items?: readonly { metadata: { name: string } }[] }).items?.map(({ metadata }) => metadata.name);
      expect([selector, found ?? status]).toEqual([selector, names]);
    }
    expect((await send(cluster, 'DELETE', `${NEWER}/e`)).status).toBe(200);
    expect((await send(cluster, 'GET', `${CORE}/e`)).status).toBe(404);
  });

  it('T1 a watch of the newer group shows its names', async () => {
    const response = await cluster.fetch(`${NEWER}?watch=true&timeoutSeconds=1`);
    await send(cluster, 'POST', CORE, { metadata: { name: 'w' }, involvedObject: { namespace: 'default' }, message: 'm' });
    const [line = ''] = (await response.text()).split('\n');
    expect(JSON.parse(line)).toMatchObject({
      type: 'ADDED',
      object: { apiVersion: 'events.k8s.io/v1', note: 'm', regarding: { namespace: 'default' } },
    });
  });

  it.each([
    ['reportingController', { reportingController: '' }, 'reportingController: Required value'],
    ['action', { action: '' }, 'action: Required value'],
    ['eventTime', { eventTime: null }, 'eventTime: Required value'],
    ['type', { type: 'Other' }, 'type: Invalid value: "": has invalid value: Other'],
    ['count', { deprecatedCount: 2 }, 'count: Invalid value: "": needs to be unset'],
    [
      'a series of one',
      { series: { count: 1, lastObservedTime: '2025-01-01T00:00:00.000000Z' } },
      'series.count: Invalid value: "": should be at least 2',
    ],
    ['a long note', { note: 'x'.repeat(1_025) }, 'message: Invalid value: "": can have at most 1024 characters'],
  ])('P10 the newer group refuses %s', async (_name, fields, text) => {
    const { status, body } = await send(cluster, 'POST', NEWER, newer(fields));
    expect([status, body['message']]).toEqual([422, expect.stringContaining(text)]);
  });

  it('P10 what was noted stays, when the newer group writes', async () => {
    const { body } = await send(cluster, 'POST', NEWER, newer());
    const { status, body: refused } = await send(cluster, 'PUT', `${NEWER}/e`, { ...body, note: 'another' });
    expect([status, refused['message']]).toEqual([
      422,
      'Event.events.k8s.io "e" is invalid: message: Invalid value: "another": field is immutable',
    ]);
    expect(
      (await send(cluster, 'PUT', `${CORE}/e`, { ...(await send(cluster, 'GET', `${CORE}/e`)).body, message: 'another' })).status,
    ).toBe(200);
  });
});
