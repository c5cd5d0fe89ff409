// What cannot be worked off waits, and the rest of the cluster goes on.

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { writeObject } from '../../src/engine/apiserver/api.ts';
import { runInstant, settle } from '../../src/engine/cluster/settle.ts';
import { stateHash } from '../../src/engine/cluster/index.ts';
import type { Component } from '../../src/engine/kernel/component.ts';
import { parkedWork } from '../../src/engine/kernel/parking.ts';
import { getTimer } from '../../src/engine/kernel/timers.ts';
import { enqueue } from '../../src/engine/kernel/work-queue.ts';
import { configMapKind } from '../../src/engine/kinds/configmap/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../support/engine.ts';

const HOST_PORT = { nodeName: 'node-1', containers: [{ name: 'a', image: 'nginx', ports: [{ containerPort: 80, hostPort: 21_017 }] }] };
const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: HOST_PORT };
const SELECTOR = { matchLabels: { app: 'x' } };

/** A cluster in which node-1 refuses every further pod of the port. */
function occupied(): TestCluster {
  const cluster = createTestCluster({ nodes: 2 });
  cluster.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'holder' }, spec: HOST_PORT });
  cluster.advance(20_000);
  return cluster;
}

/** Pods made at each instant, by seconds since the start. */
function creations(cluster: TestCluster): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type, resource, object, timeMs } of cluster.changes) {
    if (resource !== 'pods' || type !== 'ADDED' || object.metadata.name === 'holder') continue;
    const second = String((timeMs - cluster.state.startMs) / 1000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

describe('pods that their node refuses for ever', () => {
  it.each([
    ['v1', 'ReplicationController', { replicas: 1, selector: { app: 'x' }, template: TEMPLATE }],
    ['apps/v1', 'ReplicaSet', { replicas: 1, selector: SELECTOR, template: TEMPLATE }],
    ['apps/v1', 'StatefulSet', { replicas: 1, selector: SELECTOR, serviceName: 'x', template: TEMPLATE }],
  ])('C008 %s %s replaces them five times a second', (apiVersion, kind, spec) => {
    const cluster = occupied();
    cluster.create({ apiVersion, kind, metadata: { name: 'x' }, spec });
    cluster.advance(3_000);
    const counts = creations(cluster);
    expect(Object.keys(counts)).toEqual(['20', '21', '22', '23']);
    expect(new Set(Object.values(counts))).toEqual(new Set(kind === 'StatefulSet' ? [6, 5] : [5]));
    expect(cluster.list<Pod>('pods').filter(({ status }) => status.reason === 'NodePorts').length).toBeGreaterThan(0);
  });

  it('C008 a split advance makes the same history', () => {
    const [whole, split] = [occupied(), occupied()];
    for (const cluster of [whole, split])
      cluster.create({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'x' },
        spec: { replicas: 2, selector: SELECTOR, template: TEMPLATE },
      });
    whole.advance(5_000);
    for (let index = 0; index < 10; index += 1) split.advance(500);
    split.reopen();
    expect(stateHash(split.state)).toBe(stateHash(whole.state));
  });

  it('C008 nothing holds back who makes progress', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('many', 4_000));
    expect(cluster.list('pods')).toHaveLength(4_000);
    for (const pod of cluster.list('pods').slice(0, 20)) cluster.remove(`pods/${pod.metadata.name}`, { gracePeriodSeconds: 0 });
    expect(cluster.list('pods')).toHaveLength(4_000);
  });
});

describe('controllers that do not come to rest', () => {
  it('are parked for a second, and go on then', () => {
    const { state } = createTestCluster();
    let calls = 0;
    const flipping: Component = {
      name: 'flipping',
      watches: {},
      reconcile(_state, key) {
        calls += 1;
        enqueue(state, 'flipping', key);
      },
      timers: {},
    };
    enqueue(state, 'flipping', 'a');
    settle(state, [flipping]);
    expect(calls).toBe(2_000);
    expect(getTimer(state, 'parked', 'flipping|a')?.dueMs).toBe(state.nowMs + 1_000);
    expect(state.derived.queues.get('flipping')?.size).toBe(0);
    state.nowMs += 1_000;
    runInstant(state);
    expect(state.derived.queues.get('flipping')).toEqual(new Set(['a']));
  });
});

describe('work on which the engine failed', () => {
  it('a key waits for an hour, and all others go on', () => {
    const cluster = createTestCluster();
    const work = { kind: 'key', owner: 'replicaset', key: 'default/broken' } as const;
    cluster.execute({ type: 'park', work });
    cluster.create(replicaSet('broken', 2));
    cluster.create(replicaSet('fine', 2));
    const names = (): readonly string[] => cluster.list('pods').map(({ metadata }) => metadata.name.replace(/-.*/, ''));
    expect(names()).toEqual(['fine', 'fine']);
    expect(parkedWork(cluster.state)).toMatchObject([work]);
    cluster.reopen();
    cluster.advance(3_599_999);
    expect(names()).toEqual(['fine', 'fine']);
    cluster.advance(1);
    expect(names().toSorted()).toEqual(['broken', 'broken', 'fine', 'fine']);
    expect(parkedWork(cluster.state)).toEqual([]);
  });

  it('a timer fires an hour later', () => {
    const cluster = createTestCluster();
    const cron = {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } },
    };
    cluster.create({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c' }, spec: cron });
    cluster.execute({ type: 'park', work: { kind: 'timer', owner: 'cronjob', key: 'default/c' } });
    cluster.advance(3_599_000);
    expect(cluster.list('jobs.batch')).toEqual([]);
    cluster.advance(61_000);
    expect(cluster.list('jobs.batch').length).toBeGreaterThan(0);
  });

  it('is known while it runs, and nothing is when the cluster is quiet', () => {
    const cluster = createTestCluster();
    expect(cluster.state.derived.running).toBeUndefined();
    const failing: Component = {
      name: 'failing',
      watches: {},
      reconcile(state) {
        writeObject(state, configMapKind, { kind: 'ConfigMap' } as unknown as KubeObject as never);
      },
      timers: {},
    };
    enqueue(cluster.state, 'failing', 'a');
    expect(() => settle(cluster.state, [failing])).toThrow();
    expect(cluster.state.derived.running).toEqual({ kind: 'key', owner: 'failing', key: 'a' });
  });
});
