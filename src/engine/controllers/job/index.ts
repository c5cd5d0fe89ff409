// The Job controller: which changes wake which Job, at once or with the next batch.
// Upstream: pkg/controller/job/job_controller.go addPod, updatePod, deletePod, updateJob, deleteJob (v1.33). Rules: C304, C313, C321.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { listByTerm } from '../../apiserver/api.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job } from '../../kinds/job/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { observeCreations, observeDeletion } from '../shared/expectations.ts';
import { type PodNews, type PodWatch, receivePodChange } from '../shared/pod-watch.ts';
import { deadlineMs, isJobFinished } from './plan.ts';
import { BATCH_MS, isOrphan, orphanKey, QUEUE, reconcileJob, RETRIES } from './reconcile.ts';

const podWatch: PodWatch<Job> = {
  kind: jobKind,
  selectorOf: (job) => selectorFromLabelSelector(job.spec.selector),
  receive: receivePod,
};

export const jobController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(jobKind)]: receiveJob,
    pods: (state, change) => {
      receivePodChange(state, podWatch, change);
      const pod = change.object as Pod;
      if (change.type !== 'DELETED' && isOrphan(state, pod)) enqueue(state, QUEUE, orphanKey(pod));
    },
  },
  reconcile: reconcileJob,
  retries: RETRIES,
  timers: {},
};

/** C304: a new or changed spec is looked at now, a new status with the next batch. */
function receiveJob(state: ClusterState, change: Change): void {
  const job = change.object as Job;
  const previous = change.previous as Job | undefined;
  const key = keyOf(job);
  if (change.type === 'DELETED') {
    for (const pod of listByTerm(state, podKind, `owner:${job.metadata.uid}`)) {
      if (isOrphan(state, pod)) enqueue(state, QUEUE, orphanKey(pod));
    }
    enqueue(state, QUEUE, key);
  } else if (previous === undefined || previous.metadata.generation !== job.metadata.generation) enqueue(state, QUEUE, key);
  else if (!isJobFinished(job)) enqueueAfter(state, QUEUE, key, BATCH_MS);
  const deadline = deadlineMs(job);
  if (previous !== undefined && deadline !== undefined && deadline !== deadlineMs(previous) && !isJobFinished(job))
    enqueueAfter(state, QUEUE, key, Math.max(0, deadline - state.nowMs));
}

function receivePod(state: ClusterState, job: Job, news: PodNews, pod: Pod): void {
  const key = keyOf(job);
  if (news === 'created') observeCreations(state, QUEUE, key, 1);
  if (news === 'ended') observeDeletion(state, QUEUE, key, keyOf(pod));
  if (!isJobFinished(job)) enqueueAfter(state, QUEUE, key, BATCH_MS);
}
