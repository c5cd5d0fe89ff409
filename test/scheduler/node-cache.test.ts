// The scheduler's view of the nodes follows the changes; built anew from the stored objects it is the same, and its cost does not grow with
// the pods that are there.

import { expect, it } from 'vitest';
import { domainsOf } from '../../src/engine/scheduler/node-counts.ts';
import { type NodeCache, nodeCacheOf } from '../../src/engine/scheduler/node-cache.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../support/engine.ts';
import { clusterOf, place, podOf } from '../support/scheduling.ts';

const anti =
  '{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: shy}}}]}';

/** What the view says, without the order of its maps; groups that nobody asked for yet are left out. */
function viewOf(cache: NodeCache): unknown {
  const sorted = (map: ReadonlyMap<string, unknown>): unknown => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    visiting: cache.visiting.map(({ name }) => name),
    nodes: cache.visiting.map(({ name, requested, nonZeroCpu, nonZeroMemory, pods, ports }) => ({
      name,
      cpu: requested.milliCpu,
      memory: requested.memory,
      nonZeroCpu,
      nonZeroMemory,
      pods: [...pods.keys()].sort(),
      ports: sorted(new Map([...ports].map(([port, ips]) => [port, sorted(ips)]))),
    })),
    priorities: sorted(new Map([...cache.priorities].map(([priority, count]) => [String(priority), count]))),
    terms: sorted(new Map([...cache.terms.byText].map(([text, { counts }]) => [text, sorted(counts.perNode)]))),
    nominated: sorted(new Map([...cache.nominated].map(([node, pods]) => [node, [...pods.keys()]]))),
  };
}

function busy(): TestCluster {
  const cluster = clusterOf('name | capacity | labels\n a | cpu=4 | zone=z\n b | cpu=4 | zone=z\n c | cpu=2 | zone=y');
  cluster.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 10 });
  cluster.create(replicaSet('web', 5));
  for (const name of ['s1', 's2', 's3', 's4'])
    place(cluster, name, `{labels: {app: shy}, cpu: 500m, affinity: {podAntiAffinity: ${anti}}}`);
  place(cluster, 'port', '{hostPort: 80, memory: 1Gi}');
  place(cluster, 'job', '{restartPolicy: Never, containers: [{name: c, image: x, command: ["true"], resources: {requests: {cpu: 100m}}}]}');
  cluster.advance(30_000);
  cluster.patch('pods/s1', { metadata: { labels: { app: 'bold' } } });
  cluster.patch('nodes/c', { metadata: { labels: { zone: 'z' } } });
  cluster.remove('pods/s2', { gracePeriodSeconds: 0 });
  cluster.remove('pods/port');
  for (const name of ['f1', 'f2', 'f3']) place(cluster, name, '{cpu: 2}');
  place(cluster, 'big', '{cpu: 4, priorityClassName: high}');
  return cluster;
}

it('C812 C840 C849 the view that followed every change equals the one built anew', () => {
  const cluster = busy();
  const followed = viewOf(nodeCacheOf(cluster.state));
  cluster.reopen();
  expect(followed).toEqual(viewOf(nodeCacheOf(cluster.state)));
});

it('C835 C837 counts of groups and domains follow pods and labels', () => {
  const cluster = busy();
  const { groups, terms, byName } = nodeCacheOf(cluster.state);
  const perDomain = (): unknown[] =>
    [...groups.byText.values(), ...terms.byText.values()].map(({ counts }) => [...domainsOf(counts, byName, 'zone')].sort());
  const followed = perDomain();
  for (const { counts } of [...groups.byText.values(), ...terms.byText.values()]) counts.perDomain.clear();
  expect(followed).toEqual(perDomain());
});

it('C803 the next pod goes the same way after a reopening', () => {
  const placed = (isReopened: boolean): string[] => {
    const cluster = busy();
    if (isReopened) cluster.reopen();
    cluster.advance(60_000);
    for (const name of ['n1', 'n2']) cluster.create(podOf(name, '{labels: {app: web}}'));
    cluster.create(replicaSet('more', 3));
    return cluster.list<Pod>('pods').map(({ metadata, spec }) => `${metadata.name} ${spec.nodeName}`);
  };
  expect(placed(true)).toEqual(placed(false));
});

it('C840 one more pod costs the same whether a hundred or a thousand are there', () => {
  /** Reads of pod labels while one pod is placed: what a walk over all pods could not do without. */
  const readsWith = (pods: number): number => {
    const cluster = createTestCluster({ nodes: 10 });
    const rest = { topologySpreadConstraints: spread, affinity: { podAntiAffinity: avoid } };
    const template = {
      metadata: { labels: { app: 'x' } },
      spec: { containers: [{ name: 'c', image: 'registry.example/app:v1' }], ...rest },
    };
    cluster.create(replicaSet('x', pods, { template }));
    let reads = 0;
    for (const [key, placed] of nodeCacheOf(cluster.state).placed) {
      const counting = new Proxy(placed.pod, { get: (target, member) => ((reads += 1), Reflect.get(target, member)) });
      const counted = { ...placed, pod: counting };
      nodeCacheOf(cluster.state).placed.set(key, counted);
      nodeCacheOf(cluster.state).byName.get(placed.nodeName)?.pods.set(key, counted);
    }
    cluster.create(podOf('one', JSON.stringify({ labels: { app: 'x' }, ...rest })));
    return reads;
  };
  const labelSelector = { matchLabels: { app: 'x' } };
  const spread = [{ maxSkew: 5, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector }];
  const term = { weight: 1, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector } };
  const avoid = { preferredDuringSchedulingIgnoredDuringExecution: [term] };
  expect(readsWith(500)).toBe(readsWith(50));
});
