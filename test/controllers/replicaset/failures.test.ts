// What a ReplicaSet does when something is missing, refused, or not seen yet.

import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../src/engine/apimachinery/time.ts';
import {
  areExpectationsMet,
  expectCreations,
  expectDeletions,
  observeDeletion,
} from '../../../src/engine/controllers/shared/expectations.ts';
import { isPodReady } from '../../../src/engine/controllers/shared/pods.ts';
import { replicaSetController } from '../../../src/engine/controllers/replicaset/index.ts';
import { drainQueue } from '../../../src/engine/kernel/work-queue.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { barePod, createTestCluster, replicaSet, type TestCluster } from '../../support/engine.ts';

const QUEUE = replicaSetController.name;
const KEY = 'default/r';
const FIVE_MINUTES = 300_000;

const pods = (cluster: TestCluster): Pod[] => cluster.list<Pod>('pods', 'default');
const statusOf = (cluster: TestCluster): ReplicaSet['status'] => cluster.get<ReplicaSet>('replicasets.apps/r').status;

/** Lets a namespace have so many pods. */
function quota(cluster: TestCluster, count: number): void {
  cluster.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: String(count) } } });
}

describe('expectations', () => {
  it('C124 what is not seen yet holds up scaling, but no claim and no status', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    expectCreations(cluster.state, QUEUE, KEY, 1);
    cluster.patch('replicasets.apps/r', { spec: { replicas: 3 } });
    expect(pods(cluster)).toHaveLength(1);
    expect(statusOf(cluster)).toMatchObject({ replicas: 1, observedGeneration: 2 });
    cluster.create(barePod('orphan', { labels: { app: 'r' } }));
    expect(cluster.get<Pod>('pods/orphan').metadata.ownerReferences?.[0]?.name).toBe('r');
    expect(pods(cluster)).toHaveLength(2);
    expect(statusOf(cluster)).toMatchObject({ replicas: 2 });
  });

  it('C124 a pod of its own that is seen meets one of them', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    const [pod] = pods(cluster);
    expectDeletions(cluster.state, QUEUE, KEY, [`default/${pod?.metadata.name}`, 'default/other']);
    cluster.remove(`pods/${pod?.metadata.name}`);
    expect(areExpectationsMet(cluster.state, QUEUE, KEY)).toBe(false);
    expect(pods(cluster)).toHaveLength(0);
    observeDeletion(cluster.state, QUEUE, KEY, 'default/other');
    expect(areExpectationsMet(cluster.state, QUEUE, KEY)).toBe(true);
    cluster.patch('replicasets.apps/r', { metadata: { labels: { woken: 'yes' } } });
    expect(pods(cluster)).toHaveLength(1);
  });

  it('C124 they end after five minutes', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    expectCreations(cluster.state, QUEUE, KEY, 1);
    cluster.advance(FIVE_MINUTES);
    cluster.patch('replicasets.apps/r', { spec: { replicas: 2 } });
    expect(pods(cluster)).toHaveLength(1);
    cluster.advance(1);
    cluster.patch('replicasets.apps/r', { spec: { replicas: 3 } });
    expect(pods(cluster)).toHaveLength(3);
  });

  it('C125 what failed, and what was skipped after it, is not waited for', () => {
    const cluster = createTestCluster();
    quota(cluster, 1);
    cluster.create(replicaSet('r', 7));
    expect(pods(cluster)).toHaveLength(1);
    expect(areExpectationsMet(cluster.state, QUEUE, KEY)).toBe(true);
    cluster.patch('resourcequotas/q', { spec: { hard: { pods: '10' } } });
    cluster.advance(1_000);
    expect(pods(cluster)).toHaveLength(7);
  });

  it('C126 the next of the name inherits none', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 0));
    expectCreations(cluster.state, QUEUE, KEY, 1);
    cluster.remove('replicasets.apps/r');
    cluster.create(replicaSet('r', 2));
    expect(pods(cluster)).toHaveLength(2);
  });
});

describe('pods that cannot be made', () => {
  it('C143 tells of what was made, refused and deleted', () => {
    const cluster = createTestCluster();
    quota(cluster, 1);
    cluster.create(replicaSet('r', 2));
    cluster.patch('replicasets.apps/r', { spec: { replicas: 0 } });
    const texts = cluster.events('replicasets.apps/r').map((text) => text.replaceAll(/r-[a-z0-9]{5}\b/g, 'r-<5>'));
    expect([...new Set(texts)]).toEqual([
      'Normal SuccessfulCreate "Created pod: r-<5>"',
      'Warning FailedCreate "Error creating: pods "r-<5>" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"',
      'Normal SuccessfulDelete "Deleted pod: r-<5>"',
    ]);
  });

  it('C144 each retry names another pod, so that the tenth and all after it are gathered', () => {
    const cluster = createTestCluster();
    quota(cluster, 0);
    cluster.create(replicaSet('r', 3));
    const tries: number[] = [];
    for (let ms = 1; ms <= 80; ms += 1) {
      const events = cluster.during('events', () => cluster.advance(1));
      if (events.length > 0) tries.push(ms);
    }
    // The sync that its own status wakes is the second failure, so the waits are 5, 20 and 40 ms.
    expect(tries).toEqual([5, 25, 65]);
    const names = cluster.events('replicasets.apps/r').map((text) => /pods "(r-[a-z0-9]{5})"/.exec(text)?.[1]);
    expect(new Set(names).size).toBe(5);
    cluster.advance(60_000);
    const all = cluster.events('replicasets.apps/r');
    expect(all).toHaveLength(10);
    expect(all.filter((text) => text.includes('(combined from similar events): Error creating: pods "r-'))).toHaveLength(1);
  });

  it('C153 the failure is a condition as long as it lasts, and says what came first', () => {
    const cluster = createTestCluster();
    quota(cluster, 1);
    cluster.create(replicaSet('r', 2));
    const [condition] = statusOf(cluster).conditions ?? [];
    expect(condition).toMatchObject({
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      lastTransitionTime: formatTime(cluster.state.nowMs),
    });
    expect(condition?.message).toMatch(/^pods "r-[a-z0-9]{5}" is forbidden: exceeded quota: q, /);
    cluster.advance(10_000);
    expect(statusOf(cluster).conditions).toEqual([condition]);
    cluster.patch('resourcequotas/q', { spec: { hard: { pods: '2' } } });
    cluster.advance(60_000);
    expect(statusOf(cluster)).toEqual({ replicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 });
  });

  it('C142 a template without labels is refused before it could make any', () => {
    const cluster = createTestCluster();
    const body = replicaSet('r', 1, { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } });
    const status = cluster.refusal({ verb: 'create', resource: 'replicasets.apps', namespace: 'default', body, options: {} });
    expect(status?.message).toContain('`selector` does not match template `labels`');
  });

  it('C141 a name that is taken is drawn again, eight times in all', () => {
    const name = (cluster: TestCluster): string => {
      cluster.create(replicaSet('r', 1));
      return pods(cluster).find(({ metadata }) => metadata.ownerReferences !== undefined)?.metadata.name ?? '';
    };
    const first = name(createTestCluster());
    const taken = [first];
    for (let count = 1; count < 8; count += 1) {
      const cluster = createTestCluster();
      for (const item of taken) cluster.create(barePod(item));
      const next = name(cluster);
      expect(taken).not.toContain(next);
      taken.push(next);
    }
    const cluster = createTestCluster();
    for (const item of taken) cluster.create(barePod(item));
    cluster.create(replicaSet('r', 1));
    expect(cluster.events('replicasets.apps/r').slice(0, 1)).toEqual([
      `Warning FailedCreate "Error creating: pods "${taken[7]}" already exists"`,
    ]);
  });
});

describe('which pods count', () => {
  it.each(['Pending', 'Running', 'Unknown'])('C111 ready is the condition: the phase is not looked at (%s)', (phase) => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    const [pod] = pods(cluster);
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(cluster.state.nowMs) }];
    cluster.patch(`pods/${pod?.metadata.name}`, { status: { phase, conditions } }, 'status');
    expect(statusOf(cluster)).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
    expect(isPodReady(cluster.get<Pod>(`pods/${pod?.metadata.name}`))).toBe(true);
  });

  it('C152 a pod that is being deleted is in no counter, and there is none for it', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(replicaSet('r', 1, {}));
    cluster.advance(5_000);
    const [pod] = pods(cluster);
    cluster.remove(`pods/${pod?.metadata.name}`);
    expect(pods(cluster)).toHaveLength(2);
    expect(statusOf(cluster)).toEqual({ replicas: 1, fullyLabeledReplicas: 1, observedGeneration: 1 });
  });

  it('C104 the end of a pod that nobody owns wakes nobody', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 0));
    cluster.create(barePod('orphan', { labels: { app: 'x' } }));
    cluster.create(replicaSet('other', 1));
    const woken = (change: (typeof cluster.changes)[number]): string[] => {
      replicaSetController.watches['pods']?.(cluster.state, change);
      return drainQueue(cluster.state, QUEUE);
    };
    const [gone] = cluster.during('pods', () => cluster.remove('pods/orphan')).filter(({ type }) => type === 'DELETED');
    expect(gone).toBeDefined();
    if (gone === undefined) return;
    expect(woken({ ...gone, object: { ...gone.object, metadata: { ...gone.object.metadata, labels: { app: 'r' } } } })).toEqual([]);
    const [owned] = pods(cluster);
    const [end] = cluster.during('pods', () => cluster.remove(`pods/${owned?.metadata.name}`)).filter(({ type }) => type === 'DELETED');
    expect(end === undefined ? [] : woken(end)).toEqual(['default/other']);
  });
});
