import { describe, expect, it } from 'vitest';
import type { ResourceQuota } from '../../../src/engine/kinds/resourcequota/types.ts';
import { barePod, createTestCluster, type TestCluster } from '../../support/engine.ts';

function quota(name: string, hard: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard } };
}

function usedOf(cluster: TestCluster, name = 'q'): unknown {
  return cluster.get<ResourceQuota>(`resourcequotas/${name}`).status.used;
}

describe('the status of a quota', () => {
  it('counts what is there when the quota comes, and follows its spec', () => {
    const cluster = createTestCluster();
    cluster.create(barePod('a'));
    cluster.create(quota('q', { pods: '4', configmaps: '5' }));
    expect(cluster.get<ResourceQuota>('resourcequotas/q').status).toEqual({
      hard: { configmaps: '5', pods: '4' },
      used: { configmaps: '1', pods: '1' },
    });
    cluster.patch('resourcequotas/q', { spec: { hard: { configmaps: null, secrets: '3' } } });
    expect(cluster.get<ResourceQuota>('resourcequotas/q').status).toEqual({
      hard: { pods: '4', secrets: '3' },
      used: { pods: '1', secrets: '0' },
    });
  });

  it('is charged before the object is stored, in one write', () => {
    const cluster = createTestCluster();
    cluster.create(quota('q', { pods: '4' }));
    const from = cluster.changes.length;
    cluster.create(barePod('a'));
    expect(cluster.changes.slice(from, from + 2).map(({ type, resource }) => `${type} ${resource}`)).toEqual([
      'MODIFIED resourcequotas',
      'ADDED pods',
    ]);
    expect(cluster.changes.slice(from).filter(({ resource }) => resource === 'resourcequotas')).toHaveLength(1);
  });

  it('gives back what a finished or deleted pod had', () => {
    const cluster = createTestCluster();
    cluster.create(quota('q', { pods: '4', 'count/pods': '4', 'requests.cpu': '1' }));
    for (const name of ['a', 'b'])
      cluster.create(barePod(name, {}, { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '250m' } } }] }));
    expect(usedOf(cluster)).toEqual({ 'count/pods': '2', pods: '2', 'requests.cpu': '500m' });
    cluster.patch('pods/a', { status: { phase: 'Succeeded' } }, 'status');
    expect(usedOf(cluster)).toEqual({ 'count/pods': '2', pods: '1', 'requests.cpu': '250m' });
    cluster.remove('pods/b');
    expect(usedOf(cluster)).toEqual({ 'count/pods': '1', pods: '0', 'requests.cpu': '0' });
  });

  it('a dry run and a refused object cost nothing', () => {
    const cluster = createTestCluster();
    cluster.create(quota('q', { pods: '1' }));
    cluster.accept({ verb: 'create', resource: 'pods', namespace: 'default', body: barePod('a'), options: { dryRun: true } });
    expect(usedOf(cluster)).toEqual({ pods: '0' });
    cluster.create(barePod('a'));
    const again = cluster.refusal({ verb: 'create', resource: 'pods', namespace: 'default', body: barePod('b'), options: {} });
    expect(again?.message).toBe('pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1');
    expect(usedOf(cluster)).toEqual({ pods: '1' });
  });

  it('what somebody wrote into it is put right by the count of every five minutes', () => {
    const cluster = createTestCluster();
    cluster.create(quota('q', { pods: '4' }));
    cluster.advance(10_000);
    cluster.patch('resourcequotas/q', { status: { used: { pods: '3' } } }, 'status');
    cluster.advance(289_999);
    expect(usedOf(cluster)).toEqual({ pods: '3' });
    cluster.advance(1);
    expect(usedOf(cluster)).toEqual({ pods: '0' });
  });

  it('survives a restore, and a quota that left is forgotten', () => {
    const cluster = createTestCluster();
    cluster.create(quota('q', { pods: '4' }));
    cluster.create(barePod('a'));
    cluster.reopen();
    cluster.create(barePod('b'));
    cluster.remove('pods/a');
    expect(usedOf(cluster)).toEqual({ pods: '1' });
    cluster.remove('resourcequotas/q');
    cluster.create(barePod('c'));
    cluster.create(quota('q', { pods: '4' }));
    expect(usedOf(cluster)).toEqual({ pods: '2' });
  });

  it('counts a service again when its type changes', () => {
    // The namespace default has the service kubernetes already.
    const cluster = createTestCluster();
    cluster.create(quota('q', { services: '4', 'services.nodeports': '1' }));
    cluster.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector: { a: 'b' }, ports: [{ port: 80 }] } });
    expect(usedOf(cluster)).toEqual({ services: '2', 'services.nodeports': '0' });
    cluster.patch('services/s', { spec: { type: 'NodePort' } });
    expect(usedOf(cluster)).toEqual({ services: '2', 'services.nodeports': '1' });
    cluster.patch('services/s', { spec: { type: 'ClusterIP' } });
    expect(usedOf(cluster)).toEqual({ services: '2', 'services.nodeports': '0' });
  });
});

describe('a pod that is resized', () => {
  const resources = (cpu: string): object => ({ spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] } });
  const resize = (cluster: TestCluster, cpu: string): string | undefined =>
    cluster.refusal({
      verb: 'patch',
      resource: 'pods',
      namespace: 'default',
      name: 'p',
      subresource: 'resize',
      patchType: 'strategic',
      body: resources(cpu) as never,
      options: {},
    })?.message;

  it('M6 is charged for what it grew, and kept within bounds', () => {
    const cluster = createTestCluster();
    cluster.create(quota('q', { 'requests.cpu': '1' }));
    cluster.create(barePod('p', {}, { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '250m' } } }] }));
    expect(resize(cluster, '500m')).toBeUndefined();
    expect(usedOf(cluster)).toEqual({ 'requests.cpu': '500m' });
    expect(resize(cluster, '1500m')).toBe(
      'pods "p" is forbidden: exceeded quota: q, requested: requests.cpu=1, used: requests.cpu=500m, limited: requests.cpu=1',
    );
    expect(resize(cluster, '100m')).toBeUndefined();
    expect(usedOf(cluster)).toEqual({ 'requests.cpu': '100m' });
  });

  it('an ordinary change of a pod is not judged again', () => {
    const cluster = createTestCluster();
    cluster.create(barePod('p'));
    cluster.create(quota('q', { 'requests.cpu': '1' }));
    expect(cluster.patch('pods/p', { metadata: { labels: { a: 'b' } } }).metadata.labels).toEqual({ a: 'b' });
  });
});

it('I4 a LimitRange is created by PUT', () => {
  const body = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'x' }, spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } };
  const { outcome } = createTestCluster().execute({
    type: 'request',
    request: { verb: 'update', resource: 'limitranges', namespace: 'default', name: 'x', body: body as never, options: {} },
  });
  expect(outcome.ok && outcome.code).toBe(201);
});
