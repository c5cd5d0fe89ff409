// The TTL controller of finished Jobs: deletes a Job some time after its end.
// Upstream: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (v1.33). Rules: C328, C929.

import { parseTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject } from '../../apiserver/api.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job } from '../../kinds/job/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { splitKey } from '../shared/pod-control.ts';
import { forgetKey, requeueAfter, requeueTimer } from '../shared/requeue.ts';

const QUEUE = 'ttl-after-finished';

export const ttlAfterFinishedController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(jobKind)]: (state, change) => {
      const key = keyOf(change.object);
      if (change.type === 'DELETED') forgetKey(state, QUEUE, key);
      else if (expiryMs(change.object as Job) !== undefined) enqueue(state, QUEUE, key);
    },
  },
  reconcile: deleteExpired,
  timers: requeueTimer(QUEUE),
};

/** When a finished Job expires; undefined for one that does not. */
export function expiryMs(job: Job): number | undefined {
  const { ttlSecondsAfterFinished: ttl } = job.spec;
  if (ttl === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const end = job.status.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  const endMs = parseTime(end?.lastTransitionTime ?? '');
  return endMs === undefined ? undefined : endMs + ttl * 1000;
}

function deleteExpired(state: ClusterState, key: string): void {
  const [namespace, name] = splitKey(key);
  const job = getObject(state, jobKind, namespace, name);
  const dueMs = job === undefined ? undefined : expiryMs(job);
  if (job === undefined || dueMs === undefined) return;
  if (dueMs > state.nowMs) requeueAfter(state, QUEUE, key, dueMs - state.nowMs);
  else deleteObject(state, jobKind, namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid } });
}
