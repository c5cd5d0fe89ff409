import { describe, expect, it } from 'vitest';
import type { DaemonSet } from '../../../src/engine/kinds/daemonset/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import { createTestCluster, podTemplate, type TestCluster } from '../../support/engine.ts';
import { daemonSet, finish } from '../../support/workloads.ts';

function statusOf(cluster: TestCluster): DaemonSet['status'] {
  return cluster.get<DaemonSet>('daemonsets.apps/agent').status;
}

/** Nodes of the pods that are there, with what is special about each: `node-1 v2 terminating`. */
function places(cluster: TestCluster): string[] {
  const lines = cluster.list<Pod>('pods', 'default').map(({ metadata, spec }) => {
    const image = spec.containers[0]?.image.split(':')[1];
    return [spec.nodeName, image, metadata.deletionTimestamp === undefined ? '' : 'terminating'].join(' ').trim();
  });
  return lines.sort();
}

function setImage(cluster: TestCluster, tag: string): void {
  const containers = [{ name: 'c', image: `registry.example/app:${tag}` }];
  cluster.patch('daemonsets.apps/agent', { spec: { template: { spec: { containers } } } });
}

describe('placement', () => {
  it('C401 C402 C406 one pod a node, bound by the scheduler through its affinity', () => {
    const cluster = createTestCluster({ nodes: 3 });
    cluster.create(daemonSet('agent'));
    expect(places(cluster)).toEqual(['node-1 v1', 'node-2 v1', 'node-3 v1']);
    const [pod] = cluster.list<Pod>('pods', 'default');
    const required = pod?.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    expect(required?.nodeSelectorTerms[0]?.matchFields?.[0]).toEqual({
      key: 'metadata.name',
      operator: 'In',
      values: [pod?.spec.nodeName],
    });
    expect(pod?.metadata.labels).toMatchObject({
      'pod-template-generation': '1',
      'controller-revision-hash': expect.stringMatching(/^[4-9bcdf]+$/),
    });
    cluster.advance(10_000);
    expect(statusOf(cluster)).toEqual({
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      desiredNumberScheduled: 3,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    });
  });

  it('C408 the status counts nodes: wanted, had, wrongly had, ready, up to date, available', () => {
    const cluster = createTestCluster({ nodes: 3 });
    cluster.create(daemonSet('agent', { minReadySeconds: 5, updateStrategy: { type: 'OnDelete' } }));
    cluster.advance(4_000);
    expect(statusOf(cluster)).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3, numberUnavailable: 3 });
    expect(statusOf(cluster).numberAvailable).toBeUndefined();
    cluster.advance(10_000);
    expect(statusOf(cluster)).toMatchObject({ numberAvailable: 3, updatedNumberScheduled: 3 });
    expect(statusOf(cluster).numberUnavailable).toBeUndefined();
    setImage(cluster, 'v2');
    const [first = ''] = cluster.list<Pod>('pods', 'default').map(({ metadata }) => metadata.name);
    cluster.remove(`pods/${first}`);
    cluster.advance(20_000);
    expect(statusOf(cluster)).toMatchObject({ observedGeneration: 2, updatedNumberScheduled: 1, numberAvailable: 3 });
    // A taint that lets it stay, and would not let it come.
    cluster.patch('nodes/node-3', { spec: { taints: [{ key: 'full', effect: 'NoSchedule' }] } });
    expect(statusOf(cluster)).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberMisscheduled: 1,
      numberReady: 2,
    });
  });

  it('C403 daemons tolerate what goes wrong with a node, for ever', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(daemonSet('agent'));
    const [pod] = cluster.list<Pod>('pods', 'default');
    expect(pod?.spec.tolerations?.map(({ key, effect, tolerationSeconds }) => `${key} ${effect} ${tolerationSeconds}`)).toEqual([
      'node.kubernetes.io/not-ready NoExecute undefined',
      'node.kubernetes.io/unreachable NoExecute undefined',
      'node.kubernetes.io/disk-pressure NoSchedule undefined',
      'node.kubernetes.io/memory-pressure NoSchedule undefined',
      'node.kubernetes.io/pid-pressure NoSchedule undefined',
      'node.kubernetes.io/unschedulable NoSchedule undefined',
    ]);
  });

  it('C401 C410 labels and taints decide, and a change of them is followed', () => {
    const cluster = createTestCluster({ nodes: 3 });
    cluster.patch('nodes/node-1', { metadata: { labels: { disk: 'ssd' } } });
    const template = podTemplate({ app: 'agent' }) as { spec: object };
    cluster.create(daemonSet('agent', { template: { ...template, spec: { ...template.spec, nodeSelector: { disk: 'ssd' } } } }));
    expect(places(cluster)).toEqual(['node-1 v1']);
    cluster.patch('nodes/node-2', { metadata: { labels: { disk: 'ssd' } } });
    expect(places(cluster)).toEqual(['node-1 v1', 'node-2 v1']);
    cluster.patch('nodes/node-1', { metadata: { labels: { disk: 'hdd' } } });
    cluster.advance(40_000);
    expect(places(cluster)).toEqual(['node-2 v1']);
    cluster.patch('nodes/node-2', { spec: { taints: [{ key: 'own', effect: 'NoSchedule' }] } });
    cluster.advance(40_000);
    expect(places(cluster)).toEqual(['node-2 v1']);
    expect(statusOf(cluster)).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 1 });
  });

  it('C405 a terminating daemon holds its node until it is gone', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(daemonSet('agent'));
    cluster.advance(5_000);
    const [pod] = cluster.list<Pod>('pods', 'default');
    cluster.patch(`pods/${pod?.metadata.name}`, { metadata: { finalizers: ['example.com/hold'] } });
    cluster.remove(`pods/${pod?.metadata.name}`);
    expect(cluster.list('pods', 'default')).toHaveLength(1);
  });

  it('C404 failed daemons are killed, with a growing pause', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(daemonSet('agent'));
    const kills: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const [pod] = cluster.list<Pod>('pods', 'default');
      const failedMs = cluster.state.nowMs;
      finish(cluster, pod?.metadata.name ?? '', 'Failed');
      for (let waited = 0; waited < 100 && cluster.find(`pods/${pod?.metadata.name}`) !== undefined; waited += 1) cluster.advance(100);
      kills.push(cluster.state.nowMs - failedMs);
    }
    expect(kills).toEqual([0, 1000, 2000]);
    expect(cluster.events('daemonsets.apps/agent').filter((line) => line.startsWith('Warning FailedDaemonPod'))).toHaveLength(3);
  });
});

describe('C407 updates', () => {
  it('replace one daemon at a time', () => {
    const cluster = createTestCluster({ nodes: 3 });
    cluster.create(daemonSet('agent'));
    cluster.advance(10_000);
    setImage(cluster, 'v2');
    for (let i = 0; i < 60; i += 1) {
      const unavailable = statusOf(cluster).numberUnavailable ?? 0;
      expect(unavailable).toBeLessThanOrEqual(1);
      cluster.advance(1_000);
    }
    expect(places(cluster)).toEqual(['node-1 v2', 'node-2 v2', 'node-3 v2']);
    expect(cluster.get('daemonsets.apps/agent').metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '2' });
  });

  it('with maxSurge start the new daemon first', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create(daemonSet('agent', { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }));
    cluster.advance(10_000);
    setImage(cluster, 'v2');
    expect(places(cluster).filter((place) => place.endsWith('terminating'))).toEqual([]);
    expect(places(cluster)).toHaveLength(3);
    cluster.advance(60_000);
    expect(places(cluster)).toEqual(['node-1 v2', 'node-2 v2']);
  });

  it('OnDelete waits for the user', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(daemonSet('agent', { updateStrategy: { type: 'OnDelete' } }));
    cluster.advance(10_000);
    setImage(cluster, 'v2');
    cluster.advance(60_000);
    expect(places(cluster)).toEqual(['node-1 v1']);
    expect(statusOf(cluster).updatedNumberScheduled).toBeUndefined();
  });

  it('C409 leave a revision each, and reuse the one of an old template', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(daemonSet('agent'));
    setImage(cluster, 'v2');
    setImage(cluster, 'v1');
    const revisions = cluster.list('controllerrevisions.apps', 'default').map((item) => item['revision']);
    expect([...revisions].sort()).toEqual([2, 3]);
  });
});
