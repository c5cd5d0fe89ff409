import { describe, expect, it } from 'vitest';
import type { ControllerRevision } from '../../../src/engine/kinds/controllerrevision/types.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { StatefulSet } from '../../../src/engine/kinds/statefulset/types.ts';
import { barePod, createTestCluster, podTemplate, type TestCluster } from '../../support/engine.ts';
import { finish, makeReady, podNames, statefulSet } from '../../support/workloads.ts';

const V2 = { spec: { template: { spec: { containers: [{ name: 'c', image: 'registry.example/app:v2' }] } } } };

function statusOf(cluster: TestCluster): StatefulSet['status'] {
  return cluster.get<StatefulSet>('statefulsets.apps/web').status;
}

function imageOf(cluster: TestCluster, name: string): string | undefined {
  return cluster.get<Pod>(`pods/${name}`).spec.containers[0]?.image;
}

/** A set whose pods are all Ready. */
function readySet(cluster: TestCluster, replicas: number, spec: object = {}): void {
  cluster.create(statefulSet('web', replicas, spec as Record<string, unknown>));
  for (let i = 0; i < replicas; i += 1) makeReady(cluster, `web-${i}`);
}

describe('OrderedReady', () => {
  it('C420 C422 creates one pod after the other, each when the one before is Ready', () => {
    const cluster = createTestCluster();
    cluster.create(statefulSet('web', 3));
    expect(podNames(cluster)).toEqual(['web-0']);
    const { metadata, spec } = cluster.get<Pod>('pods/web-0');
    expect(metadata.labels).toEqual({
      app: 'web',
      'apps.kubernetes.io/pod-index': '0',
      'controller-revision-hash': statusOf(cluster).updateRevision,
      'statefulset.kubernetes.io/pod-name': 'web-0',
    });
    expect([spec['hostname'], spec['subdomain']]).toEqual(['web-0', 'svc']);
    makeReady(cluster, 'web-0');
    expect(podNames(cluster)).toEqual(['web-0', 'web-1']);
    cluster.advance(60_000);
    expect(podNames(cluster)).toEqual(['web-0', 'web-1']);
    expect(cluster.events('statefulsets.apps/web')).toContain('Normal SuccessfulCreate "create Pod web-0 in StatefulSet web successful"');
  });

  it('C422 minReadySeconds holds up the next pod', () => {
    const cluster = createTestCluster();
    cluster.create(statefulSet('web', 2, { minReadySeconds: 10 }));
    makeReady(cluster, 'web-0');
    cluster.advance(9_000);
    expect(podNames(cluster)).toEqual(['web-0']);
    cluster.advance(2_000);
    expect(podNames(cluster)).toEqual(['web-0', 'web-1']);
  });

  it('C420 ordinals may start elsewhere', () => {
    const cluster = createTestCluster();
    cluster.create(statefulSet('web', 1, { ordinals: { start: 5 } }));
    expect(podNames(cluster)).toEqual(['web-5']);
  });

  it('C423 scales down from the highest ordinal, one at a time, and an unhealthy pod blocks', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(statefulSet('web', 3));
    cluster.advance(30_000);
    cluster.patch('statefulsets.apps/web', { spec: { replicas: 0 } });
    const terminating = (): string[] =>
      cluster.list<Pod>('pods', 'default').flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [] : [metadata.name]));
    expect(terminating()).toEqual(['web-2']);
    cluster.advance(10_000);
    expect(cluster.events('statefulsets.apps/web').filter((line) => line.includes('SuccessfulDelete'))).toEqual([
      'Normal SuccessfulDelete "delete Pod web-2 in StatefulSet web successful"',
      'Normal SuccessfulDelete "delete Pod web-1 in StatefulSet web successful"',
      'Normal SuccessfulDelete "delete Pod web-0 in StatefulSet web successful"',
    ]);
  });

  it('C425 an ended pod is deleted and made again under its name', () => {
    const cluster = createTestCluster();
    readySet(cluster, 2);
    const before = cluster.get('pods/web-0').metadata.uid;
    finish(cluster, 'web-0', 'Failed');
    expect(cluster.get<Pod>('pods/web-0').metadata.uid).not.toBe(before);
    expect(podNames(cluster)).toEqual(['web-0', 'web-1']);
  });

  it('C425 a terminating pod is not replaced before it is gone', () => {
    const cluster = createTestCluster();
    readySet(cluster, 1);
    const { uid } = cluster.get('pods/web-0').metadata;
    cluster.patch('pods/web-0', { metadata: { finalizers: ['example.com/hold'] } });
    cluster.remove('pods/web-0');
    cluster.advance(600_000);
    expect(cluster.get('pods/web-0').metadata.uid).toBe(uid);
    cluster.patch('pods/web-0', { metadata: { finalizers: null } });
    expect(cluster.get('pods/web-0').metadata.uid).not.toBe(uid);
  });
});

describe('Parallel', () => {
  it('C424 C429 creates and deletes all at once; the status follows with the next sync', () => {
    const cluster = createTestCluster();
    const spec = { podManagementPolicy: 'Parallel' };
    const written = cluster.during('statefulsets.apps', () => cluster.create(statefulSet('web', 3, spec)));
    expect(podNames(cluster)).toEqual(['web-0', 'web-1', 'web-2']);
    expect(written.map((change) => (change.object['status'] as StatefulSet['status']).replicas)).toEqual([0, 0, 3]);
    cluster.patch('statefulsets.apps/web', { spec: { replicas: 1 } });
    expect(podNames(cluster)).toEqual(['web-0']);
  });
});

describe('updates', () => {
  it('C426 C429 replace pods from the highest ordinal down, each waits for Ready', () => {
    const cluster = createTestCluster();
    readySet(cluster, 3);
    const { currentRevision } = statusOf(cluster);
    cluster.patch('statefulsets.apps/web', V2);
    expect([0, 1, 2].map((i) => imageOf(cluster, `web-${i}`)?.slice(-2))).toEqual(['v1', 'v1', 'v2']);
    cluster.advance(60_000);
    expect(imageOf(cluster, 'web-1')?.slice(-2)).toBe('v1');
    for (const name of ['web-2', 'web-1', 'web-0']) makeReady(cluster, name);
    expect([0, 1, 2].map((i) => imageOf(cluster, `web-${i}`)?.slice(-2))).toEqual(['v2', 'v2', 'v2']);
    const { updateRevision, currentRevision: after, updatedReplicas } = statusOf(cluster);
    expect(after).toBe(updateRevision);
    expect(after).not.toBe(currentRevision);
    expect(updatedReplicas).toBe(3);
  });

  it('C433 C424 maxUnavailable counts as one, whatever it says, and for parallel pods too', () => {
    const cluster = createTestCluster();
    readySet(cluster, 3, { podManagementPolicy: 'Parallel', updateStrategy: { rollingUpdate: { maxUnavailable: 3 } } });
    cluster.patch('statefulsets.apps/web', V2);
    expect([0, 1, 2].map((i) => imageOf(cluster, `web-${i}`)?.slice(-2))).toEqual(['v1', 'v1', 'v2']);
  });

  it('C426 leave the pods below the partition as they are', () => {
    const cluster = createTestCluster();
    readySet(cluster, 3, { updateStrategy: { rollingUpdate: { partition: 2 } } });
    cluster.patch('statefulsets.apps/web', V2);
    makeReady(cluster, 'web-2');
    cluster.remove('pods/web-0', { gracePeriodSeconds: 0 });
    expect([0, 1, 2].map((i) => imageOf(cluster, `web-${i}`)?.slice(-2))).toEqual(['v1', 'v1', 'v2']);
    expect(statusOf(cluster)).toMatchObject({ updatedReplicas: 1, currentReplicas: 2 });
  });

  it('C426 OnDelete waits for the user', () => {
    const cluster = createTestCluster();
    readySet(cluster, 2, { updateStrategy: { type: 'OnDelete' } });
    cluster.patch('statefulsets.apps/web', V2);
    cluster.advance(60_000);
    expect(imageOf(cluster, 'web-1')?.slice(-2)).toBe('v1');
    cluster.remove('pods/web-1', { gracePeriodSeconds: 0 });
    expect(imageOf(cluster, 'web-1')?.slice(-2)).toBe('v2');
  });

  it('C427 stay stuck on a broken pod after the template is put back, until it is deleted by hand', () => {
    const cluster = createTestCluster();
    readySet(cluster, 2);
    cluster.patch('statefulsets.apps/web', V2);
    const first = { spec: { template: { spec: { containers: [{ name: 'c', image: 'registry.example/app:v1' }] } } } };
    cluster.patch('statefulsets.apps/web', first);
    cluster.advance(60_000);
    expect(imageOf(cluster, 'web-1')?.slice(-2)).toBe('v2');
    cluster.remove('pods/web-1', { gracePeriodSeconds: 0 });
    expect(imageOf(cluster, 'web-1')?.slice(-2)).toBe('v1');
  });

  it('C432 name revisions by a hash of the stored patch, give an old one a new number, and forget the oldest', () => {
    const cluster = createTestCluster();
    readySet(cluster, 1, { revisionHistoryLimit: 1 });
    const revisions = (): string[] =>
      cluster.list<ControllerRevision>('controllerrevisions.apps', 'default').map((item) => `${item.metadata.name} ${item.revision}`);
    const [first = ''] = revisions();
    expect(first).toMatch(/^web-[456789bcdf]{8,10} 1$/);
    cluster.patch('statefulsets.apps/web', V2);
    expect(revisions()).toHaveLength(2);
    cluster.patch('statefulsets.apps/web', { spec: { template: podTemplate({ app: 'web' }) } });
    expect(revisions()).toContain(first.replace(/1$/, '3'));
    for (const tag of ['v3', 'v4', 'v5']) {
      cluster.patch('statefulsets.apps/web', {
        spec: { template: { spec: { containers: [{ name: 'c', image: `registry.example/app:${tag}` }] } } },
      });
      makeReady(cluster, 'web-0');
    }
    expect(revisions().length).toBeLessThanOrEqual(3);
  });
});

describe('ownership', () => {
  it('C431 adopts only pods that are named after the set', () => {
    const cluster = createTestCluster();
    cluster.create(barePod('web-0', { labels: { app: 'web' } }));
    cluster.create(barePod('other', { labels: { app: 'web' } }));
    cluster.create(statefulSet('web', 1));
    expect(cluster.get('pods/web-0').metadata.ownerReferences?.[0]?.name).toBe('web');
    expect(cluster.get('pods/other').metadata.ownerReferences).toBeUndefined();
  });

  it('C434 deleting the set in the background takes pods and revisions along', () => {
    const cluster = createTestCluster();
    readySet(cluster, 2);
    cluster.remove('statefulsets.apps/web', { propagationPolicy: 'Background' });
    cluster.advance(60_000);
    expect(podNames(cluster)).toEqual([]);
    expect(cluster.list('controllerrevisions.apps', 'default')).toEqual([]);
  });

  it('C421 pods name the claims of their templates', () => {
    const cluster = createTestCluster();
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i:1', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] },
    };
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
    cluster.create(statefulSet('web', 1, { template, volumeClaimTemplates: [claim] }));
    expect(cluster.get<Pod>('pods/web-0').spec.volumes?.[0]).toEqual({ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } });
  });

  it('C428 a template that makes no valid pod fails when the pod is created', () => {
    const cluster = createTestCluster();
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [] } };
    cluster.create(statefulSet('web', 1, { template }));
    expect(podNames(cluster)).toEqual([]);
    expect(cluster.events('statefulsets.apps/web')[0]).toMatch(
      /^Warning FailedCreate "create Pod web-0 in StatefulSet web failed error: Pod "web-0" is invalid/,
    );
  });
});
