import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';

const NOBODY = '11111111-1111-1111-1111-111111111111';

describe('C902 C906 background', () => {
  it('C902 a chain of dependents follows its first owner', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    const b = configMap(cluster, 'b', [a]);
    configMap(cluster, 'c', [b]);
    cluster.remove('configmaps/a');
    expect(names(cluster)).toEqual([]);
  });

  it('C906 an owner that does not exist makes garbage at once', () => {
    const cluster = createTestCluster();
    const changes = cluster.during('configmaps', () => configMap(cluster, 'c', [{ name: 'gone', uid: NOBODY }]));
    expect(changes.map((change) => change.type)).toEqual(['ADDED', 'DELETED']);
  });

  it('C906 an owner of the right name and another UID does not count', () => {
    const cluster = createTestCluster();
    configMap(cluster, 'a');
    configMap(cluster, 'c', [{ name: 'a', uid: NOBODY }]);
    expect(names(cluster)).toEqual(['a']);
  });

  it('C905 goes only when all owners are gone; references to absent ones are struck out', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    const b = configMap(cluster, 'b');
    configMap(cluster, 'c', [a, b]);
    cluster.remove('configmaps/a');
    expect(ownersOf(cluster, 'c')).toEqual(['b']);
    cluster.remove('configmaps/b');
    expect(names(cluster)).toEqual([]);
  });

  it('C907 an owner in another namespace counts as absent and is reported', () => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    const owner = cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } });
    configMap(cluster, 'c', [owner.metadata]);
    expect(names(cluster)).toEqual([]);
    expect(cluster.events('configmaps/c')).toEqual([
      `Warning OwnerRefInvalidNamespace "ownerRef [v1/ConfigMap, namespace: default, name: a, uid: ${owner.metadata.uid}] does not exist in namespace "default""`,
    ]);
  });

  it('C907 a cluster-scoped dependent of an owner in a namespace stays and is reported', () => {
    const cluster = createTestCluster();
    const owner = cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own', namespace: 'default' } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: owner.metadata.uid }];
    cluster.create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'kid', ownerReferences }, value: 1 });
    expect(cluster.get('priorityclasses.scheduling.k8s.io/kid')).toBeDefined();
    expect(cluster.events('priorityclasses.scheduling.k8s.io/kid')).toEqual([
      `Warning OwnerRefInvalidNamespace "ownerRef [v1/ConfigMap, namespace: , name: own, uid: ${owner.metadata.uid}] does not exist in namespace """`,
    ]);
  });

  it('C906 an owner of a kind that is not served is left alone', () => {
    const cluster = createTestCluster();
    const reference = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: NOBODY };
    cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ownerReferences: [reference] } });
    expect(names(cluster)).toEqual(['c']);
  });

  it('C909 a foreign finalizer keeps a dependent until it is taken away', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    configMap(cluster, 'c', [a], { finalizers: ['example.com/f'] });
    cluster.remove('configmaps/a');
    expect(cluster.get('configmaps/c').metadata.deletionTimestamp).toBeDefined();
    const changes = cluster.during('configmaps', () => cluster.patch('configmaps/c', { metadata: { finalizers: null } }));
    expect(changes.map((change) => change.type)).toEqual(['DELETED']);
  });
});

describe('C903 foreground', () => {
  it('C903 the owner waits, with deletionTimestamp, for dependents that block it', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    configMap(cluster, 'blocking', [{ ...a, blockOwnerDeletion: true }], { finalizers: ['example.com/f'] });
    cluster.remove('configmaps/a', { propagationPolicy: 'Foreground' });
    expect(cluster.get('configmaps/a').metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ['foregroundDeletion'] });
    cluster.patch('configmaps/blocking', { metadata: { finalizers: null } });
    expect(names(cluster)).toEqual([]);
  });

  it('C903 a dependent that does not block is deleted, but not waited for', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    configMap(cluster, 'free', [a], { finalizers: ['example.com/f'] });
    cluster.remove('configmaps/a', { propagationPolicy: 'Foreground' });
    expect(names(cluster)).toEqual(['free']);
    expect(cluster.get('configmaps/free').metadata.deletionTimestamp).toBeDefined();
  });

  it('C903 dependents with dependents are deleted in the foreground too', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    const b = configMap(cluster, 'b', [{ ...a, blockOwnerDeletion: true }]);
    configMap(cluster, 'c', [{ ...b, blockOwnerDeletion: true }], { finalizers: ['example.com/f'] });
    cluster.remove('configmaps/a', { propagationPolicy: 'Foreground' });
    expect(cluster.get('configmaps/b').metadata.finalizers).toEqual(['foregroundDeletion']);
    expect(names(cluster)).toEqual(['a', 'b', 'c']);
    cluster.patch('configmaps/c', { metadata: { finalizers: null } });
    expect(names(cluster)).toEqual([]);
  });

  it('C903 giving up the reference lets the owner go', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    configMap(cluster, 'c', [{ ...a, blockOwnerDeletion: true }], { finalizers: ['example.com/f'] });
    cluster.remove('configmaps/a', { propagationPolicy: 'Foreground' });
    cluster.patch('configmaps/c', { metadata: { ownerReferences: null } });
    expect(names(cluster)).toEqual(['c']);
  });

  it('C905 a dependent with a solid owner survives a foreground deletion of the other', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    const b = configMap(cluster, 'b');
    configMap(cluster, 'c', [{ ...a, blockOwnerDeletion: true }, b]);
    cluster.remove('configmaps/a', { propagationPolicy: 'Foreground' });
    expect(names(cluster)).toEqual(['b', 'c']);
    expect(ownersOf(cluster, 'c')).toEqual(['b']);
  });

  it('C903 two objects that own each other do not wait for ever', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    const b = configMap(cluster, 'b', [{ ...a, blockOwnerDeletion: true }]);
    cluster.patch('configmaps/a', { metadata: { ownerReferences: [{ ...referenceTo(b), blockOwnerDeletion: true }] } });
    cluster.remove('configmaps/a', { propagationPolicy: 'Foreground' });
    expect(names(cluster)).toEqual([]);
  });
});

describe('C904 orphan', () => {
  it('C904 dependents forget the owner, which then goes', () => {
    const cluster = createTestCluster();
    const a = configMap(cluster, 'a');
    const b = configMap(cluster, 'b');
    configMap(cluster, 'c', [a, b]);
    configMap(cluster, 'd', [a]);
    const changes = cluster.during('configmaps', () => cluster.remove('configmaps/a', { propagationPolicy: 'Orphan' }));
    expect(changes.map((change) => `${change.type} ${change.object.metadata.name}`)).toEqual([
      'MODIFIED a',
      'MODIFIED c',
      'MODIFIED d',
      'DELETED a',
    ]);
    expect(ownersOf(cluster, 'c')).toEqual(['b']);
    expect(cluster.get('configmaps/d').metadata.ownerReferences).toBeUndefined();
  });
});

function configMap(cluster: TestCluster, name: string, owners: readonly object[] = [], metadata: object = {}): KubeObject['metadata'] {
  const ownerReferences = owners.map((owner) => referenceTo(owner as KubeObject['metadata']));
  return cluster.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata, ...(owners.length === 0 ? {} : { ownerReferences }) },
  }).metadata;
}

function referenceTo(owner: { name: string; uid: string; blockOwnerDeletion?: unknown }): object {
  const { name, uid, blockOwnerDeletion } = owner;
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }) };
}

function names(cluster: TestCluster): string[] {
  return cluster
    .list('configmaps', 'default')
    .map((object) => object.metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt');
}

function ownersOf(cluster: TestCluster, name: string): string[] {
  return (cluster.get(`configmaps/${name}`).metadata.ownerReferences ?? []).map((owner) => owner.name);
}
