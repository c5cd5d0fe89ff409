import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { PodDisruptionBudget } from '../../../src/engine/kinds/poddisruptionbudget/types.ts';
import { barePod, createTestCluster, podTemplate, replicaSet, type TestCluster } from '../../support/engine.ts';
import { budget, daemonSet, job, livePods, makeReady, podNames, statefulSet } from '../../support/workloads.ts';

type Counts = [expected: number, desired: number, healthy: number, allowed: number];

const SELECTOR = { matchLabels: { app: 'web' } };

function stored(cluster: TestCluster, name = 'b'): PodDisruptionBudget {
  return cluster.get<PodDisruptionBudget>(`poddisruptionbudgets.policy/${name}`);
}

function counts(cluster: TestCluster): Counts {
  const { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed } = stored(cluster).status;
  return [expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed];
}

function condition(cluster: TestCluster): object | undefined {
  return stored(cluster).status.conditions?.[0];
}

/** A cluster in which a ReplicaSet `web` has that many pods, of which the first `ready` are ready. */
function webCluster(replicas: number, ready = replicas): TestCluster {
  const cluster = createTestCluster({ nodes: 0 });
  cluster.create(replicaSet('web', replicas));
  for (const name of podNames(cluster)) cluster.patch(`pods/${name}`, { status: { phase: 'Running' } }, 'status');
  for (const name of podNames(cluster).slice(0, ready)) makeReady(cluster, name);
  return cluster;
}

function evict(cluster: TestCluster, name: string, extra: object = {}, dryRun = false): string {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...extra } as JsonObject;
  const path = { resource: 'pods', namespace: 'default', name, subresource: 'eviction' } as const;
  const { outcome } = cluster.execute({
    type: 'request',
    request: { verb: 'create', ...path, body, options: dryRun ? { dryRun: true } : {} },
  });
  if (outcome.ok) return String(outcome.code);
  const { code, message, details } = outcome.status;
  return [code, message, ...(details?.causes ?? []).map((cause) => cause.message)].join(' | ');
}

const BLOCKED = "429 | Cannot evict pod as it would violate the pod's disruption budget. | The disruption budget b";

describe('the status', () => {
  it.each<[string, object, Counts]>([
    ['C755 a number of pods: pods are counted', { minAvailable: 2 }, [4, 2, 3, 1]],
    ['C755 a share rounds up, of the owners replicas', { minAvailable: '60%' }, [4, 3, 3, 0]],
    ['C755 pods that may be missing', { maxUnavailable: 2 }, [4, 2, 3, 1]],
    ['C755 a share that may be missing rounds up', { maxUnavailable: '30%' }, [4, 2, 3, 1]],
    ['C755 nothing is wanted', { maxUnavailable: '100%' }, [4, 0, 3, 3]],
    ['C755 more than there are', { minAvailable: 7 }, [4, 7, 3, 0]],
    ['C755 no bound', {}, [0, 0, 3, 0]],
  ])('%s', (_name, bound, wanted) => {
    const cluster = webCluster(4, 3);
    cluster.create(budget('b', { selector: SELECTOR, ...bound }));
    expect(counts(cluster)).toEqual(wanted);
    expect(stored(cluster).status.observedGeneration).toBe(1);
  });

  it('C755 without pods nothing is allowed; C756 and an event says so', () => {
    const cluster = createTestCluster();
    cluster.create(budget('b', { selector: SELECTOR, maxUnavailable: 1 }));
    expect(counts(cluster)).toEqual([0, 0, 0, 0]);
    expect(cluster.events('poddisruptionbudgets.policy/b')).toEqual(['Normal NoPods "No matching pods found"']);
    expect(cluster.list<{ source: object } & PodDisruptionBudget>('events')[0]?.source).toEqual({ component: 'controllermanager' });
  });

  it('C755 an empty selector selects all, an absent one nothing', () => {
    const cluster = webCluster(2);
    cluster.create(budget('b', { selector: {}, minAvailable: 1 }));
    expect(counts(cluster)).toEqual([2, 1, 2, 1]);
    cluster.create(budget('c', { minAvailable: 1 }));
    expect(stored(cluster, 'c').status.expectedPods).toBe(0);
  });

  it('C756 the condition follows, its time only when it turns', () => {
    const cluster = webCluster(2, 1);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 1 }));
    const first = { type: 'DisruptionAllowed', status: 'False', observedGeneration: 1, reason: 'InsufficientPods', message: '' };
    expect(condition(cluster)).toEqual({ ...first, lastTransitionTime: '2026-01-01T00:00:00Z' });
    cluster.advance(5000);
    makeReady(cluster, podNames(cluster)[1] ?? '');
    const second = { ...first, status: 'True', reason: 'SufficientPods', lastTransitionTime: '2026-01-01T00:00:05Z' };
    expect(condition(cluster)).toEqual(second);
    cluster.advance(5000);
    cluster.patch('poddisruptionbudgets.policy/b', { spec: { minAvailable: 0 } });
    expect(condition(cluster)).toEqual({ ...second, observedGeneration: 2 });
    expect(counts(cluster)).toEqual([2, 0, 2, 2]);
  });

  it('C755 owners are counted once each: a StatefulSet, a Deployment through its ReplicaSet', () => {
    const cluster = createTestCluster();
    const template = podTemplate({ app: 'web' });
    cluster.create(statefulSet('web', 3, { podManagementPolicy: 'Parallel' }));
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } };
    cluster.create({ ...deployment, spec: { replicas: 5, selector: SELECTOR, template } });
    cluster.create(budget('b', { selector: SELECTOR, maxUnavailable: '50%' }));
    expect(counts(cluster)).toEqual([8, 4, 0, 0]);
    cluster.create(barePod('bare', { labels: { app: 'web' } }));
    expect(counts(cluster)).toEqual([8, 4, 0, 0]);
  });

  it.each<[string, JsonObject, string, string]>([
    [
      'C756 an owner without a scale',
      job('web', {
        template: { metadata: { labels: { app: 'web' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      }),
      'jobs.batch does not implement the scale subresource',
      'Job',
    ],
    ['C756 a DaemonSet has none either', daemonSet('web'), 'daemonsets.apps does not implement the scale subresource', 'DaemonSet'],
  ])('%s', (_name, owner, problem) => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(budget('b', { selector: SELECTOR, maxUnavailable: 1 }));
    cluster.create(owner);
    cluster.advance(10_000);
    expect(condition(cluster)).toMatchObject({ status: 'False', reason: 'SyncFailed', message: problem });
    expect(cluster.events('poddisruptionbudgets.policy/b')).toContain(
      `Warning CalculateExpectedPodCountFailed "Failed to calculate the number of expected pods: ${problem}"`,
    );
    expect(evict(cluster, podNames(cluster)[0] ?? '')).toBe(
      `${BLOCKED} does not allow evicting pods currently because it failed sync: ${problem}`,
    );
  });

  it('C756 an owner of a kind that is not known', () => {
    const cluster = createTestCluster();
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Set', name: 's', uid: 'u', controller: true }];
    cluster.create(budget('b', { selector: SELECTOR, maxUnavailable: 1 }));
    cluster.create(barePod('p', { labels: { app: 'web' }, ownerReferences }));
    expect(condition(cluster)).toMatchObject({ reason: 'SyncFailed', message: 'no matches for kind "Set" in version "example.com/v1"' });
  });

  it('C755 a pod wakes the first of two budgets, and somebody says so', () => {
    const cluster = webCluster(1, 0);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 0 }));
    cluster.create(budget('c', { selector: {}, minAvailable: 0 }));
    const [name = ''] = podNames(cluster);
    makeReady(cluster, name);
    expect([stored(cluster, 'b').status.currentHealthy, stored(cluster, 'c').status.currentHealthy]).toEqual([1, 0]);
    expect(cluster.events(`pods/${name}`)).toContain(
      `Warning MultiplePodDisruptionBudgets "Pod "default"/"${name}" matches multiple PodDisruptionBudgets.  Chose "b" arbitrarily."`,
    );
  });
});

describe('evictions', () => {
  it('C752 C754 L13 without a budget the pod goes, and says why', () => {
    const cluster = webCluster(1);
    const [name = ''] = podNames(cluster);
    const writes = cluster
      .during('pods', () => expect(evict(cluster, name)).toBe('201'))
      .filter(({ object }) => object.metadata.name === name);
    expect((writes[0]?.object as unknown as Pod | undefined)?.status.conditions).toContainEqual({
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    });
    expect(writes.at(-1)?.type).toBe('DELETED');
  });

  it('C753 L15 a granted eviction takes one disruption, the next one is refused', () => {
    const cluster = webCluster(3);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 2 }));
    const [first = '', second = ''] = podNames(cluster);
    const writes = cluster.during('poddisruptionbudgets.policy', () => expect(evict(cluster, first)).toBe('201'));
    expect((writes[0]?.object as unknown as PodDisruptionBudget | undefined)?.status).toMatchObject({
      disruptedPods: { [first]: '2026-01-01T00:00:00Z' },
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'InsufficientPods' }],
    });
    expect(evict(cluster, second)).toBe(`${BLOCKED} needs 2 healthy pods and has 2 currently`);
    expect(counts(cluster)).toEqual([3, 2, 2, 0]);
    expect(stored(cluster).status.disruptedPods).toBeUndefined();
    makeReady(cluster, podNames(cluster).at(-1) ?? '');
    expect(evict(cluster, second)).toBe('201');
  });

  it('C753 a dry run asks and takes nothing', () => {
    const cluster = webCluster(2);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 1 }));
    const [name = ''] = podNames(cluster);
    const before = cluster.changes.length;
    expect(evict(cluster, name, {}, true)).toBe('201');
    expect(evict(cluster, name, { deleteOptions: { dryRun: ['All'] } })).toBe('201');
    expect(cluster.changes.length).toBe(before);
    cluster.patch('poddisruptionbudgets.policy/b', { spec: { minAvailable: 2 } });
    expect(evict(cluster, name, {}, true)).toBe(`${BLOCKED} needs 2 healthy pods and has 2 currently`);
  });

  it.each<[string, number, object, string]>([
    ['C753 unready, enough others are healthy', 2, { minAvailable: 2 }, '201'],
    ['C753 unready, too few are healthy', 1, { minAvailable: 2 }, `${BLOCKED} needs 2 healthy pods and has 1 currently`],
    ['C753 unready and nothing is wanted', 2, { minAvailable: 0 }, '201'],
    ['C753 unready and always allowed', 1, { minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, '201'],
    [
      'C753 unready, as without a policy',
      1,
      { minAvailable: 2, unhealthyPodEvictionPolicy: 'IfHealthyBudget' },
      `${BLOCKED} needs 2 healthy pods and has 1 currently`,
    ],
  ])('%s', (_name, ready, bound, answer) => {
    const cluster = webCluster(3, ready);
    cluster.create(budget('b', { selector: SELECTOR, ...bound }));
    expect(evict(cluster, podNames(cluster)[2] ?? '')).toBe(answer);
  });

  it('C752 pods that do not serve are no concern of budgets', () => {
    const cluster = createTestCluster();
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 9 }));
    for (const phase of ['Pending', 'Succeeded', 'Failed']) {
      cluster.create(barePod('p', { labels: { app: 'web' } }));
      cluster.patch('pods/p', { status: { phase } }, 'status');
      expect(evict(cluster, 'p')).toBe('201');
      expect(cluster.find('pods/p')).toBeUndefined();
    }
  });

  it('C752 a pod with two budgets', () => {
    const cluster = webCluster(1);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 0 }));
    cluster.create(budget('c', { selector: {}, minAvailable: 0 }));
    expect(evict(cluster, podNames(cluster)[0] ?? '')).toBe(
      '500 | This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  });

  it('C753 L15 a status that is older than its spec; wrong counts of a client', () => {
    const cluster = webCluster(1);
    const [name = ''] = podNames(cluster);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 0 }));
    const path = { resource: 'pods', namespace: 'default', name, subresource: 'eviction' } as const;
    cluster.patch('poddisruptionbudgets.policy/b', { metadata: { labels: { seen: 'no' } } });
    const row = cluster.state.tables.get('objects/poddisruptionbudgets.policy')?.rows.get('default/b') as { object: PodDisruptionBudget };
    (row.object.metadata as { generation: number }).generation = 5;
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    const refused = cluster.refusal({ verb: 'create', ...path, body, options: {} });
    expect(refused).toMatchObject({
      code: 429,
      details: {
        retryAfterSeconds: 10,
        causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b is still being processed by the server.' }],
      },
    });
  });

  it('C755 an entry of a pod that stays expires after two minutes', () => {
    const cluster = webCluster(2);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 1 }));
    const [name = ''] = podNames(cluster);
    const { status } = stored(cluster);
    const told = { ...status, disruptionsAllowed: 0, disruptedPods: { [name]: '2026-01-01T00:00:00Z' } };
    cluster.patch('poddisruptionbudgets.policy/b', { status: told }, 'status');
    expect(counts(cluster)).toEqual([2, 1, 1, 0]);
    cluster.advance(119_000);
    expect(counts(cluster)).toEqual([2, 1, 1, 0]);
    cluster.advance(1_000);
    expect(counts(cluster)).toEqual([2, 1, 2, 1]);
    expect(stored(cluster).status.disruptedPods).toBeUndefined();
    expect(cluster.events(`pods/${name}`)).toContain(`Warning NotDeleted "Pod was expected by PDB default/b to be deleted but it wasn't"`);
  });

  it('L13 names, pods that are not there, preconditions', () => {
    const cluster = webCluster(1);
    const [name = ''] = podNames(cluster);
    expect(evict(cluster, name, { metadata: { name: 'other' } })).toBe('400 | name in URL does not match name in Eviction object');
    expect(evict(cluster, 'none')).toBe('404 | pods "none" not found');
    const before = cluster.changes.length;
    expect(evict(cluster, name, { deleteOptions: { preconditions: { uid: 'x' } } })).toMatch(/^409 \| /);
    expect(cluster.changes.length).toBe(before);
  });

  it('C757 deletions and scaling do not ask', () => {
    const cluster = webCluster(3);
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 3 }));
    cluster.remove(`pods/${podNames(cluster)[0]}`);
    cluster.patch('replicasets.apps/web', { spec: { replicas: 0 } });
    expect(livePods(cluster)).toEqual([]);
  });

  it('C758 C763 on nodes: the replacement comes at once, the second eviction waits until it is ready', () => {
    const cluster = createTestCluster({ nodes: 2, timing: { imagePull: '1s', workerJitter: 0.5 } });
    cluster.create(replicaSet('web', 3));
    cluster.create(budget('b', { selector: SELECTOR, minAvailable: 2 }));
    cluster.advance(20_000);
    expect(counts(cluster)).toEqual([3, 2, 3, 1]);
    const [first = '', second = ''] = podNames(cluster);
    expect(evict(cluster, first)).toBe('201');
    expect(livePods(cluster).length).toBe(3);
    expect(cluster.get<Pod>(`pods/${first}`).metadata.deletionGracePeriodSeconds).toBe(30);
    expect(evict(cluster, second)).toBe(`${BLOCKED} needs 2 healthy pods and has 2 currently`);
    cluster.advance(1_000);
    const going = cluster.find<Pod>(`pods/${first}`);
    if (going !== undefined) expect(going.status.conditions?.some(({ type }) => type === 'DisruptionTarget')).toBe(true);
    cluster.advance(10_000);
    expect(counts(cluster)).toEqual([3, 2, 3, 1]);
    expect(evict(cluster, second)).toBe('201');
  });
});
