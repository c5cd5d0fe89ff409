// How a cluster is described: by its state, now or in the past.

import { clockOf, parkedWork } from '../engine/cluster/index.ts';
import { formatDuration, formatInstant } from '../engine/apimachinery/time.ts';
import { hashToHex } from '../engine/kernel/hash.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { countObjects, storedOf } from '../engine/kernel/store.ts';
import type { ClusterInfo } from './ports.ts';
import type { DirectoryRow } from './storage.ts';

/** The cluster of a row in a state. */
export function describeState(row: Pick<DirectoryRow, 'name' | 'createdAt' | 'labels' | 'ttlMs'>, state: ClusterState): ClusterInfo {
  const parked = parkedWork(state).map(({ untilMs, ...work }) => ({ ...work, until: formatInstant(untilMs) }));
  return {
    name: row.name,
    seed: state.seed,
    startTime: formatInstant(state.startMs),
    now: formatInstant(state.nowMs),
    elapsedSeconds: (state.nowMs - state.startMs) / 1000,
    clock: clockOf(state),
    resourceVersion: String(state.revision),
    digest: hashToHex(state.digest),
    nodes: storedOf(state, 'nodes').size,
    objects: countObjects(state),
    createdAt: row.createdAt,
    ...(row.labels === undefined ? {} : { labels: row.labels }),
    ...(row.ttlMs === undefined ? {} : { ttl: formatDuration(row.ttlMs) }),
    state: 'awake',
    ...(parked.length === 0 ? {} : { parked }),
  };
}
