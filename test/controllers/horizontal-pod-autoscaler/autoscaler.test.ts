import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/engine/apimachinery/meta.ts';
import type { EventObject } from '../../../src/engine/kinds/event/types.ts';
import type { HorizontalPodAutoscaler } from '../../../src/engine/kinds/horizontalpodautoscaler/types.ts';
import { createTestCluster, replicaSet, START_MS, type TestCluster } from '../../support/engine.ts';
import { autoscaler, cpuTarget, loaded, statefulSet } from '../../support/workloads.ts';

const PATH = 'horizontalpodautoscalers.autoscaling/web';
const TIMING = { imagePull: '1s', workerJitter: 0.5 };

const NO_SERVER =
  'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

function stored(cluster: TestCluster): HorizontalPodAutoscaler {
  return cluster.get<HorizontalPodAutoscaler>(PATH);
}

function condition(cluster: TestCluster, type: string): Partial<Condition> {
  const found = stored(cluster).status.conditions?.find((item) => item.type === type);
  return { status: found?.status ?? 'Unknown', reason: found?.reason ?? '', message: found?.message ?? '' };
}

function replicas(cluster: TestCluster, path = 'deployments.apps/web'): number {
  return cluster.get<HorizontalPodAutoscaler & { spec: { replicas: number } }>(path).spec.replicas;
}

/** The events about the HPA itself, in the order they were first seen. */
function eventsOf(cluster: TestCluster): string[] {
  return cluster.changes
    .filter(({ resource, type }) => resource === 'events' && type === 'ADDED')
    .map(({ object }) => object as unknown as EventObject)
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler' && involvedObject.name === 'web')
    .map(({ type, reason, message }) => `${type} ${reason} "${message}"`);
}

/** `second: replicas` of each change of the Deployment's replicas. */
function steps(cluster: TestCluster): string[] {
  const lines: string[] = [];
  let last = -1;
  for (const { resource, object, timeMs } of cluster.changes) {
    const { spec } = object as unknown as { spec: { replicas: number } };
    if (resource !== 'deployments.apps' || spec.replicas === last) continue;
    last = spec.replicas;
    lines.push(`${(timeMs - START_MS) / 1000}: ${last}`);
  }
  return lines;
}

describe('looks', () => {
  it('C601 C619 the recording of a cluster without a metrics server', () => {
    const cluster = createTestCluster({ nodes: 2, timing: { ...TIMING, metricsResolution: 0 } });
    const { status: created } = cluster.create<HorizontalPodAutoscaler>(autoscaler('web', 3, { minReplicas: 2 }));
    cluster.create(loaded('web', 1, {}));
    expect(created).toEqual({ desiredReplicas: 0, currentMetrics: null });
    cluster.advanceTo(14_999);
    expect(stored(cluster).status.conditions).toBeUndefined();
    cluster.advanceTo(15_000);
    expect(stored(cluster).status).toEqual({
      lastScaleTime: '2026-01-01T00:00:15Z',
      currentReplicas: 1,
      desiredReplicas: 2,
      currentMetrics: null,
      conditions: [
        {
          type: 'AbleToScale',
          status: 'True',
          lastTransitionTime: '2026-01-01T00:00:15Z',
          reason: 'SucceededRescale',
          message: 'the HPA controller was able to update the target scale to 2',
        },
      ],
    });
    cluster.advanceTo(30_000);
    expect(stored(cluster).status).toEqual({
      lastScaleTime: '2026-01-01T00:00:15Z',
      currentReplicas: 2,
      desiredReplicas: 2,
      currentMetrics: [{ type: '' }],
      conditions: [
        {
          type: 'AbleToScale',
          status: 'True',
          lastTransitionTime: '2026-01-01T00:00:15Z',
          reason: 'SucceededGetScale',
          message: "the HPA controller was able to get the target's current scale",
        },
        {
          type: 'ScalingActive',
          status: 'False',
          lastTransitionTime: '2026-01-01T00:00:30Z',
          reason: 'FailedGetResourceMetric',
          message: `the HPA was unable to compute the replica count: ${NO_SERVER}`,
        },
      ],
    });
    expect(eventsOf(cluster)).toEqual([
      'Normal SuccessfulRescale "New size: 2; reason: Current number of replicas below Spec.MinReplicas"',
      `Warning FailedGetResourceMetric "${NO_SERVER}"`,
      `Warning FailedComputeMetricsReplicas "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${NO_SERVER}"`,
    ]);
  });

  it('C601 an edit causes no look; C603 above the maximum', () => {
    const cluster = createTestCluster({ nodes: 2, timing: TIMING });
    cluster.create(loaded('web', 4, {}));
    cluster.create(autoscaler('web', 5));
    cluster.advance(10_000);
    cluster.patch(PATH, { spec: { maxReplicas: 3 } });
    cluster.advance(4_999);
    expect(replicas(cluster)).toBe(4);
    cluster.advance(1);
    expect(replicas(cluster)).toBe(3);
    expect(eventsOf(cluster)).toEqual([
      'Normal SuccessfulRescale "New size: 3; reason: Current number of replicas above Spec.MaxReplicas"',
    ]);
  });

  it('C603 C615 a target of zero is left alone', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(loaded('web', 0, {}));
    cluster.create(autoscaler('web', 3));
    cluster.advance(15_000);
    expect(condition(cluster, 'ScalingActive')).toEqual({
      status: 'False',
      reason: 'ScalingDisabled',
      message: 'scaling is disabled since the replica count of the target is zero',
    });
    expect(stored(cluster).status).toMatchObject({ desiredReplicas: 0 });
  });

  it.each<[string, object, string]>([
    ['a target that is not there', { kind: 'Deployment', name: 'none', apiVersion: 'apps/v1' }, 'deployments.apps "none" not found'],
    ['a StatefulSet that is not there', { kind: 'StatefulSet', name: 'none', apiVersion: 'apps/v1' }, 'statefulsets.apps "none" not found'],
    [
      'a ReplicaSet that is not there',
      { kind: 'ReplicaSet', name: 'none', apiVersion: 'apps/v1' },
      'replicasets/scale.apps "none" not found',
    ],
    [
      'a kind that is not known',
      { kind: 'Foo', name: 'x', apiVersion: 'example.com/v1' },
      'no matches for kind "Foo" in group "example.com"',
    ],
    ['a kind without a scale', { kind: 'DaemonSet', name: 'x', apiVersion: 'apps/v1' }, 'the server could not find the requested resource'],
    ['a version that cannot be', { kind: 'Foo', name: 'x', apiVersion: 'a/b/c' }, 'unexpected GroupVersion string: a/b/c'],
  ])('C614 C618 %s', (_name, scaleTargetRef, problem) => {
    const cluster = createTestCluster();
    cluster.create(autoscaler('web', 3, { scaleTargetRef }));
    cluster.advance(15_000);
    expect(condition(cluster, 'AbleToScale')).toEqual({
      status: 'False',
      reason: 'FailedGetScale',
      message: `the HPA controller was unable to get the target's current scale: ${problem}`,
    });
    expect(eventsOf(cluster)).toEqual([`Warning FailedGetScale "${problem}"`]);
  });

  it('C615 two HPAs for the same pods', () => {
    const cluster = createTestCluster({ nodes: 1, timing: TIMING });
    cluster.create(loaded('web', 1, {}));
    cluster.create(autoscaler('web', 3));
    cluster.create({ ...autoscaler('web', 3), metadata: { name: 'other' } });
    cluster.advance(30_000);
    const message = 'pods by selector app=web are controlled by multiple HPAs: [default/other default/web]';
    expect(condition(cluster, 'ScalingActive')).toEqual({ status: 'False', reason: 'AmbiguousSelector', message });
    expect(eventsOf(cluster)).toContain(`Warning AmbiguousSelector "${message}"`);
  });

  it('C602 C601 one that is made anew begins anew', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(loaded('web', 5, {}));
    cluster.create(autoscaler('web', 3));
    cluster.advance(10_000);
    cluster.remove(PATH);
    cluster.create(autoscaler('web', 3));
    cluster.advance(14_000);
    expect(replicas(cluster)).toBe(5);
    cluster.advance(1_000);
    expect(replicas(cluster)).toBe(3);
  });
});

describe('load', () => {
  it('C604 C613 C615 C618 C620 up by the share of CPU', () => {
    const cluster = createTestCluster({ nodes: 3, timing: TIMING });
    cluster.create(loaded('web', 2, { cpu: '200m' }));
    cluster.create(autoscaler('web', 10, { metrics: [cpuTarget(50)] }));
    cluster.advanceTo(45_000);
    expect(steps(cluster)).toEqual(['0: 2', '30: 4']);
    expect(stored(cluster).status).toMatchObject({
      lastScaleTime: '2026-01-01T00:00:30Z',
      currentReplicas: 4,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 100, averageValue: '200m' } } }],
    });
    expect(eventsOf(cluster)).toContain(
      'Normal SuccessfulRescale "New size: 4; reason: cpu resource utilization (percentage of request) above target"',
    );
    expect(condition(cluster, 'ScalingActive')).toEqual({
      status: 'True',
      reason: 'ValidMetricFound',
      message: 'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
    });
    expect(cluster.events('deployments.apps/web').at(-1)).toMatch(/Scaled up replica set web-\w+ from 2 to 4/);
  });

  it('C606 C619 before the first sample there is nothing to go by', () => {
    const cluster = createTestCluster({ nodes: 1, timing: TIMING });
    cluster.create(loaded('web', 1, { cpu: '200m' }));
    cluster.create(autoscaler('web', 3));
    cluster.advanceTo(10_000);
    cluster.advanceTo(15_000);
    const texts = eventsOf(cluster).join('\n');
    expect(texts).toContain('did not receive metrics for targeted pods (pods might be unready)');
  });

  it('C625 C614 down five minutes after the last higher proposal', () => {
    const cluster = createTestCluster({ nodes: 3, timing: TIMING });
    const cpu = [{ value: '100m', until: '2m' }, { value: '10m' }];
    cluster.create(loaded('web', 4, { cpu }));
    cluster.create(autoscaler('web', 10, { metrics: [cpuTarget(50)] }));
    cluster.advanceTo(180_000);
    expect(replicas(cluster)).toBe(4);
    expect(condition(cluster, 'AbleToScale')).toMatchObject({ reason: 'ScaleDownStabilized' });
    expect(stored(cluster).status.currentMetrics?.[0]?.resource?.current.averageUtilization).toBe(5);
    cluster.advanceTo(600_000);
    expect(steps(cluster)).toEqual(['0: 4', '435: 1']);
    expect(eventsOf(cluster).at(-1)).toBe('Normal SuccessfulRescale "New size: 1; reason: All metrics below target"');
    expect(condition(cluster, 'AbleToScale')).toMatchObject({ reason: 'ReadyForNewScale' });
    expect(condition(cluster, 'ScalingLimited')).toEqual({
      status: 'False',
      reason: 'DesiredWithinRange',
      message: 'the desired count is within the acceptable range',
    });
  });

  it('C612 C621 policies set the pace; a user competes', () => {
    const cluster = createTestCluster({ nodes: 3, timing: TIMING });
    cluster.create(loaded('web', 2, { cpu: '400m' }));
    const scaleUp = { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] };
    cluster.create(autoscaler('web', 6, { metrics: [cpuTarget(50)], behavior: { scaleUp } }));
    cluster.advanceTo(100_000);
    expect(steps(cluster)).toEqual(['0: 2', '30: 3', '90: 4']);
    expect(condition(cluster, 'ScalingLimited')).toMatchObject({ status: 'True', reason: 'ScaleUpLimit' });
    cluster.patch('deployments.apps/web', { spec: { replicas: 1 } });
    cluster.advanceTo(200_000);
    expect(steps(cluster).slice(3)).toEqual(['100: 1', '150: 2']);
  });

  it('C610 the largest proposal wins; with a metric that fails there is no way down', () => {
    const cluster = createTestCluster({ nodes: 3, timing: TIMING });
    cluster.create(loaded('web', 2, { cpu: '50m', memory: '200Mi' }, { cpu: '200m', memory: '100Mi' }));
    const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } };
    const packets = { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } };
    cluster.create(autoscaler('web', 10, { metrics: [cpuTarget(50), memory, packets] }));
    cluster.advanceTo(20_000);
    expect(replicas(cluster)).toBe(4);
    expect(eventsOf(cluster)).toContain('Normal SuccessfulRescale "New size: 4; reason: memory resource above target"');
    cluster.patch(PATH, { spec: { metrics: [cpuTarget(50), packets] } });
    cluster.advanceTo(400_000);
    expect(replicas(cluster)).toBe(4);
    const text =
      'unable to get metric packets: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
    expect(condition(cluster, 'ScalingActive')).toEqual({
      status: 'False',
      reason: 'FailedGetPodsMetric',
      message: `the HPA was unable to compute the replica count: ${text}`,
    });
    expect(eventsOf(cluster)).toContain(
      `Warning FailedComputeMetricsReplicas "invalid metrics (1 invalid out of 2), first error is: failed to get pods metric value: ${text}"`,
    );
  });

  it.each<[string, object, string]>([
    [
      'of an object',
      {
        type: 'Object',
        object: {
          describedObject: { apiVersion: 'v1', kind: 'Service', name: 'front' },
          metric: { name: 'hits' },
          target: { type: 'Value', value: '10' },
        },
      },
      'Warning FailedGetObjectMetric "unable to get metric hits: Service on default front/unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"',
    ],
    [
      'from outside',
      {
        type: 'External',
        external: { metric: { name: 'queue', selector: { matchLabels: { a: 'b' } } }, target: { type: 'Value', value: '10' } },
      },
      'Warning FailedGetExternalMetric "unable to get external metric default/queue/&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)"',
    ],
  ])('C615 C618 a metric %s', (_name, metric, event) => {
    const cluster = createTestCluster({ nodes: 1, timing: TIMING });
    cluster.create(loaded('web', 1, {}));
    cluster.create(autoscaler('web', 3, { metrics: [metric] }));
    cluster.advance(15_000);
    expect(eventsOf(cluster)).toContain(event);
  });

  it('C609 C617 one container, and one that asks for nothing', () => {
    const cluster = createTestCluster({ nodes: 3, timing: TIMING });
    cluster.create(loaded('web', 1, { cpu: '200m' }));
    const containerResource = { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 50 } };
    cluster.create(autoscaler('web', 10, { metrics: [{ type: 'ContainerResource', containerResource }] }));
    cluster.advanceTo(35_000);
    expect(eventsOf(cluster)).toContain(
      'Normal SuccessfulRescale "New size: 2; reason: cpu container resource utilization (percentage of request) above target"',
    );
    const bare = createTestCluster({ nodes: 3, timing: TIMING });
    bare.create(loaded('web', 1, { cpu: '200m' }, {}));
    bare.create(autoscaler('web', 10));
    bare.advanceTo(35_000);
    expect(eventsOf(bare).join('\n')).toMatch(/missing request for cpu in container c of Pod web-\w+-\w+/);
  });

  it('M2 ReplicaSets and StatefulSets are scaled as well', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(replicaSet('web', 1));
    cluster.create(statefulSet('db', 1));
    cluster.create(autoscaler('web', 3, { minReplicas: 2, scaleTargetRef: { kind: 'ReplicaSet', name: 'web', apiVersion: 'apps/v1' } }));
    cluster.create(autoscaler('db', 3, { minReplicas: 2, scaleTargetRef: { kind: 'StatefulSet', name: 'db', apiVersion: 'apps/v1' } }));
    cluster.advance(15_000);
    expect([replicas(cluster, 'replicasets.apps/web'), replicas(cluster, 'statefulsets.apps/db')]).toEqual([2, 2]);
  });

  it('C601 a look that changes nothing writes nothing, and survives a restore', () => {
    const cluster = createTestCluster({ nodes: 3, timing: TIMING });
    cluster.create(loaded('web', 2, { cpu: '100m' }));
    cluster.create(autoscaler('web', 10, { metrics: [cpuTarget(50)] }));
    cluster.advanceTo(400_000);
    const { revision } = cluster.state;
    cluster.advanceTo(430_000);
    cluster.reopen();
    cluster.advanceTo(500_000);
    expect(cluster.during('horizontalpodautoscalers.autoscaling', () => cluster.advance(60_000))).toEqual([]);
    expect(cluster.state.revision).toBe(revision);
  });
});
