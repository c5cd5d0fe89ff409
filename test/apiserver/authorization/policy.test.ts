// The policy that every cluster begins with, and roles that are made of others.

import { describe, expect, it } from 'vitest';
import { publicKey } from '../../../src/engine/apiserver/authentication/tokens.ts';
import { diffSteps, objectsOf } from '../../../src/engine/cluster/difference.ts';
import { recordChanges, restoreState, snapshotHeader, stateHash } from '../../../src/engine/cluster/snapshot.ts';
import { finish } from '../../../src/engine/kernel/steps.ts';
import { forkState } from '../../../src/engine/kernel/state.ts';
import { countObjects, getStored } from '../../../src/engine/kernel/store.ts';
import type { Binding, ClusterRole } from '../../../src/engine/kinds/shared/rbac.ts';
import { createTestCluster, type TestCluster } from '../../support/engine.ts';
import { objectOf, refusalOf } from '../../support/kind-cases.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';
const BINDINGS = 'clusterrolebindings.rbac.authorization.k8s.io';
const RBAC = 'rbac.authorization.k8s.io/v1';

/** What a checkpoint keeps of a cluster, and nothing else. */
function reopened(cluster: TestCluster): TestCluster['state'] {
  const records = [...recordChanges(cluster.state)].flatMap(({ json, ...rest }) => (json === null ? [] : [{ ...rest, json }]));
  return restoreState(snapshotHeader(cluster.state), records);
}

function ruleTexts(cluster: TestCluster, name: string): string[] {
  const { rules } = cluster.get<ClusterRole>(`${ROLES}/${name}`);
  return (rules ?? []).map(({ verbs, apiGroups, resources }) => `${verbs?.join()} ${apiGroups?.join()} ${resources?.join()}`);
}

describe('Q9 the bootstrap policy', () => {
  it('Q9 is there in every cluster, with the labels and annotations of upstream', () => {
    const cluster = createTestCluster();
    const counts = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(
      (plural) => cluster.list(`${plural}.rbac.authorization.k8s.io`).length,
    );
    expect(counts).toEqual([66, 47, 7, 7]);
    const admin = cluster.get<Binding>(`${BINDINGS}/cluster-admin`);
    expect(admin.metadata).toMatchObject({
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    });
    expect(admin.subjects).toEqual([{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:masters' }]);
    expect(cluster.get<Binding>(`${BINDINGS}/system:controller:job-controller`).subjects).toEqual([
      { kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system' },
    ]);
  });

  it('Q9 has other uids under another seed, and the same under the same', () => {
    const uidOf = (seed: number) => createTestCluster({ seed }).get(`${ROLES}/view`).metadata.uid;
    expect(uidOf(1)).toBe(uidOf(1));
    expect(uidOf(1)).not.toBe(uidOf(2));
  });

  it('Q9 costs nothing until it is looked at, and nothing is stored of it until it is written', () => {
    const cluster = createTestCluster();
    const [{ revision, digest }, count] = [cluster.state, countObjects(cluster.state)];
    expect([...cluster.state.tables.keys()].filter((name) => name.includes('rbac'))).toEqual([]);
    cluster.list(ROLES);
    expect(cluster.state).toMatchObject({ revision, digest });
    expect(countObjects(cluster.state)).toBe(count);
    expect([...recordChanges(cluster.state)].filter(({ table }) => table.includes('rbac'))).toEqual([]);
  });

  it('Q9 remembers what was changed, deleted and made again', () => {
    const cluster = createTestCluster();
    const count = countObjects(cluster.state);
    cluster.patch(`${ROLES}/view`, { metadata: { labels: { mine: 'yes' } } });
    cluster.remove(`${ROLES}/cluster-admin`);
    cluster.remove(`${ROLES}/edit`);
    cluster.create({ apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: 'edit' }, rules: [] });
    cluster.remove(`${BINDINGS}/system:node`);
    expect(cluster.changes.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'MODIFIED view',
      'DELETED cluster-admin',
      'DELETED edit',
      'MODIFIED admin',
      'ADDED edit',
      'DELETED system:node',
    ]);
    expect(countObjects(cluster.state)).toBe(count + 3);
    const state = reopened(cluster);
    const difference = finish(diffSteps(objectsOf(state), objectsOf(cluster.state)));
    expect(difference).toEqual({ added: [], removed: [], changed: [], isTruncated: false });
    expect(stateHash(state)).toBe(stateHash(cluster.state));
    expect(countObjects(state)).toBe(count + 3);
  });
});

describe('Q9 forks', () => {
  it('Q9 have the policy as it was where they begin, and go their own way', () => {
    const cluster = createTestCluster();
    cluster.remove(`${ROLES}/view`);
    const fork = forkState(cluster.state);
    const count = countObjects(fork);
    cluster.remove(`${ROLES}/edit`);
    expect(getStored(fork, ROLES, 'view')).toBeUndefined();
    expect(getStored(fork, ROLES, 'edit')).toBeDefined();
    expect(getStored(fork, BINDINGS, 'cluster-admin')).toBeDefined();
    expect(countObjects(fork)).toBe(count);
  });

  it('Q9 Q11 keep the policy and the key of their origin when they get another seed', () => {
    const cluster = createTestCluster();
    const before = [getStored(forkState(cluster.state), ROLES, 'view')?.json, publicKey(cluster.state)];
    cluster.execute({ type: 'seed', seed: 7 });
    const state = reopened(cluster);
    expect([getStored(state, ROLES, 'view')?.json, publicKey(state)]).toEqual(before);
    expect([getStored(cluster.state, ROLES, 'view')?.json, publicKey(cluster.state)]).toEqual(before);
  });
});

describe('Q10 aggregation', () => {
  const role = (name: string, resource: string, labels: object = {}): object => ({
    apiVersion: RBAC,
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules: [{ verbs: ['get'], apiGroups: ['stable.example.com'], resources: [resource] }],
  });

  it('Q10 gives view, edit and admin what is labelled for them, and takes it back', () => {
    const cluster = createTestCluster();
    const added = 'get stable.example.com crontabs';
    cluster.create(role('crontabs', 'crontabs', { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }));
    // edit has what view has, admin what edit has.
    for (const name of ['view', 'edit', 'admin']) expect(ruleTexts(cluster, name)).toContain(added);
    expect(ruleTexts(cluster, 'view')[0]).toBe(added);
    cluster.remove(`${ROLES}/crontabs`);
    for (const name of ['view', 'edit', 'admin']) expect(ruleTexts(cluster, name)).not.toContain(added);
  });

  it('Q10 takes each rule once, selector by selector, and overwrites what was written by hand', () => {
    const cluster = createTestCluster();
    cluster.create(role('b', 'bees', { to: 'all' }));
    cluster.create(role('a', 'ants', { to: 'all' }));
    cluster.create(role('c', 'bees', { also: 'this' }));
    cluster.create({
      ...role('all', 'nothing', { to: 'all' }),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { also: 'this' } }, { matchLabels: { to: 'all' } }] },
    });
    expect(ruleTexts(cluster, 'all')).toEqual(['get stable.example.com bees', 'get stable.example.com ants']);
    cluster.patch(`${ROLES}/all`, { rules: [] });
    expect(ruleTexts(cluster, 'all')).toEqual(['get stable.example.com bees', 'get stable.example.com ants']);
  });

  it.each<[string, object, string]>([
    [
      'no selector',
      { aggregationRule: {} },
      'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
    [
      'a selector that is none',
      { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] } },
      "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ])('Q10 refuses a rule with %s', (_name, fields, error) => {
    expect(refusalOf(objectOf(RBAC, 'ClusterRole', fields))).toContain(error);
  });

  it('Q10 accepts names for several resources', () => {
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods', 'pods/log'], resourceNames: ['web'] }];
    expect(refusalOf(objectOf(RBAC, 'ClusterRole', { rules }))).toBeUndefined();
  });
});
