// Spreading pods over the domains of a label, as a condition and as a preference.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/engine/apimachinery/meta.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { naturalLog, reverseScores } from '../../src/engine/scheduler/spread-score.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../support/engine.ts';
import { clusterOf, filterPart, place, placeOf } from '../support/scheduling.ts';

/** Two nodes in zone a, one in zone b, one without zone. */
const ZONES = `
  name | labels
  a1   | zone=a
  a2   | zone=a
  b1   | zone=b disk=ssd
  none | disk=ssd`;

const hard = (rest = ''): string =>
  `topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: x}}${rest}}]`;

function zoneOf(cluster: TestCluster, name: string): string {
  return cluster.get<KubeObject>(`nodes/${placeOf(cluster, name)}`).metadata.labels?.['zone'] ?? 'none';
}

describe('C838 a constraint that must hold', () => {
  it('keeps the difference between the fullest and the emptiest domain small', () => {
    const cluster = clusterOf(ZONES);
    const zones = ['p1', 'p2', 'p3', 'p4'].map((name) => {
      place(cluster, name, `{labels: {app: x}, ${hard()}}`);
      return zoneOf(cluster, name);
    });
    expect(zones.slice(0, 2).sort()).toEqual(['a', 'b']);
    expect(zones.slice(2).sort()).toEqual(['a', 'b']);
  });

  it('C811 names nodes that are too full and nodes without the label', () => {
    const cluster = clusterOf(ZONES);
    place(cluster, 'a', '{labels: {app: x}, nodeName: a1}');
    cluster.patch('nodes/b1', { spec: { unschedulable: true } });
    expect(place(cluster, 'p', `{labels: {app: x}, ${hard()}}`)).toBe(
      "0/4 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label), " +
        "1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints. " +
        'preemption: 0/4 nodes are available: 2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
  });

  it.each<[string, string, string, string]>([
    ['a pod that does not match itself adds nothing', '{app: x}', `{labels: {app: y}, ${hard()}, nodeSelector: {zone: a}}`, 'a'],
    ['nodes that the affinity excludes are no domains', '{app: x}', `{labels: {app: x}, ${hard()}, nodeSelector: {zone: a}}`, 'a'],
    [
      'unless they are not to be honoured',
      '{app: x}',
      `{labels: {app: x}, ${hard(', nodeAffinityPolicy: Ignore')}, nodeSelector: {zone: a}}`,
      'nowhere',
    ],
    [
      'fewer domains than demanded count as an empty one',
      '{app: x}',
      `{labels: {app: x}, ${hard(', minDomains: 3')}, nodeSelector: {zone: a}}`,
      'nowhere',
    ],
    ['pods of other labels do not count', '{app: y}', `{labels: {app: x}, ${hard()}}`, 'any'],
    [
      'matchLabelKeys narrow the selection to pods of the same value',
      '{app: x, version: v1}',
      `{labels: {app: x, version: v2}, ${hard(', matchLabelKeys: [version], nodeAffinityPolicy: Ignore')}, nodeSelector: {zone: a}}`,
      'a',
    ],
  ])('%s', (_title, labels, pod, expected) => {
    const cluster = clusterOf(ZONES);
    place(cluster, 'first', `{labels: ${labels}, nodeName: a1}`);
    const seen = place(cluster, 'p', pod);
    if (expected === 'nowhere') expect(filterPart(seen)).toContain("node(s) didn't match pod topology spread constraints");
    else expect(expected === 'any' ? ['a', 'b'] : [expected]).toContain(zoneOf(cluster, 'p'));
  });

  it('nodes with a taint that is not tolerated are domains, unless the constraint honours taints', () => {
    const table = 'name | labels | taints\n a | zone=a | \n b | zone=b | dedicated:NoSchedule';
    const spread = (policy: string): string => {
      const cluster = clusterOf(table);
      place(cluster, 'first', '{labels: {app: x}, nodeName: a}');
      return place(cluster, 'p', `{labels: {app: x}, ${hard(policy)}}`);
    };
    expect(spread('')).toContain("1 node(s) didn't match pod topology spread constraints");
    expect(spread(', nodeTaintsPolicy: Honor')).toBe('a');
  });

  it('C803 a new domain, a new label or a pod less lets the pod be tried again', () => {
    const refused = (): TestCluster => {
      const cluster = clusterOf('name | labels\n a | zone=a\n b | zone=b\n c |');
      cluster.patch('nodes/b', { spec: { unschedulable: true } });
      place(cluster, 'first', '{labels: {app: x}, nodeName: a}');
      expect(place(cluster, 'p', `{labels: {app: x}, ${hard()}}`)).toContain('0/3 nodes are available');
      return cluster;
    };
    const labelled = refused();
    labelled.patch('nodes/c', { metadata: { labels: { zone: 'c' } } });
    expect(placeOf(labelled, 'p')).toBe('c');
    const relabelled = refused();
    relabelled.patch('pods/first', { metadata: { labels: { app: 'y' } } });
    expect(placeOf(relabelled, 'p')).toBe('a');
    const removed = refused();
    removed.remove('pods/first', { gracePeriodSeconds: 0 });
    expect(placeOf(removed, 'p')).toBe('a');
    const renamed = refused();
    renamed.patch('pods/p', { metadata: { labels: { app: 'y' } } });
    expect(placeOf(renamed, 'p')).toBe('a');
  });
});

describe('C835 spreading as a preference', () => {
  it('C842 the replicas of a workload go to different nodes', () => {
    const cluster = createTestCluster({ nodes: 5 });
    cluster.create(replicaSet('web', 5));
    expect(new Set(cluster.list<Pod>('pods').map(({ spec }) => spec.nodeName)).size).toBe(5);
  });

  it('and to different zones', () => {
    const rows = ['a1', 'a2', 'a3', 'b1', 'c1'].map((name) => `${name} | topology.kubernetes.io/zone=${name.charAt(0)}`);
    const cluster = clusterOf(['name | labels', ...rows].join('\n'));
    cluster.create(replicaSet('web', 3));
    const zones = cluster.list<Pod>('pods').map(({ spec }) => (spec.nodeName ?? '').charAt(0));
    expect(zones.sort()).toEqual(['a', 'b', 'c']);
  });

  it('a Service is enough of a workload, a bare pod is none', () => {
    const spreadOf = (hasService: boolean): number => {
      const cluster = createTestCluster({ nodes: 8 });
      const metadata = { name: 's' };
      if (hasService)
        cluster.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } });
      const names = Array.from({ length: 8 }, (_, i) => `p${i}`);
      // Room on one node is larger, so that only spreading makes pods leave it.
      cluster.patch('nodes/node-1', { status: { capacity: { cpu: '400', memory: '4000Gi' } } }, 'status');
      cluster.patch('nodes/node-1', { status: { allocatable: { cpu: '400', memory: '4000Gi', pods: '110' } } }, 'status');
      return new Set(names.map((name) => place(cluster, name, '{labels: {app: x}}'))).size;
    };
    expect(spreadOf(false)).toBe(1);
    expect(spreadOf(true)).toBeGreaterThan(4);
  });

  it('C838 a constraint of the pod that may be violated', () => {
    const soft =
      '{labels: {app: x}, topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: x}}}]}';
    const cluster = clusterOf(ZONES);
    const zones = ['p1', 'p2'].map((name) => {
      place(cluster, name, soft);
      return zoneOf(cluster, name);
    });
    expect(zones.sort()).toEqual(['a', 'b']);
  });
});

describe('C835 arithmetic', () => {
  it('100 * (max + min - raw) / max, whole numbers; nodes without the labels get 0', () => {
    expect(reverseScores([2, 4, 8])).toEqual([100, 75, 25]);
    expect(reverseScores([0, 0])).toEqual([100, 100]);
    expect(reverseScores([2, undefined, 4])).toEqual([100, 0, 50]);
  });

  it('the logarithm is the same on every machine', () => {
    for (const n of [2, 3, 5, 102, 5002]) expect(naturalLog(n)).toBeCloseTo(Math.log(n), 12);
  });
});
