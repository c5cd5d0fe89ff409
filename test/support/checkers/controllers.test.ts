// The checker itself fails where the control plane would leave something else than it must.

import { describe, expect, it } from 'vitest';
import type { Commit } from '../../../src/engine/cluster/index.ts';
import type { ClusterState } from '../../../src/engine/kernel/state.ts';
import { type Change, type KernelObject, putObject, removeObject, storedOf } from '../../../src/engine/kernel/store.ts';
import { createTestCluster } from '../engine.ts';
import { loaded } from '../workloads.ts';
import { ControllerChecker } from './controllers.ts';

type Wrong = (object: KernelObject) => object;

/** Two pods of a Deployment behind a Service, on one node. */
function start(): ClusterState {
  const cluster = createTestCluster({ nodes: 1 });
  cluster.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  cluster.create(loaded('web', 2, {}));
  cluster.advance(60_000);
  return cluster.state;
}

/** Writes an object as nobody would, and has it judged. */
function write(state: ClusterState, resource: string, wrong: Wrong): readonly Change[] {
  const [row] = [...storedOf(state, resource).values()].filter(({ object }) => object.metadata.name !== 'kubernetes');
  if (row === undefined) throw new Error(`no ${resource}`);
  return [putObject(state, resource, wrong(row.object) as KernelObject, row.terms)];
}

function judge(state: ClusterState, checker: ControllerChecker, changes: readonly Change[]): void {
  const command = { type: 'advance', toMs: state.nowMs } as const;
  checker.after(state, { command, outcome: { ok: true, code: 200, warnings: [] }, changes } as unknown as Commit);
}

const owner = (name: string) => ({ apiVersion: 'v1', kind: 'X', name, uid: name, controller: true });
const withStatus =
  (status: object): Wrong =>
  (object) => ({ ...object, status: { ...(object['status'] as object), ...status } });
const withMetadata =
  (metadata: object): Wrong =>
  (object) => ({ ...object, metadata: { ...object.metadata, ...metadata } });

describe('a checker of controllers', () => {
  it('lets pass what controllers leave', () => {
    const state = start();
    expect(() =>
      judge(state, new ControllerChecker(state), write(state, 'pods', withMetadata({ labels: { app: 'web', more: 'a' } }))),
    ).not.toThrow();
  });

  it.each<[string, string, Wrong, RegExp]>([
    ['two controllers', 'pods', withMetadata({ ownerReferences: [owner('a'), owner('b')] }), /^F11/],
    ['a generation that is still to come', 'deployments.apps', withStatus({ observedGeneration: 9 }), /^F6/],
    ['a write of the same', 'deployments.apps', (object) => ({ ...object }), /^F5/],
    [
      'more pods than are wanted',
      'replicasets.apps',
      (object) => ({ ...object, spec: { ...(object['spec'] as object), replicas: 1 } }),
      /^C121/,
    ],
    ['other counts than there are pods', 'replicasets.apps', withStatus({ readyReplicas: 0 }), /^C110/],
    ['more than a node has', 'nodes', withStatus({ allocatable: { cpu: '300m', memory: '1Gi', pods: '110' } }), /^C812/],
    ['more pods than a node may have', 'nodes', withStatus({ allocatable: { cpu: '3', memory: '1Gi', pods: '1' } }), /^C812/],
    ['a slice without its pods', 'endpointslices.discovery.k8s.io', (object) => ({ ...object, endpoints: [] }), /^C505/],
  ])('fails when it finds %s', (_what, resource, wrong, words) => {
    const state = start();
    const checker = new ControllerChecker(createTestCluster().state);
    expect(() => judge(state, checker, write(state, resource, wrong))).toThrow(words);
  });

  it('fails when a pod that has ended goes back', () => {
    const state = start();
    write(state, 'pods', withStatus({ phase: 'Failed' }));
    const back = write(state, 'pods', withStatus({ phase: 'Running' }));
    expect(() => judge(state, new ControllerChecker(state), back)).toThrow(/^K204/);
  });

  it('fails when an owner is gone and what it owned stays', () => {
    const state = start();
    const [key = ''] = storedOf(state, 'replicasets.apps').keys();
    expect(() => judge(state, new ControllerChecker(state), [removeObject(state, 'replicasets.apps', key)])).toThrow(/^C901/);
  });
});
