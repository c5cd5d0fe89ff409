// The TTL controller of finished Jobs: deletes a Job some time after its end.
// Upstream: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (v1.33). Rules: C328, C929.

import { parseTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject } from '../../apiserver/api.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job } from '../../kinds/job/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Component } from '../../kernel/component.ts';
import { DONE, GONE, type Reconciled, requeueAfter } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { splitKey } from '../shared/pod-control.ts';

const QUEUE = 'ttl-after-finished';

export const ttlAfterFinishedController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(jobKind)]: (state, change) => {
      if (change.type === 'DELETED' || expiryMs(change.object as Job) !== undefined) enqueue(state, QUEUE, keyOf(change.object));
    },
  },
  reconcile: deleteExpired,
  timers: {},
};

/** When a finished Job expires; undefined for one that does not. */
export function expiryMs(job: Job): number | undefined {
  const { ttlSecondsAfterFinished: ttl } = job.spec;
  if (ttl === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const end = job.status.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  const endMs = parseTime(end?.lastTransitionTime ?? '');
  return endMs === undefined ? undefined : endMs + ttl * 1000;
}

function deleteExpired(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const job = getObject(state, jobKind, namespace, name);
  if (job === undefined) return GONE;
  const dueMs = expiryMs(job);
  if (dueMs === undefined) return DONE;
  if (dueMs > state.nowMs) return requeueAfter(dueMs - state.nowMs);
  deleteObject(state, jobKind, namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid } });
  return DONE;
}
