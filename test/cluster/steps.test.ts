// Work is done in small steps, whatever a command sets off, so that others are served in between: a step writes few objects.

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { type Command, executeSteps } from '../../src/engine/cluster/index.ts';
import { createTestCluster, replicaSet, type TestCluster } from '../support/engine.ts';
import { daemonSet, job, statefulSet } from '../support/workloads.ts';

/** A pod that is created or bound brings its Event and the status of its owner with it. */
const CHANGES_PER_STEP_MAX = 24;
/** Half a burst of a ReplicaSet. */
const WORK_MIN = 250;

const manifests =
  (mode: 'create' | 'apply' | 'delete') =>
  (...objects: object[]): Command => ({ type: 'manifests', mode, namespace: 'default', objects: objects as JsonObject[] });
const [create, apply, remove] = [manifests('create'), manifests('apply'), manifests('delete')];
const configMaps = (namespace: string) =>
  Array.from({ length: 300 }, (_, index) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${index}`, namespace } }));
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };

/** The largest number of changes that one step makes, and how many there are in all. */
function largestStep(cluster: TestCluster, command: Command): { readonly largest: number; readonly total: number } {
  let [largest, total] = [0, 0];
  cluster.meddle((state) => {
    const steps = executeSteps(state, command);
    while (steps.next().done !== true) {
      const count = state.changes.length;
      largest = Math.max(largest, count - total);
      total = count;
    }
  });
  return { largest, total };
}

const later = (cluster: TestCluster, ms: number): Command => ({ type: 'advance', toMs: cluster.state.nowMs + ms });

describe('a step of work', () => {
  it.each<[string, object]>([
    ['a ReplicaSet', replicaSet('x', 500)],
    [
      'a Job',
      job('x', {
        parallelism: 500,
        completions: 500,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      }),
    ],
    ['a StatefulSet', statefulSet('x', 300, { podManagementPolicy: 'Parallel' })],
  ])('makes and places few of the pods of %s', (_name, workload) => {
    const cluster = createTestCluster({ nodes: 6 });
    const { largest, total } = largestStep(cluster, create(workload));
    expect(total).toBeGreaterThan(WORK_MIN);
    expect(largest).toBeLessThanOrEqual(CHANGES_PER_STEP_MAX);
  });

  it('makes few of the pods of a DaemonSet', () => {
    const cluster = createTestCluster({ nodes: 150 });
    const { largest, total } = largestStep(cluster, create(daemonSet('x')));
    expect(total).toBeGreaterThan(WORK_MIN);
    expect(largest).toBeLessThanOrEqual(CHANGES_PER_STEP_MAX);
  });

  it('deletes few of the pods that are too many', () => {
    const cluster = createTestCluster({ nodes: 6 });
    cluster.create(replicaSet('x', 500));
    cluster.advance(60_000);
    const { largest, total } = largestStep(cluster, apply(replicaSet('x', 0)));
    expect(total).toBeGreaterThan(WORK_MIN);
    expect(largest).toBeLessThanOrEqual(CHANGES_PER_STEP_MAX);
  });

  it('deletes few of the objects of a collection', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create(namespace);
    cluster.execute(create(...configMaps('n')));
    const request = { verb: 'deletecollection', resource: 'configmaps', namespace: 'n', options: {} } as const;
    const { largest, total } = largestStep(cluster, { type: 'request', request });
    expect(total).toBeGreaterThan(WORK_MIN);
    expect(largest).toBeLessThanOrEqual(CHANGES_PER_STEP_MAX);
  });

  it('deletes few of the objects of a namespace, and lets few Events expire', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create(namespace);
    for (const command of [create(...configMaps('n')), create(replicaSet('x', 200))]) cluster.execute(command);
    const expired = largestStep(cluster, later(cluster, 2 * 3_600_000));
    expect(expired.total).toBeGreaterThan(WORK_MIN);
    expect(expired.largest).toBeLessThanOrEqual(CHANGES_PER_STEP_MAX);
    cluster.execute(remove(namespace));
    const emptied = largestStep(cluster, later(cluster, 10_000));
    expect(emptied.total).toBeGreaterThan(WORK_MIN);
    expect(emptied.largest).toBeLessThanOrEqual(CHANGES_PER_STEP_MAX);
    expect(cluster.find('namespaces/n')).toBeUndefined();
  });
});
