// Cases after the documentation's pages on autoscaling: "HorizontalPodAutoscaler Walkthrough" and "Horizontal Pod Autoscaling".

import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { horizontalPodAutoscalerKind } from '../../../src/engine/kinds/horizontalpodautoscaler/index.ts';
import type { HorizontalPodAutoscaler } from '../../../src/engine/kinds/horizontalpodautoscaler/types.ts';
import { createTestCluster, START_MS, type TestCluster } from '../../support/engine.ts';

const TIMING = { imagePull: '1s', workerJitter: 0.5 };

const deploymentOf = (behavior: object, requests = '{cpu: 200m, memory: 64Mi}'): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: calculator}
spec:
  selector: {matchLabels: {run: calculator}}
  template:
    metadata:
      labels: {run: calculator}
      annotations: {orrery.sim/behavior.web: '${JSON.stringify(behavior)}'}
    spec:
      containers:
      - name: web
        image: registry.example/calculator:1
        ports: [{containerPort: 80}]
        resources: {requests: ${requests}, limits: {cpu: 500m}}
`;

const autoscalerOf = (spec: string): string => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: calculator}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: calculator}
  minReplicas: 1
  maxReplicas: 10
${spec
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

const HALF_CPU = 'metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]';

function clusterOf(...manifests: string[]): TestCluster {
  const cluster = createTestCluster({ nodes: 6, timing: TIMING });
  for (const manifest of manifests) cluster.create(parse(manifest) as JsonObject);
  return cluster;
}

/** `seconds: replicas` at each change of the Deployment. */
function steps(cluster: TestCluster): readonly string[] {
  let last = 0;
  return cluster.changes.flatMap(({ resource, object, timeMs }) => {
    const { spec } = object as unknown as { spec: { replicas: number } };
    if (resource !== 'deployments.apps' || spec.replicas === last) return [];
    last = spec.replicas;
    return [`${(timeMs - START_MS) / 1000}: ${last}`];
  });
}

/** The row of `kubectl get hpa`, without the age. */
function row(cluster: TestCluster): string {
  const stored = cluster.get<HorizontalPodAutoscaler>('horizontalpodautoscalers.autoscaling/calculator');
  return horizontalPodAutoscalerKind.cells(stored, cluster.state.nowMs).slice(0, 6).join(' ');
}

it('C604 N13 without load there is one replica', () => {
  const cluster = clusterOf(deploymentOf({ cpu: '1m' }), autoscalerOf(HALF_CPU));
  cluster.advance(60_000);
  expect(row(cluster)).toBe('calculator Deployment/calculator cpu: 0%/50% 1 10 1');
  expect(steps(cluster)).toEqual(['0: 1']);
});

it('C604 C606 C611 load brings more replicas, never more than twice as many at once; young pods count as idle', () => {
  const cluster = clusterOf(deploymentOf({ cpu: '500m' }), autoscalerOf(HALF_CPU));
  cluster.advance(180_000);
  expect(steps(cluster)).toEqual(['0: 1', '30: 4', '45: 5', '60: 10']);
  expect(row(cluster)).toBe('calculator Deployment/calculator cpu: 250%/50% 1 10 10');
});

it('C625 when the load stops, it takes five minutes until the replicas go', () => {
  const cluster = clusterOf(deploymentOf({ cpu: [{ value: '300m', until: '60s' }, { value: '0' }] }), autoscalerOf(HALF_CPU));
  cluster.advance(900_000);
  const [, up, , ...rest] = steps(cluster);
  expect(up).toBe('30: 3');
  expect(rest.at(-1)).toMatch(/^\d+: 1$/);
  const seconds = Number.parseInt(rest.at(-1) ?? '', 10);
  expect(seconds).toBeGreaterThan(60 + 300);
});

it('C605 an amount of memory for each pod', () => {
  const average = 'metrics: [{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 50Mi}}}]';
  const cluster = clusterOf(deploymentOf({ memory: '100Mi' }), autoscalerOf(average));
  cluster.advance(16_000);
  expect(steps(cluster)).toEqual(['0: 1', '15: 2']);
  expect(row(cluster)).toBe('calculator Deployment/calculator memory: 104857600/50Mi 1 10 1');
});

it('C610 several metrics: the one that asks for most wins', () => {
  const metrics = `
metrics:
- {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}
- {type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 50}}}
`;
  const cluster = clusterOf(deploymentOf({ cpu: '50m', memory: '64Mi' }), autoscalerOf(metrics));
  cluster.advance(31_000);
  expect(row(cluster)).toBe('calculator Deployment/calculator cpu: 25%/50%, memory: 100%/50% 1 10 2');
  expect(steps(cluster)).toEqual(['0: 1', '15: 2', '30: 4']);
});

it('C612 policies downwards: four pods or ten percent in a minute, whichever is more', () => {
  const behavior = `
${HALF_CPU}
behavior:
  scaleDown:
    stabilizationWindowSeconds: 0
    policies: [{type: Pods, value: 4, periodSeconds: 60}, {type: Percent, value: 10, periodSeconds: 60}]
`;
  const cluster = clusterOf(deploymentOf({ cpu: '0' }), autoscalerOf(behavior));
  cluster.patch('deployments.apps/calculator', { spec: { replicas: 10 } });
  cluster.advance(200_000);
  const down = steps(cluster).slice(2);
  expect(down.map((step) => step.split(': ')[1])).toEqual(['6', '2', '1']);
  const times = down.map((step) => Number.parseInt(step, 10));
  expect(times.slice(1).map((second, index) => second - (times[index] ?? 0))).toEqual([60, 60]);
});

it('C612 upwards only a little at a time, and downwards never', () => {
  const behavior = `
${HALF_CPU}
behavior:
  scaleUp: {selectPolicy: Min, policies: [{type: Pods, value: 1, periodSeconds: 30}, {type: Percent, value: 100, periodSeconds: 30}]}
  scaleDown: {selectPolicy: Disabled}
`;
  const load = [{ value: '400m', until: '80s' }, { value: '0' }];
  const cluster = clusterOf(deploymentOf({ cpu: load }), autoscalerOf(behavior));
  cluster.advance(90_000);
  expect(steps(cluster)).toEqual(['0: 1', '30: 2', '60: 3', '90: 4']);
  cluster.advance(900_000);
  const counts = steps(cluster).map((step) => Number(step.split(': ')[1]));
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
});

it('C609 without a request there is no utilization, and the status says why', () => {
  const cluster = clusterOf(
    deploymentOf({ cpu: '100m' }, '{memory: 64Mi}').replace('limits: {cpu: 500m}', 'limits: {}'),
    autoscalerOf(HALF_CPU),
  );
  cluster.advance(60_000);
  expect(row(cluster)).toBe('calculator Deployment/calculator cpu: <unknown>/50% 1 10 1');
  const { conditions = [] } = cluster.get<HorizontalPodAutoscaler>('horizontalpodautoscalers.autoscaling/calculator').status;
  expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    'AbleToScale True SucceededGetScale',
    'ScalingActive False FailedGetResourceMetric',
  ]);
  expect(conditions[1]?.message).toMatch(/missing request for cpu in container web of Pod calculator-/);
});

it('C603 C615 implicit deactivation: a target of zero replicas stays there, until somebody scales it', () => {
  const cluster = clusterOf(deploymentOf({ cpu: '200m' }), autoscalerOf(HALF_CPU));
  cluster.patch('deployments.apps/calculator', { spec: { replicas: 0 } });
  cluster.advance(120_000);
  expect(row(cluster)).toMatch(/ 1 10 0$/);
  cluster.patch('deployments.apps/calculator', { spec: { replicas: 1 } });
  cluster.advance(60_000);
  expect(steps(cluster).at(-1)).toMatch(/: [24]$/);
});
