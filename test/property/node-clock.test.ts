// The node monitor sleeps through passes that would find what the last one left; the reference clock makes every one. Both must write the same history.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executeSteps } from '../../src/engine/cluster/index.ts';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import { createTestCluster, podTemplate, START_MS, type TestCluster } from '../support/engine.ts';

const NODES = 4;
const nodeName = fc.integer({ min: 1, max: NODES + 1 }).map((number) => `node-${number}`);

/** Times of which many meet a pass. */
const time = (max: number) =>
  fc.oneof(
    fc.integer({ min: 1, max }),
    fc.integer({ min: 1, max: max / 5_000 }).map((count) => count * 5_000),
  );

const step = fc.oneof(
  fc.record({
    does: fc.constantFrom('node-down' as const, 'node-partition' as const, 'node-reboot' as const),
    node: nodeName,
    forMs: fc.option(time(900_000)),
  }),
  fc.record({ does: fc.constant('mend' as const), fault: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ does: fc.constantFrom('delete' as const, 'create' as const), node: nodeName }),
  fc.record({ does: fc.constant('zone' as const), node: nodeName, zone: fc.constantFrom('a', 'b', null) }),
  fc.record({ does: fc.constant('untaint' as const), node: nodeName }),
);

/** Steps, each with the time that passes before it. */
const life = fc.array(fc.tuple(fc.oneof(time(400_000), fc.constant(0)), step), { minLength: 1, maxLength: 10 });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const labels = { app: 'web' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 4, selector: { matchLabels: labels }, template: podTemplate(labels) },
};

function live(steps: readonly (readonly [number, Step])[], clockMode: ClusterState['clockMode'], nodes = NODES): TestCluster {
  const cluster = createTestCluster({ nodes }, clockMode);
  cluster.create(deployment);
  for (const [ms, one] of steps) {
    cluster.advance(ms);
    act(cluster, one);
  }
  cluster.advance(1_500_000);
  return cluster;
}

function act(cluster: TestCluster, one: Step): void {
  const target = { resource: 'nodes', options: {} } as const;
  switch (one.does) {
    case 'mend':
      return void cluster.execute({ type: 'end-fault', id: `fault-${one.fault}` });
    case 'create': {
      const body = { apiVersion: 'v1', kind: 'Node', metadata: { name: one.node } };
      return void cluster.execute({ type: 'request', request: { ...target, verb: 'create', body } });
    }
    case 'delete':
      return void cluster.execute({ type: 'request', request: { ...target, verb: 'delete', name: one.node } });
    case 'zone':
      return patch(cluster, one.node, { metadata: { labels: { 'topology.kubernetes.io/zone': one.zone } } });
    case 'untaint':
      return patch(cluster, one.node, { spec: { taints: null } });
    default:
      return void cluster.execute({ type: 'fault', fault: { type: one.does, node: one.node }, afterMs: 0, forMs: one.forMs });
  }
}

function patch(cluster: TestCluster, name: string, body: JsonObject): void {
  cluster.execute({ type: 'request', request: { verb: 'patch', resource: 'nodes', name, patchType: 'merge', body, options: {} } });
}

const history = (cluster: TestCluster) =>
  cluster.changes.map((change) => `${(change.timeMs - START_MS) / 1000} ${change.type} ${change.resource} ${change.object.metadata.name}`);

describe('the node monitor', () => {
  it('C702 writes the same history whether passes that find nothing new are skipped or made', () => {
    fc.assert(
      fc.property(life, (steps) => {
        const [exact, reference] = [live(steps, 'exact'), live(steps, 'reference')];
        expect(history(exact)).toEqual(history(reference));
        expect(exact.state.digest).toEqual(reference.state.digest);
      }),
      { numRuns: 120, interruptAfterTimeLimit: 25_000 },
    );
  }, 60_000);

  it('C714 healthy nodes that come into a zone end its disruption, and the nodes that waited are tainted', () => {
    const zone = (number: number, name: string): [number, Step] => [0, { does: 'zone', node: `node-${number}`, zone: name as 'a' | 'b' }];
    const down = (number: number): [number, Step] => [0, { does: 'node-down', node: `node-${number}`, forMs: null }];
    const numbers = [1, 2, 3, 4, 5, 6];
    const before = [...numbers.map((number) => zone(number, number < 5 ? 'a' : 'b')), ...numbers.slice(0, 3).map(down)];
    const steps: [number, Step][] = [...before, [600_000, zone(5, 'a')[1]], zone(6, 'a')];
    const [exact, reference] = [live(steps, 'exact', 6), live(steps, 'reference', 6)];
    const taints = (cluster: TestCluster) => JSON.stringify(cluster.get('nodes/node-1').spec).includes('NoExecute');
    expect([taints(live(before, 'exact', 6)), taints(exact)]).toEqual([false, true]);
    expect(history(exact)).toEqual(history(reference));
  });

  it('C702 makes no passes while a node stays down: a year costs what a day costs', () => {
    const cluster = createTestCluster({ nodes: 3 });
    cluster.execute({ type: 'fault', fault: { type: 'node-down', node: 'node-2' }, afterMs: 0, forMs: null });
    cluster.advance(86_400_000);
    let count = 0;
    for (const _ of executeSteps(cluster.state, { type: 'advance', toMs: cluster.state.nowMs + 365 * 86_400_000 })) count += 1;
    expect(count).toBeLessThan(50);
  });
});
