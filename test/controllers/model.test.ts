// What all controllers have in common: queues, rounds, times, and that nothing happens by itself.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { settle } from '../../src/engine/cluster/settle.ts';
import type { Component } from '../../src/engine/kernel/component.ts';
import { DONE, doneOrRetry, GONE, type Reconciled, requeueAfter, RETRY, type RetryLimits } from '../../src/engine/kernel/reconciled.ts';
import { conclude, enqueueAfter } from '../../src/engine/kernel/requeue.ts';
import { clearTimer, getTimer, takeTimer } from '../../src/engine/kernel/timers.ts';
import { drainQueue, enqueue } from '../../src/engine/kernel/work-queue.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import type { ReplicaSet } from '../../src/engine/kinds/replicaset/types.ts';
import { createTestCluster, replicaSet, START_MS } from '../support/engine.ts';
import { cronJob, daemonSet, job, makeReady, podNames, statefulSet } from '../support/workloads.ts';

const DAY_MS = 86_400_000;

function deployment(name: string): object {
  const spec = { replicas: 1, selector: { matchLabels: { app: name } }, template: well(name) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}

/** A template of pods that become ready. */
function well(app: string): object {
  return { metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image: 'c1t1d0s7/myweb', imagePullPolicy: 'Never' }] } };
}

describe('work queues', () => {
  it('C001 a key that waits is not queued again, and one that comes while it is worked on waits for the next round', () => {
    const { state } = createTestCluster();
    for (const key of ['a', 'b', 'a']) enqueue(state, 'q', key);
    expect(drainQueue(state, 'q')).toEqual(['a', 'b']);
    enqueue(state, 'q', 'a');
    expect(drainQueue(state, 'q')).toEqual(['a']);
    expect(drainQueue(state, 'q')).toEqual([]);
  });

  it('C002 a key is synced once a round, whatever came for it: five creations are five keys and one sync each', () => {
    const cluster = createTestCluster();
    const objects = Array.from({ length: 5 }, (_, index) => replicaSet(`rs-${index}`, 0));
    const { changes } = cluster.execute({ type: 'manifests', mode: 'create', namespace: 'default', objects });
    const writes = changes.filter(({ resource, type }) => resource === 'replicasets.apps' && type === 'MODIFIED');
    expect(writes.map(({ object }) => object.metadata.name)).toEqual(['rs-0', 'rs-1', 'rs-2', 'rs-3', 'rs-4']);
  });

  it('C003 failures in a row wait 5 ms, then twice as long each time; the earlier of two times holds', () => {
    const { state } = createTestCluster();
    const waits = Array.from({ length: 4 }, () => {
      conclude(state, { name: 'q' }, 'key', RETRY);
      const dueMs = getTimer(state, 'q', 'key')?.dueMs ?? 0;
      enqueueAfter(state, 'q', 'key', 100_000);
      expect(getTimer(state, 'q', 'key')?.dueMs).toBe(dueMs);
      state.nowMs = dueMs + 1;
      return dueMs - START_MS;
    });
    expect(waits[0]).toBe(5);
    const { state: other } = createTestCluster();
    const delays = Array.from({ length: 20 }, (_, index) => {
      conclude(other, { name: 'q' }, `key-${index}`, RETRY);
      conclude(other, { name: 'p' }, 'key', RETRY);
      return (getTimer(other, 'p', 'key')?.dueMs ?? 0) - START_MS;
    });
    expect(new Set(delays)).toEqual(new Set([5]));
  });

  it('C003 a success forgets the failures, a limit gives the key up, and of a key that is gone nothing is kept', () => {
    const { state } = createTestCluster();
    const waitMs = (): number | undefined => {
      const timer = getTimer(state, 'q', 'key');
      return timer === undefined ? undefined : timer.dueMs - START_MS;
    };
    const after = (said: Reconciled, retries?: RetryLimits): number | undefined => {
      clearTimer(state, 'q', 'key');
      conclude(state, { name: 'q', ...(retries === undefined ? {} : { retries }) }, 'key', said);
      return waitMs();
    };
    expect([after(RETRY), after(RETRY), after(DONE), after(RETRY)]).toEqual([5, 10, undefined, 5]);
    expect([after(GONE), after(RETRY)]).toEqual([undefined, 5]);
    conclude(state, { name: 'q' }, 'key', GONE);
    expect(waitMs()).toBeUndefined();
    const limits = { baseMs: 100, maxMs: 150, countMax: 3 };
    expect(Array.from({ length: 5 }, () => after(RETRY, limits))).toEqual([100, 150, 150, undefined, 100]);
    // What the clock brings comes beside the back-off, whichever is earlier, after a success and after a failure.
    expect([after(doneOrRetry(true, 40)), after(requeueAfter(70)), after(doneOrRetry(false, 3)), after(doneOrRetry(false, 1_000))]).toEqual(
      [40, 70, 3, 10],
    );
  });

  it('C003 a key that waits for its back-off comes back into its own queue', () => {
    const { state } = createTestCluster();
    const looks: number[] = [];
    const component: Component = {
      name: 'replicaset',
      watches: {},
      reconcile() {
        looks.push(state.nowMs - START_MS);
        return looks.length < 4 ? RETRY : DONE;
      },
      timers: {},
    };
    enqueue(state, 'replicaset', 'key');
    settle(state, [component]);
    for (let timer = takeTimer(state, START_MS + 1_000); timer !== undefined; timer = takeTimer(state, START_MS + 1_000)) {
      state.nowMs = timer.dueMs;
      enqueue(state, timer.owner, timer.key);
      settle(state, [component]);
    }
    expect(looks).toEqual([0, 5, 15, 35]);
  });

  it('C004 nothing is resynced: what does not change has no history', () => {
    const cluster = createTestCluster({ nodes: 2 });
    const template = (app: string) => ({ template: well(app) });
    const workloads = [replicaSet('rs', 2, template('rs')), statefulSet('s', 1, template('s')), daemonSet('ds', template('ds'))];
    for (const object of [...workloads, deployment('d')]) cluster.create(object);
    cluster.advance(3_700_000); // Events have expired
    const from = cluster.changes.length;
    cluster.advance(2 * DAY_MS);
    expect(cluster.changes.slice(from)).toEqual([]);
  });

  it('C005 C010 a controller sees its own writes: expectations are met at the next sync, and nothing is made twice', () => {
    const cluster = createTestCluster();
    const pods = cluster.during('pods', () => void cluster.create(replicaSet('rs', 50)));
    expect(pods.filter(({ type }) => type === 'ADDED')).toHaveLength(50);
    cluster.patch('replicasets.apps/rs', { metadata: { labels: { touched: 'yes' } } });
    expect(podNames(cluster)).toHaveLength(50);
  });

  it('C008 writes are not throttled: a hundred pods are made at one instant', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('rs', 100));
    expect(new Set(cluster.list<Pod>('pods', 'default').map(({ metadata }) => metadata.creationTimestamp))).toEqual(
      new Set(['2026-01-01T00:00:00Z']),
    );
    expect(podNames(cluster)).toHaveLength(100);
  });

  it('C011 two pods that become ready at one instant are one status', () => {
    const cluster = createTestCluster({ nodes: 1, timing: {} });
    cluster.create(replicaSet('rs', 2, { template: well('rs') }));
    cluster.advance(60_000);
    const counts = cluster.changes
      .filter(({ resource }) => resource === 'replicasets.apps')
      .map(({ object }) => (object as unknown as ReplicaSet).status.readyReplicas ?? 0);
    expect(counts.filter((count, index) => count !== counts[index - 1])).toEqual([0, 2]);
    const apart = createTestCluster();
    apart.create(replicaSet('rs', 2));
    const writes = apart.during('replicasets.apps', () => {
      for (const name of podNames(apart)) makeReady(apart, name);
    });
    expect(writes.map(({ object }) => (object as unknown as ReplicaSet).status.readyReplicas)).toEqual([1, 2]);
  });
});

describe('metadata', () => {
  it('C006 times are whole seconds, cut and not rounded; times of leases and of the scheduler keep microseconds', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.advance(1_999);
    expect(cluster.create(replicaSet('rs', 1)).metadata.creationTimestamp).toBe('2026-01-01T00:00:01Z');
    const [pod] = cluster.list<Pod>('pods', 'default');
    expect(pod?.status.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime).toBe('2026-01-01T00:00:01Z');
    const scheduled = cluster
      .list<KubeObject & { reason: string; eventTime: string }>('events', 'default')
      .find(({ reason }) => reason === 'Scheduled');
    expect(scheduled?.eventTime).toBe('2026-01-01T00:00:01.999000Z');
    const [lease] = cluster.list<KubeObject & { spec: { renewTime: string } }>('leases.coordination.k8s.io', 'kube-node-lease');
    expect(lease?.spec.renewTime).toMatch(/\.\d{6}Z$/);
  });

  it.each([
    ['replicasets.apps/x', replicaSet('x', 1), { spec: { replicas: 2 } }],
    ['deployments.apps/x', deployment('x'), { spec: { replicas: 2 } }],
    ['statefulsets.apps/x', statefulSet('x', 1), { spec: { replicas: 2 } }],
    ['daemonsets.apps/x', daemonSet('x'), { spec: { minReadySeconds: 5 } }],
    ['jobs.batch/x', job('x'), { spec: { parallelism: 2 } }],
    ['cronjobs.batch/x', cronJob('x', '0 0 1 1 *'), { spec: { suspend: true } }],
  ])('C007 %s: the generation rises with the spec, with a deletion that waits, and with nothing else', (path, manifest, spec) => {
    const cluster = createTestCluster();
    cluster.create(manifest);
    const generation = (): number => cluster.get(path).metadata.generation ?? 0;
    const seen = [generation()];
    cluster.patch(path, { metadata: { labels: { a: 'b' }, finalizers: ['example.com/hold'] } });
    seen.push(generation());
    cluster.patch(path, spec);
    seen.push(generation());
    cluster.remove(path);
    seen.push(generation());
    expect(seen).toEqual([1, 1, 2, 3]);
  });
});
