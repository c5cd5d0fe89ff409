import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { formatTime } from '../../../src/engine/apimachinery/time.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { ReplicaSet } from '../../../src/engine/kinds/replicaset/types.ts';
import { barePod, createTestCluster, podTemplate, readyStatus, replicaSet, type TestCluster } from '../../support/engine.ts';

const DEV = { app: 'testapp-rs', env: 'dev' };
const EXPRESSIONS = {
  selector: {
    matchExpressions: [
      { key: 'app', operator: 'In', values: ['testapp-rs'] },
      { key: 'env', operator: 'Exists' },
    ],
  },
  template: podTemplate(DEV),
};

describe('C1101 a ReplicaSet adopts two bare pods', () => {
  it('C115 C117 C122 C151 adopts without events, creates the rest, writes the status of before and then of after', () => {
    const cluster = clusterWithBarePods({ x: DEV, y: DEV });
    const from = cluster.changes.length;
    const owner = cluster.create<ReplicaSet>(replicaSet('testapp-rs', 4, EXPRESSIONS));
    expect(lines(cluster, from)).toEqual([
      'ReplicaSet testapp-rs {"replicas":0}',
      'adopted x',
      'adopted y',
      'new pod',
      'new pod',
      'ReplicaSet testapp-rs {"replicas":2,"fullyLabeledReplicas":2,"readyReplicas":2,"availableReplicas":2,"observedGeneration":1}',
      'ReplicaSet testapp-rs {"replicas":4,"fullyLabeledReplicas":4,"readyReplicas":2,"availableReplicas":2,"observedGeneration":1}',
    ]);
    expect(cluster.get<Pod>('pods/x').metadata.ownerReferences).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: 'testapp-rs',
        uid: owner.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
    expect(cluster.events('replicasets.apps/testapp-rs')).toHaveLength(2);
    for (const event of cluster.events('replicasets.apps/testapp-rs'))
      expect(event).toMatch(/^Normal SuccessfulCreate "Created pod: testapp-rs-[a-z0-9]{5}"$/);
  });

  it('C150 C118 counts only pods with all labels of the template as fully labelled', () => {
    const cluster = clusterWithBarePods({ x: DEV, y: DEV });
    cluster.create(replicaSet('testapp-rs', 4, { ...EXPRESSIONS, template: podTemplate({ ...DEV, tier: 'web' }) }));
    expect(statusOf(cluster, 'testapp-rs')).toMatchObject({ replicas: 4, fullyLabeledReplicas: 2 });
  });

  it('C110 leaves finished pods and pods that are being deleted alone', () => {
    const cluster = clusterWithBarePods({ x: DEV, y: DEV });
    cluster.patch('pods/x', { status: { phase: 'Failed' } }, 'status');
    cluster.remove('pods/y');
    cluster.create(replicaSet('testapp-rs', 4, EXPRESSIONS));
    expect(ownersOf(cluster, 'x')).toEqual([]);
    expect(ownersOf(cluster, 'y')).toEqual([]);
    expect(statusOf(cluster, 'testapp-rs').replicas).toBe(4);
    expect(cluster.list('pods', 'default')).toHaveLength(6);
  });

  it('C114.4 C118 adopts by selector only: another image and an empty label value are fine, a missing label is not', () => {
    const cluster = clusterWithBarePods({ empty: { app: 'testapp-rs', env: '' }, lacking: { app: 'testapp-rs' } });
    cluster.create(barePod('other', { labels: DEV }, { containers: [{ name: 'd', image: 'other:2' }] }));
    cluster.create(replicaSet('testapp-rs', 4, EXPRESSIONS));
    expect(ownersOf(cluster, 'empty')).toEqual(['testapp-rs']);
    expect(ownersOf(cluster, 'other')).toEqual(['testapp-rs']);
    expect(ownersOf(cluster, 'lacking')).toEqual([]);
    expect(statusOf(cluster, 'testapp-rs').replicas).toBe(4);
  });

  it('C114.1 C120 ignores a pod that another controller owns', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('first', 1, { selector: { matchLabels: { env: 'dev' } }, template: podTemplate(DEV) }));
    cluster.create(replicaSet('testapp-rs', 4, EXPRESSIONS));
    expect(cluster.list('pods', 'default')).toHaveLength(5);
    expect(statusOf(cluster, 'first').replicas).toBe(1);
    expect(statusOf(cluster, 'testapp-rs').replicas).toBe(4);
  });

  it('C120 of two ReplicaSets that match an orphan the first to sync adopts it', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('a', 0, { selector: { matchLabels: { env: 'dev' } }, template: podTemplate(DEV) }));
    cluster.create(replicaSet('b', 1, { selector: { matchLabels: { app: 'testapp-rs' } }, template: podTemplate(DEV) }));
    const [own] = cluster.list<Pod>('pods', 'default');
    cluster.create(barePod('orphan', { labels: DEV }));
    expect(cluster.find('pods/orphan')).toBeUndefined(); // adopted by a, which wants none, and deleted
    expect(cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.name)).toEqual([own?.metadata.name]);
  });

  it('C121 C128 adopts five, then deletes one too many in the same sync', () => {
    const cluster = clusterWithBarePods({ a: DEV, b: DEV, c: DEV, d: DEV, e: DEV });
    const from = cluster.changes.length;
    cluster.create(replicaSet('testapp-rs', 4, EXPRESSIONS));
    const seen = lines(cluster, from);
    expect(seen.filter((line) => line.startsWith('adopted'))).toHaveLength(5);
    expect(seen.filter((line) => line === 'new pod')).toHaveLength(0);
    expect(
      seen
        .filter((line) => line.startsWith('ReplicaSet'))
        .slice(1)
        .map((line) => JSON.parse(line.slice(line.indexOf('{'))).replicas),
    ).toEqual([5, 4]);
    expect(cluster.events('replicasets.apps/testapp-rs')[0]).toMatch(/^Normal SuccessfulDelete "Deleted pod: [a-e]"$/);
  });

  it('C101 C131 adopts a late orphan and deletes it again, because it is unbound', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('testapp-rs', 4, EXPRESSIONS));
    for (const pod of cluster.list<Pod>('pods', 'default')) makeReady(cluster, pod.metadata.name);
    const from = cluster.changes.length;
    cluster.create(barePod('z', { labels: DEV }));
    expect(cluster.find('pods/z')).toBeUndefined();
    expect(lines(cluster, from)).toContain('adopted z');
    expect(cluster.events('replicasets.apps/testapp-rs')).toContain('Normal SuccessfulDelete "Deleted pod: z"');
  });
});

describe('C1102 relabel a pod out of the selector and back', () => {
  it('C102 C116 C117 releases without an event, replaces, adopts again and deletes the youngest', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 3));
    cluster.advanceTo(2_000);
    const [a = ''] = makeAllReady(cluster);
    cluster.advanceTo(20_000);
    const from = cluster.changes.length;
    cluster.patch(`pods/${a}`, { metadata: { labels: { app: 'debug' } } });
    expect(lines(cluster, from)).toEqual([
      `relabelled ${a}`,
      `released ${a}`,
      'new pod',
      'ReplicaSet r {"replicas":2,"fullyLabeledReplicas":2,"readyReplicas":2,"availableReplicas":2,"observedGeneration":1}',
      'ReplicaSet r {"replicas":3,"fullyLabeledReplicas":3,"readyReplicas":2,"availableReplicas":2,"observedGeneration":1}',
    ]);
    const d = newestPod(cluster);
    cluster.advanceTo(22_000);
    makeReady(cluster, d);
    cluster.advanceTo(30_000);
    cluster.patch(`pods/${a}`, { metadata: { labels: { app: 'r' } } });
    expect(ownersOf(cluster, a)).toEqual(['r']);
    expect(cluster.get(`pods/${d}`).metadata.deletionTimestamp).toBeDefined();
    expect(cluster.events('replicasets.apps/r').at(-1)).toBe(`Normal SuccessfulDelete "Deleted pod: ${d}"`);
    expect(statusOf(cluster, 'r')).toMatchObject({ replicas: 3, readyReplicas: 3 });
  });

  it('C131.4 a lower deletion cost goes before a younger pod', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 3));
    const [a = ''] = makeAllReady(cluster);
    cluster.patch(`pods/${a}`, { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } } });
    cluster.patch('replicasets.apps/r', { spec: { replicas: 2 } });
    expect(cluster.get(`pods/${a}`).metadata.deletionTimestamp).toBeDefined();
  });
});

describe('C1103 scale 3 to 5 to 2', () => {
  it('C122 C123 C133 creates in order, then deletes the young and the smallest UID of the old', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 3));
    cluster.advanceTo(2_000);
    makeAllReady(cluster);
    const old = cluster.list<Pod>('pods', 'default');
    cluster.advanceTo(30_000);
    let from = cluster.changes.length;
    cluster.patch('replicasets.apps/r', { spec: { replicas: 5 } });
    expect(statuses(cluster, from)).toEqual([
      { replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 },
      { replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 2 },
      { replicas: 5, fullyLabeledReplicas: 5, readyReplicas: 3, availableReplicas: 3, observedGeneration: 2 },
    ]);
    cluster.advanceTo(31_000);
    const young = cluster.list<Pod>('pods', 'default').filter((pod) => !old.some((item) => item.metadata.uid === pod.metadata.uid));
    for (const pod of young) makeReady(cluster, pod.metadata.name);
    cluster.advanceTo(38_000);
    from = cluster.changes.length;
    cluster.patch('replicasets.apps/r', { spec: { replicas: 2 } });
    const byUid = (a: Pod, b: Pod): number => (a.metadata.uid < b.metadata.uid ? -1 : 1);
    const expected = [...young.sort(byUid), [...old].sort(byUid)[0] as Pod].map((pod) => pod.metadata.name);
    expect(lines(cluster, from).filter((line) => line.startsWith('deleting'))).toEqual(expected.map((name) => `deleting ${name}`));
    expect(statuses(cluster, from).map((status) => [status.observedGeneration, status.replicas, status.readyReplicas])).toEqual([
      [2, 5, 5],
      [3, 5, 5],
      [3, 2, 2],
    ]);
    // C152: pods that are being deleted do not count.
    expect(cluster.list('pods', 'default')).toHaveLength(5);
    const events = cluster.events('replicasets.apps/r');
    expect(events.filter((event) => event.includes('SuccessfulDelete'))).toHaveLength(3);
  });

  it('C122 creates more than one burst in several syncs', () => {
    const cluster = createTestCluster();
    const from = cluster.changes.length;
    cluster.create(replicaSet('r', 1_100));
    expect(statuses(cluster, from).map((status) => status.replicas)).toEqual([0, 0, 500, 1_000, 1_100]);
    cluster.patch('replicasets.apps/r', { spec: { replicas: 0 } });
    expect(cluster.list('pods', 'default')).toHaveLength(0);
    expect(statusOf(cluster, 'r')).toEqual({ replicas: 0, observedGeneration: 2 });
  });
});

describe('C1105 deleting a ReplicaSet', () => {
  it('C902 C932 background: gone at once, its pods follow, no event on it', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 3));
    makeAllReady(cluster);
    cluster.remove('replicasets.apps/r');
    expect(cluster.find('replicasets.apps/r')).toBeUndefined();
    expect(cluster.list('pods', 'default').every((pod) => pod.metadata.deletionTimestamp !== undefined)).toBe(true);
    expect(cluster.events('replicasets.apps/r').some((event) => event.includes('SuccessfulDelete'))).toBe(false);
  });

  it('C155 C910 foreground: stays with falling counts, creates nothing, goes with the last pod', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 2));
    const names = makeAllReady(cluster);
    const from = cluster.changes.length;
    cluster.remove('replicasets.apps/r', { propagationPolicy: 'Foreground' });
    expect(cluster.get('replicasets.apps/r').metadata).toMatchObject({
      generation: 2,
      deletionGracePeriodSeconds: 0,
      finalizers: ['foregroundDeletion'],
    });
    expect(statusOf(cluster, 'r')).toEqual({ replicas: 0, observedGeneration: 2 });
    expect(lines(cluster, from).filter((line) => line === 'new pod')).toHaveLength(0);
    for (const name of names) cluster.remove(`pods/${name}`, { gracePeriodSeconds: 0 });
    expect(cluster.find('replicasets.apps/r')).toBeUndefined();
  });

  it('C904 orphan: pods stay and are adopted by a ReplicaSet of the same selector', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 3));
    const names = makeAllReady(cluster);
    cluster.remove('replicasets.apps/r', { propagationPolicy: 'Orphan' });
    expect(cluster.find('replicasets.apps/r')).toBeUndefined();
    expect(names.map((name) => ownersOf(cluster, name))).toEqual([[], [], []]);
    cluster.remove(`pods/${names[0]}`, { gracePeriodSeconds: 0 });
    expect(cluster.list('pods', 'default')).toHaveLength(2); // C104: nobody cares
    cluster.create(replicaSet('r', 1));
    expect(cluster.list<Pod>('pods', 'default').filter((pod) => pod.metadata.deletionTimestamp === undefined)).toHaveLength(1);
    expect(cluster.list('pods', 'default')).toHaveLength(2);
  });
});

describe('C100-C155 single rules', () => {
  it('C102 replaces a pod as soon as its deletion begins', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    const [name = ''] = makeAllReady(cluster);
    const from = cluster.changes.length;
    cluster.remove(`pods/${name}`);
    expect(cluster.list('pods', 'default')).toHaveLength(2);
    expect(statuses(cluster, from).map((status) => [status.replicas, status.readyReplicas])).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
  });

  it('C110 replaces a failed pod, which stays owned and uncounted', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    const [name = ''] = makeAllReady(cluster);
    cluster.patch(`pods/${name}`, { status: { phase: 'Failed' } }, 'status');
    expect(cluster.list('pods', 'default')).toHaveLength(2);
    expect(ownersOf(cluster, name)).toEqual(['r']);
    expect(statusOf(cluster, 'r')).toMatchObject({ replicas: 1 });
  });

  it('C114.3 a released pod keeps its other owners (C116)', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1));
    const [pod] = cluster.list<Pod>('pods', 'default');
    const other = cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } });
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: other.metadata.uid };
    const name = pod?.metadata.name ?? '';
    cluster.patch(`pods/${name}`, {
      metadata: { ownerReferences: [...(pod?.metadata.ownerReferences ?? []), reference], labels: { app: 'x' } },
    });
    expect(cluster.get(`pods/${name}`).metadata.ownerReferences).toEqual([reference]);
  });

  it('C127 C921 creation in a namespace that is being deleted is no failure', () => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    cluster.create(replicaSet('r', 1, {}, { namespace: 'n' }));
    cluster.remove('namespaces/n');
    cluster.patch('replicasets.apps/n/r', { spec: { replicas: 3 } });
    expect(cluster.list('pods', 'n')).toHaveLength(1);
    expect(cluster.get<ReplicaSet>('replicasets.apps/n/r').status.conditions).toBeUndefined();
    cluster.advance(4_000);
    expect(cluster.list('pods', 'n')).toHaveLength(1);
  });

  it('C140 a pod is the template with one owner and a generated name', () => {
    const cluster = createTestCluster();
    const template = {
      metadata: { labels: { app: 'r', tier: 'web' }, annotations: { note: 'x' }, finalizers: ['example.com/f'] },
      spec: { containers: [{ name: 'c', image: 'i:1' }] },
    };
    cluster.create(replicaSet('r', 1, { template }));
    const [pod] = cluster.list<Pod>('pods', 'default');
    expect(pod?.metadata).toMatchObject({
      generateName: 'r-',
      labels: { app: 'r', tier: 'web' },
      annotations: { note: 'x' },
      finalizers: ['example.com/f'],
    });
    expect(pod?.metadata.name).toMatch(/^r-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('C140 a long name is cut to 58 characters in the pod name, not in the prefix', () => {
    const cluster = createTestCluster();
    const name = 'n'.repeat(70);
    cluster.create(replicaSet(name, 1, { selector: { matchLabels: { app: 'a' } }, template: podTemplate({ app: 'a' }) }));
    const [pod] = cluster.list<Pod>('pods', 'default');
    expect(pod?.metadata.generateName).toBe(`${name}-`);
    expect(pod?.metadata.name).toMatch(/^n{58}[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('C032 C034 thirty pods at once leave nine plain events and one combined', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 30));
    const events = cluster.events('replicasets.apps/r');
    expect(events).toHaveLength(10);
    expect(events.filter((event) => event.includes('(combined from similar events): Created pod: r-'))).toHaveLength(1);
  });

  it('C158 a template change does not touch the pods there are', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 2));
    const before = cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.resourceVersion);
    cluster.patch('replicasets.apps/r', { spec: { template: { metadata: { labels: { tier: 'web' } } } } });
    expect(cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.resourceVersion)).toEqual(before);
    expect(statusOf(cluster, 'r')).toEqual({ replicas: 2, observedGeneration: 2 }); // fullyLabeledReplicas fell to 0
  });
});

describe('C103 C112 minReadySeconds', () => {
  it('C103 C112 a pod is available minReadySeconds after it became ready', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1, { minReadySeconds: 10 }));
    cluster.advanceTo(2_300);
    makeAllReady(cluster);
    cluster.advanceTo(12_299);
    expect(statusOf(cluster, 'r').availableReplicas).toBeUndefined();
    cluster.advanceTo(12_300);
    expect(statusOf(cluster, 'r')).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
  });

  it('C112 ready on a whole second: available on the whole second', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 1, { minReadySeconds: 10 }));
    cluster.advanceTo(2_000);
    makeAllReady(cluster);
    cluster.advanceTo(12_000);
    expect(statusOf(cluster, 'r').availableReplicas).toBe(1);
  });

  it('C103 the earlier of two waits holds, so a pod that became ready later is seen a whole period later', () => {
    const cluster = createTestCluster();
    cluster.create(replicaSet('r', 2, { minReadySeconds: 10 }));
    const [a = '', b = ''] = cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.name);
    cluster.advanceTo(2_000);
    makeReady(cluster, a); // waits until 13 s: not all are ready, so only the pod's own wait counts
    cluster.advanceTo(5_000);
    makeReady(cluster, b); // would wait until 15 s, but 13 s is earlier
    cluster.advanceTo(13_000);
    expect(statusOf(cluster, 'r').availableReplicas).toBe(1);
    cluster.advanceTo(22_999);
    expect(statusOf(cluster, 'r').availableReplicas).toBe(1);
    cluster.advanceTo(23_000);
    expect(statusOf(cluster, 'r').availableReplicas).toBe(2);
  });
});

describe('C114 the memo of claims is nothing but a memo', () => {
  it('C114 a cluster that is reopened after every step has the same history', () => {
    const plain = runStory(false);
    const reopened = runStory(true);
    expect(reopened).toEqual(plain);
  });
});

/** A story with adoption, release, scaling, failure and deletion; returns the history as text. */
function runStory(reopens: boolean): string[] {
  const cluster = createTestCluster();
  const step = (act: () => void): void => {
    act();
    if (reopens) cluster.reopen();
  };
  step(() => cluster.create(barePod('orphan', { labels: { app: 'r' } })));
  step(() => cluster.create(replicaSet('r', 3, { minReadySeconds: 5 })));
  step(() => cluster.create(replicaSet('s', 2)));
  step(() => cluster.advance(1_500));
  for (const pod of cluster.list<Pod>('pods', 'default')) step(() => makeReady(cluster, pod.metadata.name));
  step(() => cluster.patch('pods/orphan', { metadata: { labels: { app: 's' } } }));
  step(() => cluster.advance(20_000));
  step(() => cluster.patch('replicasets.apps/r', { spec: { replicas: 1 } }));
  step(() => cluster.patch('pods/orphan', { status: { phase: 'Failed' } }, 'status'));
  step(() => cluster.patch('replicasets.apps/s', { spec: { template: { metadata: { labels: { tier: 'x' } } } } }));
  step(() => cluster.remove('replicasets.apps/r', { propagationPolicy: 'Orphan' }));
  step(() => cluster.create(replicaSet('r', 4)));
  step(() => cluster.advance(60_000));
  return cluster.changes.map((change) => `${change.timeMs} ${change.revision} ${change.type} ${change.json}`);
}

function clusterWithBarePods(pods: Readonly<Record<string, Record<string, string>>>): TestCluster {
  const cluster = createTestCluster();
  for (const [name, labels] of Object.entries(pods)) {
    cluster.create(barePod(name, { labels }));
    makeReady(cluster, name);
  }
  return cluster;
}

/** Binds a pod to a node that does not exist and reports it as ready. */
function makeReady(cluster: TestCluster, name: string): void {
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: 'nowhere' } };
  if (cluster.get<Pod>(`pods/${name}`).spec.nodeName === undefined) {
    cluster.accept({ verb: 'create', resource: 'pods', namespace: 'default', name, subresource: 'binding', body, options: {} });
  }
  cluster.patch(`pods/${name}`, readyStatus(formatTime(cluster.state.nowMs)), 'status');
}

function makeAllReady(cluster: TestCluster): string[] {
  const names = cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.name);
  for (const name of names) makeReady(cluster, name);
  return names;
}

function statusOf(cluster: TestCluster, name: string): ReplicaSet['status'] {
  return cluster.get<ReplicaSet>(`replicasets.apps/${name}`).status;
}

function ownersOf(cluster: TestCluster, name: string): string[] {
  return (cluster.get(`pods/${name}`).metadata.ownerReferences ?? []).map((owner) => owner.name);
}

function newestPod(cluster: TestCluster): string {
  return cluster.list<Pod>('pods', 'default').at(-1)?.metadata.name ?? '';
}

function statuses(cluster: TestCluster, from: number): ReplicaSet['status'][] {
  const changes = cluster.changes.slice(from).filter((change) => change.resource === 'replicasets.apps');
  return changes.map((change) => (change.object as unknown as ReplicaSet).status);
}

/** What happened to ReplicaSets and to the ownership and life of pods, one line each. */
function lines(cluster: TestCluster, from: number): string[] {
  return cluster.changes.slice(from).flatMap((change): string[] => {
    const object = change.object as unknown as KubeObject;
    if (object.kind === 'ReplicaSet') return [`ReplicaSet ${object.metadata.name} ${JSON.stringify(object['status'])}`];
    if (object.kind !== 'Pod') return [];
    const { name } = object.metadata;
    const previous = change.previous as unknown as KubeObject | undefined;
    if (previous === undefined) return object.metadata.ownerReferences === undefined ? [] : ['new pod'];
    if (change.type === 'DELETED') return [];
    const before = previous.metadata;
    if (object.metadata.deletionTimestamp !== undefined && before.deletionTimestamp === undefined) return [`deleting ${name}`];
    if ((object.metadata.ownerReferences?.length ?? 0) > (before.ownerReferences?.length ?? 0)) return [`adopted ${name}`];
    if ((object.metadata.ownerReferences?.length ?? 0) < (before.ownerReferences?.length ?? 0)) return [`released ${name}`];
    return JSON.stringify(object.metadata.labels) === JSON.stringify(before.labels) ? [] : [`relabelled ${name}`];
  });
}
