import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Condition, KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { namespaceConditions, type RemainingContent } from '../../../src/engine/controllers/namespace/conditions.ts';
import { authorityCertificate } from '../../../src/engine/controllers/shared/authority.ts';
import type { Namespace } from '../../../src/engine/kinds/namespace/types.ts';
import { barePod, createTestCluster, replicaSet, START_MS, type TestCluster } from '../../support/engine.ts';
import { parseTable } from '../../support/text-table.ts';

const WELL = ['ResourcesDiscovered', 'ParsedGroupVersions', 'ContentDeleted', 'ContentRemoved', 'ContentHasNoFinalizers'];

describe('C915-C920 deleting a namespace', () => {
  it('C915 C916 C920 an empty namespace lives five seconds after its deletion', () => {
    const cluster = clusterWithNamespace();
    const changes = cluster.during('namespaces', () => {
      cluster.remove('namespaces/n');
      expect(cluster.get<Namespace>('namespaces/n')).toMatchObject({
        status: { phase: 'Terminating' },
        spec: { finalizers: ['kubernetes'] },
      });
      cluster.advance(4_999);
      expect(cluster.find('namespaces/n')).toBeDefined();
      cluster.advance(1);
    });
    expect(cluster.find('namespaces/n')).toBeUndefined();
    expect(changes.map((change) => change.type)).toEqual(['MODIFIED', 'MODIFIED', 'DELETED']);
    const last = changes[2]?.object as unknown as Namespace;
    expect(last.spec.finalizers).toEqual(['kubernetes']);
    expect(last.status.conditions?.map((condition) => condition.reason)).toEqual(WELL);
    expect(last.status.conditions?.every((condition) => condition.status === 'False')).toBe(true);
  });

  it('C917 everything in it goes, whatever its kind', () => {
    const cluster = clusterWithNamespace();
    cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n' } });
    cluster.create(replicaSet('r', 2, {}, { namespace: 'n' }));
    cluster.remove('namespaces/n');
    cluster.advance(5_000);
    for (const resource of ['configmaps', 'pods', 'replicasets.apps', 'serviceaccounts', 'events'])
      expect(cluster.list(resource, 'n')).toEqual([]);
    expect(cluster.find('namespaces/n')).toBeUndefined();
  });

  it('C917 C919 while a pod exists nothing else is deleted, and the conditions still read well', () => {
    const cluster = clusterWithNamespace();
    boundPod(cluster, 30);
    cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n' } });
    cluster.remove('namespaces/n');
    cluster.advance(5_000);
    expect(cluster.get('pods/n/p').metadata.deletionTimestamp).toBeDefined();
    expect(cluster.find('configmaps/n/c')).toBeDefined();
    expect(conditionsOf(cluster).map((condition) => condition.reason)).toEqual(WELL);
    cluster.remove('pods/n/p', { gracePeriodSeconds: 0 });
    // C918: the conditions were written at 5 s, so the next pass is at 10 s.
    cluster.advanceTo(9_999);
    expect(cluster.find('configmaps/n/c')).toBeDefined();
    cluster.advanceTo(10_000);
    expect(cluster.find('namespaces/n')).toBeUndefined();
  });

  it('C918 later passes wait for half of the longest grace period and a second', () => {
    const cluster = clusterWithNamespace();
    boundPod(cluster, 60);
    cluster.remove('namespaces/n');
    cluster.advanceTo(10_000); // passes at 5 s and 10 s; the next at 10 + 31 s
    cluster.remove('pods/n/p', { gracePeriodSeconds: 0 });
    cluster.advanceTo(40_999);
    expect(cluster.find('namespaces/n')).toBeDefined();
    cluster.advanceTo(41_000);
    expect(cluster.find('namespaces/n')).toBeUndefined();
  });

  it('C918 C919 content that a finalizer holds is reported and looked at again after eight seconds', () => {
    const cluster = clusterWithNamespace();
    cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n', finalizers: ['example.com/f'] } });
    cluster.remove('namespaces/n');
    cluster.advanceTo(5_000);
    expect(
      conditionsOf(cluster)
        .slice(3)
        .map(({ status, reason, message }) => ({ status, reason, message })),
    ).toEqual([
      { status: 'True', reason: 'SomeResourcesRemain', message: 'Some resources are remaining: configmaps. has 1 resource instances' },
      {
        status: 'True',
        reason: 'SomeFinalizersRemain',
        message: 'Some content in the namespace has finalizers remaining: example.com/f in 1 resource instances',
      },
    ]);
    cluster.patch('configmaps/n/c', { metadata: { finalizers: null } });
    expect(cluster.find('configmaps/n/c')).toBeUndefined();
    cluster.advanceTo(10_000); // its own condition write asked for a pass in five seconds
    expect(cluster.find('namespaces/n')).toBeUndefined();
  });

  it('C918 C003 pods that outlive their grace are an error, retried with growing delay', () => {
    const cluster = clusterWithNamespace();
    boundPod(cluster, 2); // no kubelet: the pod stays
    cluster.remove('namespaces/n');
    cluster.advanceTo(5_000);
    const failure = conditionsOf(cluster)[2];
    expect(failure).toMatchObject({ status: 'True', reason: 'ContentDeletionFailed' });
    expect(failure?.message).toBe(
      'Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: n for gvr: /v1, Resource=pods',
    );
    cluster.remove('pods/n/p', { gracePeriodSeconds: 0 });
    cluster.advanceTo(70_000);
    expect(cluster.find('namespaces/n')).toBeUndefined();
  });

  it('C915 C921 takes no new content meanwhile, not even events', () => {
    const cluster = clusterWithNamespace();
    cluster.remove('namespaces/n');
    const body = barePod('p', { namespace: 'n' });
    const status = cluster.refusal({ verb: 'create', resource: 'pods', namespace: 'n', body, options: {} });
    expect(status?.message).toBe('pods "p" is forbidden: unable to create new content in namespace n because it is being terminated');
    expect(status?.code).toBe(403);
    expect(cluster.list('events', 'n')).toEqual([]);
  });
});

describe('C919 conditions', () => {
  const rows = parseTable(`
    rule | remaining                                | type                         | message
    C919 | configmaps:2                             | NamespaceContentRemaining    | Some resources are remaining: configmaps. has 2 resource instances
    C919 | replicasets.apps:1 configmaps:2          | NamespaceContentRemaining    | Some resources are remaining: configmaps. has 2 resource instances, replicasets.apps has 1 resource instances
    C919 | configmaps:1:a/b=1 secrets:2:a/b=2,c/d=1 | NamespaceFinalizersRemaining | Some content in the namespace has finalizers remaining: a/b in 3 resource instances, c/d in 1 resource instances
  `);
  it.each(rows)('$rule $remaining', ({ remaining, type, message }) => {
    const report = { remaining: (remaining as string).split(' ').map(parseRemaining), errors: [] };
    const conditions = namespaceConditions([], report, START_MS);
    expect(conditions.find((condition) => condition.type === type)).toMatchObject({ status: 'True', message });
  });

  it('C919 a condition that stays as it is keeps its time', () => {
    const first = namespaceConditions([], { remaining: [], errors: ['x'] }, START_MS);
    const second = namespaceConditions(first, { remaining: [], errors: [] }, START_MS + 9_000);
    const times = second.map((condition) => condition.lastTransitionTime);
    expect(times).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:09Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
    ]);
  });
});

describe('C925 C926 what a fresh namespace has', () => {
  it('C925 C926 C927 a ServiceAccount and the root certificate, nothing else', () => {
    const cluster = clusterWithNamespace();
    expect(cluster.list('serviceaccounts', 'n').map((object) => object.metadata.name)).toEqual(['default']);
    const [map] = cluster.list<KubeObject & { data: Record<string, string> }>('configmaps', 'n');
    expect(map?.metadata.name).toBe('kube-root-ca.crt');
    expect(map?.metadata.annotations?.['kubernetes.io/description']).toMatch(/^Contains a CA bundle/);
    expect(map?.data).toEqual({ 'ca.crt': authorityCertificate(cluster.state) });
    expect(new X509Certificate(map?.data['ca.crt'] ?? '').subject).toBe('CN=kubernetes');
  });

  it('C925 C926 both come back when deleted, and the certificate when changed', () => {
    const cluster = clusterWithNamespace();
    const before = cluster.get('configmaps/n/kube-root-ca.crt');
    cluster.remove('serviceaccounts/n/default');
    cluster.remove('configmaps/n/kube-root-ca.crt');
    expect(cluster.find('serviceaccounts/n/default')).toBeDefined();
    expect(cluster.get('configmaps/n/kube-root-ca.crt')['data']).toEqual(before['data']);
    cluster.patch('configmaps/n/kube-root-ca.crt', { data: { 'ca.crt': 'x', other: 'y' }, metadata: { annotations: null } });
    const after = cluster.get('configmaps/n/kube-root-ca.crt');
    expect(after['data']).toEqual(before['data']);
    expect(after.metadata.annotations).toEqual(before.metadata.annotations);
  });

  it('C928 the namespaces of a fresh cluster have them too', () => {
    const cluster = createTestCluster();
    for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
      expect(cluster.find(`serviceaccounts/${name}/default`)).toBeDefined();
      expect(cluster.find(`configmaps/${name}/kube-root-ca.crt`)).toBeDefined();
    }
  });
});

function clusterWithNamespace(): TestCluster {
  const cluster = createTestCluster();
  cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  return cluster;
}

function boundPod(cluster: TestCluster, terminationGracePeriodSeconds: number): void {
  cluster.create(barePod('p', { namespace: 'n' }, { nodeName: 'nowhere', terminationGracePeriodSeconds }));
}

function conditionsOf(cluster: TestCluster): readonly Condition[] {
  return cluster.get<Namespace>('namespaces/n').status.conditions ?? [];
}

function parseRemaining(text: string): RemainingContent {
  const [resource = '', count = '', finalizers = ''] = text.split(':');
  const [plural = '', group = ''] = resource.split('.');
  const entries = finalizers
    .split(',')
    .filter(Boolean)
    .map((item): [string, number] => [item.split('=')[0] ?? '', Number(item.split('=')[1])]);
  return { plural, group, count: Number(count), finalizers: new Map(entries) };
}
