// How the best of the nodes that fit is found.

import { describe, expect, it } from 'vitest';
import type { PodFacts } from '../../src/engine/scheduler/filters.ts';
import type { NodeInfo } from '../../src/engine/scheduler/node-cache.ts';
import { feasibleCountMax } from '../../src/engine/scheduler/schedule.ts';
import {
  balancedScore,
  leastAllocatedScore,
  normalize,
  normalizeImageName,
  normalizeReversed,
  WEIGHTS,
} from '../../src/engine/scheduler/scores.ts';
import { markRandom } from '../../src/engine/kernel/random.ts';
import { createTestCluster } from '../support/engine.ts';
import { clusterOf, place } from '../support/scheduling.ts';
import { parseTable } from '../support/text-table.ts';

const GIBIBYTE = 2 ** 30;

it('C830 weights', () => {
  expect(WEIGHTS).toEqual({
    TaintToleration: 3,
    NodeAffinity: 2,
    PodTopologySpread: 2,
    InterPodAffinity: 2,
    NodeResourcesFit: 1,
    NodeResourcesBalancedAllocation: 1,
    ImageLocality: 1,
  });
});

describe('C831 C832 resources: cpu in thousandths, memory in GiB', () => {
  it.each(
    parseTable(`
      cpu  | memory | usedCpu | usedMemory | podCpu | podMemory | least | balanced
      4000 | 16     | 0       | 0          | 1000   | 4         | 75    | 100
      4000 | 16     | 1000    | 0          | 1000   | 4         | 62    | 87
      4000 | 16     | 0       | 0          | 4000   | 0         | 50    | 50
      4000 | 16     | 3000    | 0          | 2000   | 4         | 37    | 62
      4000 | 16     | 0       | 0          | 0      | 0         | 100   | 0
      3000 | 10     | 1000    | 1          | 500    | 2         | 60    | 90`).map((row) => [Object.values(row).join(' '), row] as const),
  )('%s', (_title, row) => {
    const number = (name: string): number => Number(row[name]);
    const amounts = (cpu: string, memory: string) => ({
      milliCpu: number(cpu),
      memory: number(memory) * GIBIBYTE,
      ephemeralStorage: 0,
    });
    const info = {
      allocatable: amounts('cpu', 'memory'),
      requested: amounts('usedCpu', 'usedMemory'),
      nonZeroCpu: number('usedCpu'),
      nonZeroMemory: number('usedMemory') * GIBIBYTE,
    } as unknown as NodeInfo;
    const requests = amounts('podCpu', 'podMemory');
    const facts = { requests, nonZeroCpu: requests.milliCpu, nonZeroMemory: requests.memory } as unknown as PodFacts;
    expect([leastAllocatedScore(facts, info), balancedScore(facts, info)]).toEqual([number('least'), number('balanced')]);
  });

  it('C831 a container without requests counts 100m and 200 MiB for this score only', () => {
    const cluster = clusterOf('name | capacity\n a | cpu=1 memory=1Gi\n b | cpu=1 memory=1Gi');
    place(cluster, 'silent', '{nodeName: a}');
    expect(place(cluster, 'p', '{cpu: 1m, memory: 1Mi}')).toBe('b');
    expect(place(cluster, 'q', '{cpu: "1", nodeSelector: {kubernetes.io/hostname: a}}')).toBe('a');
  });
});

describe('preferences', () => {
  it.each<[string, string, string, string]>([
    ['C833 fewest soft taints', 'a | | x:PreferNoSchedule y:PreferNoSchedule\n b | | x:PreferNoSchedule', '{}', 'b'],
    [
      'C833 tolerated ones do not count',
      'a | | x:PreferNoSchedule\n b | | y:PreferNoSchedule',
      '{tolerations: [{key: x, operator: Exists}]}',
      'a',
    ],
    [
      'C834 the greatest sum of weights',
      'a | disk=ssd |\n b | disk=ssd zone=z |',
      '{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: disk, operator: Exists}]}}, {weight: 5, preference: {matchExpressions: [{key: zone, operator: In, values: [z]}]}}]}}}',
      'b',
    ],
  ])('%s', (_title, rows, pod, expected) => {
    for (const seed of [1, 2, 3]) expect(place(clusterOf(`name | labels | taints\n ${rows}`, { seed }), 'p', pod)).toBe(expected);
  });

  it('C833 C834 scaling', () => {
    expect(normalize([0, 1, 3])).toEqual([0, 33, 100]);
    expect(normalize([0, 0])).toEqual([0, 0]);
    expect(normalizeReversed([0, 1, 3])).toEqual([100, 67, 0]);
    expect(normalizeReversed([0, 0])).toEqual([100, 100]);
  });

  it('C836 a node that has a large image of the pod', () => {
    const cluster = createTestCluster({ nodes: 3 });
    const images = [{ names: ['registry.example/large:v1'], sizeBytes: 900_000_000 }];
    cluster.patch('nodes/node-2', { status: { images } }, 'status');
    expect(place(cluster, 'p', '{containers: [{name: c, image: "registry.example/large:v1"}]}')).toBe('node-2');
    expect(['app', 'host:5000/app', 'app:v1', 'host:5000/app:v1'].map(normalizeImageName)).toEqual([
      'app:latest',
      'host:5000/app:latest',
      'app:v1',
      'host:5000/app:v1',
    ]);
  });
});

describe('C840 C841 choosing', () => {
  it('C840 up to 99 nodes all are examined, of more a share', () => {
    expect([1, 99, 100, 250, 500, 1000, 5000, 10_000].map(feasibleCountMax)).toEqual([1, 99, 100, 120, 230, 420, 500, 500]);
  });

  it('C840 zones take turns', () => {
    const rows = ['a1', 'a2', 'a3', 'b1', 'c1'].map(
      (name) => `${name} | topology.kubernetes.io/zone=${name.charAt(0)} topology.kubernetes.io/region=r`,
    );
    const cluster = clusterOf(['name | labels', ...rows].join('\n'));
    const order = new Set(Array.from({ length: 60 }, (_, i) => place(cluster, `p${i}`, '{cpu: 100m}')));
    expect(order.size).toBe(5);
  });

  it('C841 among equals each has its chance, the same for the same seed', () => {
    const picks = (seed: number): string[] =>
      Array.from({ length: 6 }, (_, i) => {
        const cluster = createTestCluster({ nodes: 4, seed: seed + i });
        return place(cluster, 'p');
      });
    expect(picks(10)).toEqual(picks(10));
    expect(new Set(picks(10)).size).toBeGreaterThan(1);
  });

  it('C841 a single node that fits needs no scores, and no draw', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.patch('nodes/node-1', { spec: { unschedulable: true } });
    const before = markRandom(cluster.state, ['sched']);
    expect(place(cluster, 'p')).toBe('node-2');
    expect(markRandom(cluster.state, ['sched'])).toEqual(before);
  });
});
