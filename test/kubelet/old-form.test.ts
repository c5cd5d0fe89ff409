// Files hold rows of pod workers in the form of before there were activities: they open, and go on as if nothing were.

import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { allRecords, execute, restoreState, snapshotHeader, stateHash } from '../../src/engine/cluster/index.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import { type PodWorker, podWorkers } from '../../src/engine/kubelet/model.ts';
import { createPodCluster, podWithBehaviors, presentContainer, START_MS } from '../support/pods.ts';

/** A worker as it was stored. */
function oldForm(json: string): string {
  const { uid, namespace, name, node, ordinal, activity, lastSyncEndMs, dueMs, requeueCount, ...rest } = JSON.parse(json) as PodWorker;
  const taken = 'isPending' in activity ? activity : { isPending: false, isQuietResync: false };
  const phase = activity.is === 'finished' ? 'finished' : activity.program;
  const run = activity.is === 'running' ? { kind: activity.program, ...activity.run } : null;
  const isWaiting = activity.is === 'waiting';
  const isQuiet = activity.is === 'idle' && activity.isQuiet;
  const { isPending, isQuietResync } = taken;
  const before = { phase, isPending, isWaiting, run, lastSyncEndMs, dueMs, requeueCount, isQuiet, isQuietResync };
  return JSON.stringify({ uid, namespace, name, node, ordinal, ...before, ...rest });
}

function reopened(state: ClusterState): ClusterState {
  const records = allRecords(state).map((record) =>
    record.table === podWorkers.name ? { ...record, json: oldForm(record.json) } : record,
  );
  return restoreState(snapshotHeader(state), records);
}

it('K110 K115 workers of an older form are at what they were, and go on', () => {
  const cluster = createPodCluster();
  const pod = (name: string, behavior: JsonObject, spec: JsonObject = {}): JsonObject => ({
    ...podWithBehaviors({ ...spec, containers: [presentContainer('c')] }, { c: behavior }),
    metadata: { name, annotations: { 'orrery.sim/behavior.c': JSON.stringify(behavior) } },
  });
  cluster.apply(
    pod('quiet', {}),
    pod('crashing', { run: { for: '1s', exitCode: 1 } }),
    pod('done', { run: { for: '3s', exitCode: 0 } }, { restartPolicy: 'Never' }),
    pod('leaving', { sigterm: 'ignore' }),
  );
  const seen = new Set<string>();
  for (let second = 0.5; second < 70; second += 0.7) {
    if (second > 20 && second < 20.7) cluster.remove('leaving', 20);
    cluster.advanceTo(second);
    for (const { activity } of podWorkers.rows(cluster.state).values())
      seen.add(
        `${activity.is} ${'program' in activity ? activity.program : ''}${'isQuiet' in activity && activity.isQuiet ? ' quiet' : ''}`,
      );
    const other = reopened(cluster.state);
    expect(stateHash(other)).toBe(stateHash(cluster.state));
    const { state } = cluster;
    const [mine, theirs] = [restoreState(snapshotHeader(state), allRecords(state)), other];
    for (const one of [mine, theirs]) execute(one, { type: 'advance', toMs: START_MS + 90_000 });
    expect(theirs.digest).toEqual(mine.digest);
  }
  expect([...seen].sort()).toEqual([
    'finished ',
    'idle sync',
    'idle sync quiet',
    'running sync',
    'running terminated',
    'running terminating',
    'waiting sync',
    'waiting terminated',
    'waiting terminating',
  ]);
});
