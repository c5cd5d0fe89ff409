// Cases after the documentation's pages on disruptions: "Specifying a Disruption Budget", "Disruptions" and "Safely Drain a Node".

import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { podDisruptionBudgetKind } from '../../../src/engine/kinds/poddisruptionbudget/index.ts';
import type { PodDisruptionBudget } from '../../../src/engine/kinds/poddisruptionbudget/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';

const TIMING = { imagePull: '1s', workerJitter: 0.5 };

const QUORUM = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: quorum}
spec:
  serviceName: quorum-hs
  replicas: 3
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: quorum}}
  template:
    metadata: {labels: {app: quorum}}
    spec:
      containers:
      - name: keeper
        image: registry.example/keeper:3.4
        ports: [{containerPort: 2181, name: client}]
        readinessProbe: {tcpSocket: {port: 2181}, initialDelaySeconds: 2}
`;

const budgetOf = (bound: string, more = ''): string => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: quorum-pdb}
spec:
  ${bound}
  selector: {matchLabels: {app: quorum}}
  ${more}
`;

function quorumCluster(budget: string, nodes = 3): TestCluster {
  const cluster = createTestCluster({ nodes, timing: TIMING });
  cluster.create(parse(QUORUM) as JsonObject);
  cluster.create(parse(budget) as JsonObject);
  cluster.advance(20_000);
  return cluster;
}

/** The row of `kubectl get pdb`, without the age. */
function row(cluster: TestCluster): string {
  const budget = cluster.get<PodDisruptionBudget>('poddisruptionbudgets.policy/quorum-pdb');
  return podDisruptionBudgetKind.cells(budget, cluster.state.nowMs).slice(0, 4).join(' ');
}

/** The answer to an eviction: its code, and for a refusal its cause. */
function evict(cluster: TestCluster, name: string): string {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
  const path = { resource: 'pods', namespace: 'default', name, subresource: 'eviction' } as const;
  const { outcome } = cluster.execute({ type: 'request', request: { verb: 'create', ...path, body, options: {} } });
  return outcome.ok ? String(outcome.code) : `${outcome.status.code} ${outcome.status.details?.causes?.[0]?.message ?? ''}`;
}

const BLOCKED = '429 The disruption budget quorum-pdb needs 2 healthy pods and has 2 currently';

it('C755 a quorum that says how many must stay: minAvailable', () => {
  const cluster = quorumCluster(budgetOf('minAvailable: 2'));
  expect(row(cluster)).toBe('quorum-pdb 2 N/A 1');
  expect(cluster.get<PodDisruptionBudget>('poddisruptionbudgets.policy/quorum-pdb').status).toMatchObject({
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
  });
});

it('C755 a quorum that says how many may be missing: maxUnavailable', () => {
  const cluster = quorumCluster(budgetOf('maxUnavailable: 1'));
  expect(row(cluster)).toBe('quorum-pdb N/A 1 1');
  cluster.patch('statefulsets.apps/quorum', { spec: { replicas: 5 } });
  cluster.advance(20_000);
  expect(row(cluster)).toBe('quorum-pdb N/A 1 1');
  expect(cluster.get<PodDisruptionBudget>('poddisruptionbudgets.policy/quorum-pdb').status.desiredHealthy).toBe(4);
});

it('C755 percentages are rounded up: of seven pods half are four', () => {
  const cluster = quorumCluster(budgetOf('minAvailable: 50%'));
  cluster.patch('statefulsets.apps/quorum', { spec: { replicas: 7 } });
  cluster.advance(20_000);
  expect(row(cluster)).toBe('quorum-pdb 50% N/A 3');
});

it('C753 C758 one eviction after the other: the second waits for the first pod to be back', () => {
  const cluster = quorumCluster(budgetOf('minAvailable: 2'));
  expect(evict(cluster, 'quorum-0')).toBe('201');
  expect(row(cluster)).toBe('quorum-pdb 2 N/A 0');
  expect(evict(cluster, 'quorum-1')).toBe(BLOCKED);
  cluster.advance(20_000);
  expect(cluster.get<Pod>('pods/quorum-0').status.phase).toBe('Running');
  expect(row(cluster)).toBe('quorum-pdb 2 N/A 1');
  expect(evict(cluster, 'quorum-1')).toBe('201');
});

it('C753 a budget of nothing blocks every drain', () => {
  const cluster = quorumCluster(budgetOf('maxUnavailable: 0'));
  expect(row(cluster)).toBe('quorum-pdb N/A 0 0');
  for (const name of ['quorum-0', 'quorum-1', 'quorum-2'])
    expect(evict(cluster, name)).toBe('429 The disruption budget quorum-pdb needs 3 healthy pods and has 3 currently');
});

it('C753 pods that are running and not healthy: as long as the application is disrupted they stay, unless the budget says otherwise', () => {
  for (const [policy, answer] of [
    ['IfHealthyBudget', '429 The disruption budget quorum-pdb needs 3 healthy pods and has 2 currently'],
    ['AlwaysAllow', '201'],
  ] as const) {
    const cluster = quorumCluster(budgetOf('minAvailable: 3', `unhealthyPodEvictionPolicy: ${policy}`));
    const body = { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:20Z' }] } };
    const target = { resource: 'pods', namespace: 'default', name: 'quorum-2', subresource: 'status' } as const;
    cluster.accept({ verb: 'patch', ...target, patchType: 'strategic', body, options: {} });
    expect(evict(cluster, 'quorum-2')).toBe(answer);
  }
});

it('C757 voluntary actions that ask nobody: a deletion, and a rollout', () => {
  const cluster = quorumCluster(budgetOf('maxUnavailable: 0'));
  cluster.remove('pods/quorum-0');
  cluster.advance(5_000);
  cluster.patch('statefulsets.apps/quorum', { spec: { template: { metadata: { annotations: { round: '2' } } } } });
  cluster.advance(60_000);
  const revisions = cluster.list<Pod>('pods', 'default').map(({ metadata }) => metadata.annotations?.['round']);
  expect(revisions).toEqual(['2', '2', '2']);
});

it('C750 C763 a cordoned node keeps its pods and gets no new ones: what is evicted comes up elsewhere', () => {
  const cluster = quorumCluster(budgetOf('maxUnavailable: 1'), 4);
  const { nodeName = '' } = cluster.get<Pod>('pods/quorum-1').spec;
  cluster.patch(`nodes/${nodeName}`, { spec: { unschedulable: true } });
  cluster.advance(5_000);
  expect(cluster.get<Pod>('pods/quorum-1').spec.nodeName).toBe(nodeName);
  expect(evict(cluster, 'quorum-1')).toBe('201');
  cluster.advance(30_000);
  const moved = cluster.get<Pod>('pods/quorum-1');
  expect(moved.status.phase).toBe('Running');
  expect(moved.spec.nodeName).not.toBe(nodeName);
});
