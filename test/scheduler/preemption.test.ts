// Pods of higher priority make room for themselves.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { EventObject } from '../../src/engine/kinds/event/types.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import type { TestCluster } from '../support/engine.ts';
import { clusterOf, place, placeOf, podOf } from '../support/scheduling.ts';

function withClasses(table: string): TestCluster {
  const cluster = clusterOf(table);
  for (const [name, value] of [
    ['low', -10],
    ['mid', 5],
    ['high', 10],
  ] as const)
    cluster.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value } as JsonObject);
  return cluster;
}

const pod = (priorityClassName: string, cpu: number, rest = ''): string => `{priorityClassName: ${priorityClassName}, cpu: ${cpu}${rest}}`;

/** Names of the pods that were told to go. */
function victimsOf(cluster: TestCluster): string[] {
  return cluster
    .list<Pod>('pods')
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name)
    .sort();
}

describe('C848 C849 one victim', () => {
  const begun = (): TestCluster => {
    const cluster = withClasses('name | capacity\n n | cpu=2');
    place(cluster, 'small', pod('low', 2));
    cluster.advance(20_000);
    place(cluster, 'big', pod('high', 2));
    return cluster;
  };

  it('the victim is marked, deleted with its grace period, and told why', () => {
    const cluster = begun();
    const { metadata, status } = cluster.get<Pod>('pods/small');
    expect(metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: '2026-01-01T00:00:50Z' });
    expect(status.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    });
    const { uid } = cluster.get<Pod>('pods/big').metadata;
    expect(cluster.events('pods/small').filter((text) => text.includes('Preempted'))).toEqual([
      `Normal Preempted "Preempted by pod ${uid} on node n"`,
    ]);
    const event = cluster.list<EventObject>('events').find(({ reason }) => reason === 'Preempted');
    expect(event).toMatchObject({
      action: 'Preempting',
      reportingComponent: 'default-scheduler',
      related: { kind: 'Pod', name: 'big', uid },
    });
  });

  it('the other is nominated, told without a word of preemption, and bound when the victim has ended', () => {
    const cluster = begun();
    expect(cluster.get<Pod>('pods/big').status.nominatedNodeName).toBe('n');
    expect(placeOf(cluster, 'big')).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    while (cluster.find<Pod>('pods/small')?.status.phase === 'Running') {
      expect(cluster.get<Pod>('pods/big').spec.nodeName).toBeUndefined();
      cluster.advance(1_000);
    }
    expect(placeOf(cluster, 'big')).toBe('n');
  });

  it('nobody of lower priority takes the room meanwhile, and an equal pod preempts nobody', () => {
    const cluster = begun();
    expect(place(cluster, 'other', pod('mid', 2))).toContain('1 Insufficient cpu');
    expect(place(cluster, 'twin', pod('high', 2))).toContain('preemption: 0/1 nodes are available: 1 Insufficient cpu.');
    expect(cluster.get<Pod>('pods/twin').status.nominatedNodeName).toBeUndefined();
    cluster.advance(60_000);
    expect([placeOf(cluster, 'big'), placeOf(cluster, 'other').slice(0, 4)]).toEqual(['n', '0/1 ']);
  });

  it('C849 a second attempt while the victim is still there takes no more', () => {
    const cluster = withClasses('name | capacity\n n | cpu=4');
    place(cluster, 'small', pod('low', 2, ', terminationGracePeriodSeconds: 600'));
    place(cluster, 'other', pod('mid', 2));
    cluster.advance(20_000);
    place(cluster, 'big', pod('high', 2));
    expect(victimsOf(cluster)).toEqual(['small']);
    cluster.patch('nodes/n', { status: { allocatable: { cpu: '4500m' } } }, 'status');
    expect(victimsOf(cluster)).toEqual(['small']);
    expect(cluster.get<Pod>('pods/big').status.nominatedNodeName).toBe('n');
  });

  it('C849 a more important pod takes the nomination away', () => {
    const cluster = withClasses('name | capacity\n n | cpu=2');
    place(cluster, 'small', pod('low', 2));
    cluster.advance(20_000);
    place(cluster, 'mid', pod('mid', 2));
    expect(cluster.get<Pod>('pods/mid').status.nominatedNodeName).toBe('n');
    place(cluster, 'big', pod('high', 2));
    expect(cluster.get<Pod>('pods/mid').status.nominatedNodeName).toBeUndefined();
    cluster.advance(60_000);
    expect([placeOf(cluster, 'big'), placeOf(cluster, 'mid').slice(0, 4)]).toEqual(['n', '0/1 ']);
  });
});

describe('C846 who goes', () => {
  const BUDGET = (allowed: string): JsonObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'keep' },
    spec: { minAvailable: Number(allowed), selector: { matchLabels: { app: 'kept' } } },
  });

  it.each<[string, readonly (readonly [name: string, text: string])[], string, readonly string[]]>([
    [
      'only as many as needed, the least important',
      [
        ['a', pod('low', 1)],
        ['b', pod('mid', 1)],
      ],
      pod('high', 1),
      ['a'],
    ],
    [
      'all when all are needed',
      [
        ['a', pod('low', 1)],
        ['b', pod('mid', 1)],
      ],
      pod('high', 2),
      ['a', 'b'],
    ],
    [
      'the younger of equals',
      [
        ['a', pod('low', 1)],
        ['b', pod('low', 1)],
      ],
      pod('high', 1),
      ['b'],
    ],
    [
      "not those who are in nobody's way",
      [
        ['a', pod('low', 2)],
        ['b', '{priorityClassName: low}'],
      ],
      pod('high', 2),
      ['a'],
    ],
    ['C850 nobody of the same priority', [['a', pod('high', 2)]], pod('high', 1), []],
    [
      'C850 a budget protects the one it covers',
      [
        ['a', pod('low', 1)],
        ['b', pod('low', 1, ', labels: {app: kept}')],
      ],
      pod('high', 1),
      ['a'],
    ],
    ['C850 but not when there is no other way', [['b', pod('low', 2, ', labels: {app: kept}')]], pod('high', 1), ['b']],
    [
      'C811 the holder of a port',
      [
        ['a', '{priorityClassName: low, hostPort: 80}'],
        ['b', '{priorityClassName: low, hostPort: 81}'],
      ],
      '{priorityClassName: high, hostPort: 80}',
      ['a'],
    ],
    [
      'C811 one whose anti-affinity is in the way',
      [
        [
          'a',
          '{priorityClassName: low, affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: y}}}]}}}',
        ],
        ['b', '{priorityClassName: low}'],
      ],
      '{priorityClassName: high, labels: {app: y}}',
      ['a'],
    ],
    [
      'C838 one that makes the domain too full',
      [
        ['a', '{priorityClassName: low, labels: {app: y}}'],
        ['b', '{priorityClassName: low}'],
      ],
      '{priorityClassName: high, labels: {app: y}, topologySpreadConstraints: [{maxSkew: 1, minDomains: 2, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: y}}}]}',
      ['a'],
    ],
  ])('%s', (_title, there, coming, expected) => {
    const cluster = withClasses('name | capacity\n n | cpu=2');
    cluster.create(BUDGET('1'));
    for (const [name, text] of there) {
      place(cluster, name, text);
      cluster.advance(20_000);
    }
    place(cluster, 'p', coming);
    expect(victimsOf(cluster)).toEqual(expected);
  });
});

describe('C847 on which node', () => {
  /** Pods by node: `name=node:class:cpu`. */
  function chosen(there: readonly string[], cpu: number, budget?: JsonObject): string | undefined {
    const cluster = withClasses('name | capacity\n a | cpu=4\n b | cpu=4');
    if (budget !== undefined) cluster.create(budget);
    for (const item of there) {
      const [name = '', node = '', priority = '', amount = ''] = item.split(/[=:]/);
      cluster.create(podOf(name, `{nodeName: ${node}, priorityClassName: ${priority}, cpu: ${amount}, labels: {name: ${name}}}`));
      cluster.advance(20_000);
    }
    place(cluster, 'p', pod('high', cpu));
    return cluster.get<Pod>('pods/p').status.nominatedNodeName;
  }

  it.each<[string, readonly string[], number, string]>([
    ['the lowest of the highest priorities', ['x=a:mid:4', 'y=b:low:4'], 4, 'b'],
    ['the lowest sum of priorities', ['w=a:mid:2', 'x=a:mid:2', 'y=b:mid:2', 'z=b:low:2'], 4, 'b'],
    ['the fewest victims', ['w=a:low:2', 'x=a:low:2', 'y=b:low:4'], 4, 'b'],
    ['the latest start', ['x=a:low:4', 'y=b:low:4'], 4, 'b'],
    ['the first, when there is no difference', ['x=a:low:4'], 4, 'a'],
  ])('%s', (_title, there, cpu, expected) => {
    const full = there.length === 1 ? [...there, 'y=b:high:4'] : there;
    expect(chosen(full, cpu)).toBe(expected);
  });

  it('before all: the fewest broken budgets', () => {
    const spec = { maxUnavailable: 0, selector: { matchLabels: { name: 'y' } } };
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'keep' }, spec } as JsonObject;
    expect(chosen(['x=a:mid:4', 'y=b:low:4'], 4)).toBe('b');
    expect(chosen(['x=a:mid:4', 'y=b:low:4'], 4, budget)).toBe('a');
  });
});
