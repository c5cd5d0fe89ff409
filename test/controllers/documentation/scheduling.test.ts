// Cases of the documentation about assigning pods to nodes, spreading, priority and preemption: manifests as a user writes them, and where the
// pods go.

import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { PriorityClass } from '../../../src/engine/kinds/priorityclass/types.ts';
import type { TestCluster } from '../../support/engine.ts';
import { createAll } from '../../support/manifests.ts';
import { clusterOf, filterPart, placeOf } from '../../support/scheduling.ts';

/** Four workers in two zones, one with a fast disk. */
const FOUR = `
  name   | labels
  node1  | zone=zoneA
  node2  | zone=zoneA disktype=ssd
  node3  | zone=zoneB
  node4  | zone=zoneB`;

function clusterWith(nodes: string, ...manifests: readonly string[]): TestCluster {
  const cluster = clusterOf(nodes);
  for (const manifest of manifests) expect(createAll(cluster, manifest)).toEqual([]);
  return cluster;
}

function pod(name: string, spec: string, labels = '{}'): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${labels}}
spec:
  containers: [{name: main, image: registry.example/app:v1}]
  ${spec}`;
}

const ON_SSD = 'nodeSelector: {disktype: ssd}';
const AFFINE = (kind: string, terms: string): string =>
  `affinity: {nodeAffinity: {${kind}DuringSchedulingIgnoredDuringExecution: ${terms}}}`;
const SSD_TERM = '{matchExpressions: [{key: disktype, operator: In, values: [ssd]}]}';
const SPREAD = (key: string, rest = ''): string =>
  `{maxSkew: 1, topologyKey: ${key}, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {foo: bar}}${rest}}`;

describe('assigning pods to nodes', () => {
  it('a node selector', () => {
    expect(placeOf(clusterWith(FOUR, pod('web', ON_SSD)), 'web')).toBe('node2');
  });

  it('a node by its name', () => {
    expect(placeOf(clusterWith(FOUR, pod('web', 'nodeName: node4')), 'web')).toBe('node4');
  });

  it('required node affinity', () => {
    expect(placeOf(clusterWith(FOUR, pod('web', AFFINE('required', `{nodeSelectorTerms: [${SSD_TERM}]}`))), 'web')).toBe('node2');
  });

  it('preferred node affinity, on a cluster with and without such a node', () => {
    const manifest = pod('web', AFFINE('preferred', `[{weight: 1, preference: ${SSD_TERM}}]`));
    expect(placeOf(clusterWith(FOUR, manifest), 'web')).toBe('node2');
    expect(placeOf(clusterWith('name\n only', manifest), 'web')).toBe('only');
  });

  it('a label that no node has leaves the pod pending until one gets it', () => {
    const cluster = clusterWith(FOUR, pod('web', 'nodeSelector: {gpu: "yes"}'));
    expect(filterPart(placeOf(cluster, 'web'))).toBe("0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector.");
    cluster.patch('nodes/node3', { metadata: { labels: { gpu: 'yes' } } });
    expect(placeOf(cluster, 'web')).toBe('node3');
  });

  it('affinity to pods of a zone, away from pods of another', () => {
    const terms = (kind: string, text: string): string => `${kind}: {${text}}`;
    const near = terms(
      'podAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchExpressions: [{key: security, operator: In, values: [S1]}]}, topologyKey: zone}]',
    );
    const far = terms(
      'podAntiAffinity',
      'preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm: {labelSelector: {matchLabels: {security: S2}}, topologyKey: kubernetes.io/hostname}}]',
    );
    const cluster = clusterWith(
      FOUR,
      pod('s1', 'nodeName: node3', '{security: S1}'),
      pod('s2', 'nodeName: node3', '{security: S2}'),
      pod('with-pod-affinity', `affinity: {${near}, ${far}}`),
    );
    expect(placeOf(cluster, 'with-pod-affinity')).toBe('node4');
  });

  it('a cache on each of three nodes, and a web server beside each', () => {
    const shun = (app: string): string =>
      `podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: ${app}}}, topologyKey: kubernetes.io/hostname}]}`;
    const want = (app: string): string => shun(app).replace('podAntiAffinity', 'podAffinity');
    const deployment = (app: string, affinity: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${app}}
spec:
  replicas: 3
  selector: {matchLabels: {app: ${app}}}
  template:
    metadata: {labels: {app: ${app}}}
    spec: {affinity: {${affinity}}, containers: [{name: main, image: registry.example/app:v1}]}`;
    const cluster = clusterWith(FOUR, deployment('store', shun('store')), deployment('web', `${shun('web')}, ${want('store')}`));
    const nodesOf = (app: string): unknown[] =>
      cluster
        .list<Pod>('pods')
        .filter(({ metadata }) => metadata.labels?.['app'] === app)
        .map(({ spec }) => spec.nodeName)
        .sort();
    expect(new Set(nodesOf('store')).size).toBe(3);
    expect(nodesOf('web')).toEqual(nodesOf('store'));
  });
});

describe('topology spread constraints', () => {
  /** Two pods in zone A and one in zone B. */
  const THERE = [
    pod('p1', 'nodeName: node1', '{foo: bar}'),
    pod('p2', 'nodeName: node2', '{foo: bar}'),
    pod('p3', 'nodeName: node3', '{foo: bar}'),
  ];

  it('one constraint: the pod goes to the zone with fewer', () => {
    const cluster = clusterWith(FOUR, ...THERE, pod('mypod', `topologySpreadConstraints: [${SPREAD('zone')}]`, '{foo: bar}'));
    expect(['node3', 'node4']).toContain(placeOf(cluster, 'mypod'));
  });

  it('two constraints: of that zone, the node without one', () => {
    const both = `topologySpreadConstraints: [${SPREAD('zone')}, ${SPREAD('kubernetes.io/hostname')}]`;
    expect(placeOf(clusterWith(FOUR, ...THERE, pod('mypod', both, '{foo: bar}')), 'mypod')).toBe('node4');
  });

  it('two constraints in conflict leave the pod pending', () => {
    const three = 'name | labels\n node1 | zone=zoneA\n node2 | zone=zoneA\n node3 | zone=zoneB';
    const there = [...THERE, pod('p4', 'nodeName: node1', '{foo: bar}'), pod('p5', 'nodeName: node3', '{foo: bar}')];
    const both = `topologySpreadConstraints: [${SPREAD('zone')}, ${SPREAD('kubernetes.io/hostname')}]`;
    const cluster = clusterWith(three, ...there, pod('mypod', both, '{foo: bar}'));
    expect(filterPart(placeOf(cluster, 'mypod'))).toBe("0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.");
  });

  it('a zone that the node affinity excludes does not count', () => {
    const five = `${FOUR}\n node5 | zone=zoneC`;
    const outside = AFFINE('required', '{nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: NotIn, values: [zoneC]}]}]}');
    const constraint = `topologySpreadConstraints: [${SPREAD('zone')}]\n  ${outside}`;
    const cluster = clusterWith(five, ...THERE, pod('mypod', constraint, '{foo: bar}'));
    expect(['node3', 'node4']).toContain(placeOf(cluster, 'mypod'));
  });
});

describe('priority and preemption', () => {
  const CLASS = (name: string, rest: string): string => `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: ${name}}
description: For the examples only.
${rest}`;
  const SMALL = 'name | capacity\n node1 | cpu=1';
  const BUSY = pod('busy', 'priorityClassName: low-priority').replace(
    'image: registry.example/app:v1',
    'image: registry.example/app:v1, resources: {requests: {cpu: "1"}}',
  );
  const needing = (name: string): string => BUSY.replace('name: busy', `name: ${name}`).replace('low-priority', `${name}-priority`);

  it('a class gives pods its priority', () => {
    const cluster = clusterWith(
      FOUR,
      CLASS('high-priority', 'value: 1000000\nglobalDefault: false'),
      pod('nginx', 'priorityClassName: high-priority'),
    );
    expect(cluster.get<Pod>('pods/nginx').spec).toMatchObject({ priority: 1_000_000, preemptionPolicy: 'PreemptLowerPriority' });
    expect(cluster.get<PriorityClass>('priorityclasses.scheduling.k8s.io/high-priority').value).toBe(1_000_000);
  });

  it('a pod of high priority takes the place of one of low priority', () => {
    const cluster = clusterWith(SMALL, CLASS('low-priority', 'value: 1'), CLASS('high-priority', 'value: 1000000'), BUSY);
    cluster.advance(10_000);
    expect(createAll(cluster, needing('high'))).toEqual([]);
    expect(cluster.get<Pod>('pods/high').status.nominatedNodeName).toBe('node1');
    cluster.advance(60_000);
    expect(cluster.find('pods/busy')).toBeUndefined();
    expect(placeOf(cluster, 'high')).toBe('node1');
  });

  it('one that never preempts waits until there is room', () => {
    const never = CLASS('meek-priority', 'value: 1000000\npreemptionPolicy: Never');
    const cluster = clusterWith(SMALL, CLASS('low-priority', 'value: 1'), never, BUSY);
    expect(createAll(cluster, needing('meek'))).toEqual([]);
    cluster.advance(120_000);
    expect(cluster.get('pods/busy').metadata.deletionTimestamp).toBeUndefined();
    expect(placeOf(cluster, 'meek')).toContain('preemption: not eligible due to preemptionPolicy=Never.');
    cluster.remove('pods/busy');
    cluster.advance(60_000);
    expect(placeOf(cluster, 'meek')).toBe('node1');
  });
});

describe('taints, and pods that are not ready to be scheduled', () => {
  it('a tolerated taint keeps off all others', () => {
    const nodes = 'name | taints\n node1 | key1=value1:NoSchedule';
    const tolerant = 'tolerations: [{key: key1, operator: Equal, value: value1, effect: NoSchedule}]';
    const cluster = clusterWith(nodes, pod('nginx', tolerant), pod('other', 'restartPolicy: Always'));
    expect(placeOf(cluster, 'nginx')).toBe('node1');
    expect(filterPart(placeOf(cluster, 'other'))).toBe('0/1 nodes are available: 1 node(s) had untolerated taint {key1: value1}.');
  });

  it('scheduling gates hold a pod back', () => {
    const cluster = clusterWith(FOUR, pod('paused', 'schedulingGates: [{name: example.com/foo}, {name: example.com/bar}]'));
    expect(cluster.get<Pod>('pods/paused').status.conditions?.[0]).toMatchObject({ type: 'PodScheduled', reason: 'SchedulingGated' });
    cluster.patch('pods/paused', { spec: { schedulingGates: [] } });
    expect(placeOf(cluster, 'paused')).toMatch(/^node/);
  });
});
