import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import type { ReplicationController } from '../../../src/engine/kinds/replicationcontroller/types.ts';
import { barePod, createTestCluster, podTemplate } from '../../support/engine.ts';

function controller(name: string, replicas: number): JsonObject {
  const spec = { replicas, template: podTemplate({ app: name }) };
  return { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name }, spec } as JsonObject;
}

it('C163 keeps its number of pods and tells of it under its own name', () => {
  const cluster = createTestCluster();
  cluster.create(controller('rc', 2));
  const pods = cluster.list<Pod>('pods', 'default');
  expect(pods.map((pod) => pod.metadata.ownerReferences?.[0])).toMatchObject([
    { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', controller: true },
    { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', controller: true },
  ]);
  const sources = cluster.list('events', 'default').map((event) => event['source']);
  expect(sources).toContainEqual({ component: 'replication-controller' });
  expect(cluster.get<ReplicationController>('replicationcontrollers/rc').status).toEqual({
    replicas: 2,
    fullyLabeledReplicas: 2,
    observedGeneration: 1,
  });
});

it('C164 C165 adopts by its map of labels, and lets go what a new selector does not match', () => {
  const cluster = createTestCluster();
  cluster.create(barePod('x', { labels: { app: 'rc', tier: 'a' } }));
  cluster.create(controller('rc', 1));
  expect(cluster.get('pods/x').metadata.ownerReferences).toHaveLength(1);
  const selector = { app: 'rc', tier: 'b' };
  cluster.patch('replicationcontrollers/rc', { spec: { selector, template: podTemplate(selector) } });
  expect(cluster.get('pods/x').metadata.ownerReferences).toBeUndefined();
  expect(cluster.list('pods', 'default')).toHaveLength(2);
});

it('C162 a DELETE without a policy leaves the pods', () => {
  const cluster = createTestCluster();
  cluster.create(controller('rc', 2));
  cluster.remove('replicationcontrollers/rc');
  cluster.advance(1_000);
  expect(cluster.find('replicationcontrollers/rc')).toBeUndefined();
  expect(cluster.list<Pod>('pods', 'default').map((pod) => pod.metadata.ownerReferences)).toEqual([undefined, undefined]);
});
