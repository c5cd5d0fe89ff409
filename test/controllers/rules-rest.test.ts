// Rules of controllers that belong to no suite of one controller: empty selectors, missing services, lost nodes, grace periods.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { allRecords, restoreState, snapshotHeader } from '../../src/engine/cluster/snapshot.ts';
import { evictionDelayMs } from '../../src/engine/controllers/taint-eviction/index.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { barePod, createTestCluster, podTemplate } from '../support/engine.ts';
import { statefulSet } from '../support/workloads.ts';
import { makeReady } from '../support/workloads.ts';

const UNREACHABLE = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' };

/** A stored Deployment as none can be created any more; the text may stand in a text. */
function withoutSelector(record: string): string {
  return record
    .replaceAll('"selector":{"matchLabels":{"app":"old"}}', '"selector":{}')
    .replaceAll('\\"selector\\":{\\"matchLabels\\":{\\"app\\":\\"old\\"}}', '\\"selector\\":{}');
}

function tolerating(tolerations: readonly object[]): Pod {
  return { metadata: { name: 'p' }, spec: { containers: [], tolerations }, status: {} } as unknown as Pod;
}

describe('deployments and sets', () => {
  it('C206 an empty selector from old times selects nothing, and is told of', () => {
    const cluster = createTestCluster();
    const spec = { replicas: 0, selector: { matchLabels: { app: 'old' } }, template: podTemplate({ app: 'old' }) };
    cluster.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'old' }, spec } as unknown as JsonObject);
    cluster.remove('replicasets.apps/' + (cluster.list('replicasets.apps', 'default')[0]?.metadata.name ?? ''));
    const records = allRecords(cluster.state).map((record) => JSON.parse(withoutSelector(JSON.stringify(record))) as typeof record);
    cluster.meddle((state) => restoreState(snapshotHeader(state), records));
    cluster.patch('deployments.apps/old', { spec: { replicas: 1 } }, 'scale');
    expect(cluster.events('deployments.apps/old')).toEqual([
      'Warning SelectingAll "This deployment is selecting all pods. A non-empty selector is required."',
    ]);
  });

  it('C435 the service of a StatefulSet is not made, and need not be there', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create(statefulSet('db', 2));
    cluster.advance(30_000);
    expect(cluster.list<Pod>('pods', 'default').map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
      ['db-0', 'Running'],
      ['db-1', 'Running'],
    ]);
    expect(cluster.find('services/svc')).toBeUndefined();
  });

  it('C436 a pod of a StatefulSet on a lost node is not replaced before it is gone', () => {
    const cluster = createTestCluster({ nodes: 3 });
    cluster.create(statefulSet('db', 1));
    cluster.advance(20_000);
    const node = cluster.get<Pod>('pods/db-0').spec.nodeName ?? '';
    cluster.execute({ type: 'fault', fault: { type: 'node-down', node }, afterMs: 0, forMs: null });
    cluster.advance(2_000_000);
    const [only, ...others] = cluster.list<Pod>('pods', 'default');
    expect([only?.metadata.name, only?.metadata.deletionTimestamp === undefined, others]).toEqual(['db-0', false, []]);
    cluster.remove('pods/db-0', { gracePeriodSeconds: 0 });
    cluster.advance(20_000);
    expect(cluster.get<Pod>('pods/db-0').spec.nodeName).not.toBe(node);
  });

  it('C167 pods of a ReplicationController are not ranked by their neighbours', () => {
    const cluster = createTestCluster();
    for (const name of ['n1', 'n2']) cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    const spec = { replicas: 3, selector: { app: 'rc' }, template: podTemplate({ app: 'rc' }) };
    cluster.create({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'rc' }, spec } as unknown as JsonObject);
    const pods = cluster.list<Pod>('pods', 'default').sort((a, b) => (a.metadata.uid < b.metadata.uid ? -1 : 1));
    // The pod with the smallest UID is alone on its node.
    for (const [index, { metadata }] of pods.entries()) {
      const { name } = metadata;
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: index === 0 ? 'n1' : 'n2' } };
      cluster.accept({ verb: 'create', resource: 'pods', namespace: 'default', name, subresource: 'binding', body, options: {} });
      makeReady(cluster, name);
    }
    cluster.patch('replicationcontrollers/rc', { spec: { replicas: 2 } });
    const deleted = cluster.list<Pod>('pods', 'default').filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    expect(deleted.map(({ metadata }) => metadata.name)).toEqual([pods[0]?.metadata.name]);
  });
});

describe('nodes', () => {
  it('C717 that come and go are told of', () => {
    const cluster = createTestCluster();
    cluster.advance(10_000);
    cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'late' } });
    cluster.advance(10_000);
    cluster.remove('nodes/late');
    cluster.advance(10_000);
    const told = cluster.events('nodes/late').filter((event) => / (Registered|Removing)Node /.test(event));
    expect(told).toEqual([
      'Normal RegisteredNode "Node late event: Registered Node late in Controller"',
      'Normal RemovingNode "Node late event: Removing Node late from Controller"',
    ]);
  });

  it.each<[string, readonly object[], number | undefined]>([
    ['nobody who does not tolerate it stays', [], 0],
    ['no time is none', [{ key: UNREACHABLE.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }], 0],
    ['less than no time is none either', [{ key: UNREACHABLE.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: -5 }], 0],
    ['a time is a time', [{ key: UNREACHABLE.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }], 300_000],
    ['without an effect all effects are meant', [{ key: UNREACHABLE.key, operator: 'Exists' }], undefined],
    ['without a key all keys are meant', [{ operator: 'Exists' }], undefined],
  ])('C724 %s', (_name, tolerations, delay) => {
    expect(evictionDelayMs(tolerating(tolerations), [UNREACHABLE as never])).toBe(delay);
  });

  it('C725 pods of DaemonSets stay, whatever happens to their node', () => {
    const cluster = createTestCluster({ nodes: 2 });
    const spec = { selector: { matchLabels: { app: 'd' } }, template: podTemplate({ app: 'd' }) };
    cluster.create({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd' }, spec } as unknown as JsonObject);
    cluster.advance(20_000);
    cluster.execute({ type: 'fault', fault: { type: 'node-down', node: 'node-1' }, afterMs: 0, forMs: null });
    cluster.advance(3_000_000);
    const pods = cluster.list<Pod>('pods', 'default');
    expect(pods.map(({ metadata, spec: { nodeName } }) => [nodeName, metadata.deletionTimestamp])).toEqual(
      expect.arrayContaining([
        ['node-1', undefined],
        ['node-2', undefined],
      ]),
    );
  });

  it('C734 a deleting pod that was lost with its node is Unknown', () => {
    const pod = createTestCluster().create<Pod>(barePod('p'));
    const lost = {
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:30Z' },
      status: { ...pod.status, reason: 'NodeLost' },
    };
    expect(podKind.cells(lost as Pod, 0)[2]).toBe('Unknown');
  });
});

describe('how pods go', () => {
  it('C743 C744 pods that were never bound, or are over, go at once; others have their grace, which may only be cut', () => {
    const cluster = createTestCluster();
    cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
    cluster.create(barePod('unbound'));
    cluster.remove('pods/unbound');
    expect(cluster.find('pods/unbound')).toBeUndefined();
    cluster.create(barePod('over', {}, { nodeName: 'n1' }));
    cluster.patch('pods/over', { status: { phase: 'Failed' } }, 'status');
    cluster.remove('pods/over');
    expect(cluster.find('pods/over')).toBeUndefined();
    cluster.create(barePod('bound', {}, { nodeName: 'n1' }));
    const grace = (): unknown => cluster.get('pods/bound').metadata.deletionGracePeriodSeconds;
    cluster.remove('pods/bound');
    expect(grace()).toBe(30);
    cluster.remove('pods/bound', { gracePeriodSeconds: 60 });
    expect(grace()).toBe(30);
    cluster.remove('pods/bound', { gracePeriodSeconds: 5 });
    expect(grace()).toBe(5);
  });

  it('C743 an unbound pod that somebody holds goes when it is let go', () => {
    const cluster = createTestCluster();
    cluster.create(barePod('held', { finalizers: ['example.com/hold'] }));
    cluster.remove('pods/held');
    cluster.advance(60_000);
    expect(cluster.get('pods/held').metadata.deletionTimestamp).toBeDefined();
    cluster.patch('pods/held', { metadata: { finalizers: null } });
    expect(cluster.find('pods/held')).toBeUndefined();
  });
});

describe('the garbage collector', () => {
  const owned = (owner: { metadata: { name: string; uid: string } }, name: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid: owner.metadata.uid }] },
  });

  it.each([
    ['by default in the background', {}, false],
    ['as the request says', { propagationPolicy: 'Orphan' as const }, true],
  ])('C901 C908 dependents go at once, or stay: %s', (_name, options, stays) => {
    const cluster = createTestCluster();
    const owner = cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner' } });
    cluster.create(owned(owner, 'dependent'));
    cluster.remove('configmaps/owner', options);
    cluster.advance(0);
    expect(cluster.find('configmaps/dependent') !== undefined).toBe(stays);
    expect(cluster.find('configmaps/owner')).toBeUndefined();
  });

  it('C901 pods of a ReplicationController stay when nobody says how it is deleted', () => {
    const cluster = createTestCluster();
    const spec = { replicas: 1, selector: { app: 'rc' }, template: podTemplate({ app: 'rc' }) };
    cluster.create({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'rc' }, spec } as unknown as JsonObject);
    cluster.remove('replicationcontrollers/rc');
    cluster.advance(1_000);
    expect(cluster.list<Pod>('pods', 'default').map(({ metadata }) => metadata.ownerReferences)).toEqual([undefined]);
  });
});
