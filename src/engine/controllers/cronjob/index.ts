// The CronJob controller: which changes wake which CronJob. The clock wakes it by timers, one for its next schedule time.
// Upstream: pkg/controller/cronjob/cronjob_controllerv2.go updateCronJob, addJob, updateJob, deleteJob (v1.33). Rules: C341, C346, C351, C354.

import { cronJobKind } from '../../kinds/cronjob/index.ts';
import { parseSchedule } from '../../kinds/cronjob/schedule.ts';
import type { CronJob } from '../../kinds/cronjob/types.ts';
import { findZone, UTC } from '../../apimachinery/time-zone.ts';
import { jobKind } from '../../kinds/job/index.ts';
import type { Job } from '../../kinds/job/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { clearTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { resolveOwner } from '../shared/pod-watch.ts';
import { nextSyncMs } from './plan.ts';
import { QUEUE, reconcileCronJob } from './reconcile.ts';

export const cronJobController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(cronJobKind)]: receiveCronJob,
    [resourceOf(jobKind)]: receiveJob,
  },
  reconcile: reconcileCronJob,
  timers: {},
};

/** C351: a new schedule waits for its next time; anything else is looked at now. */
function receiveCronJob(state: ClusterState, change: Change): void {
  const cronJob = change.object as CronJob;
  const previous = change.previous as CronJob | undefined;
  const key = keyOf(cronJob);
  const { schedule, timeZone } = cronJob.spec;
  const isRescheduled = previous !== undefined && (previous.spec.schedule !== schedule || previous.spec.timeZone !== timeZone);
  const parsed = parseSchedule(schedule);
  const zone = timeZone === undefined ? UTC : findZone(timeZone);
  if (change.type === 'DELETED' || !isRescheduled || !parsed.ok || zone === undefined) {
    enqueue(state, QUEUE, key);
    return;
  }
  clearTimer(state, QUEUE, key);
  const nextMs = nextSyncMs(cronJob, { schedule: parsed.value, zone }, state.nowMs);
  if (nextMs !== undefined) enqueueAfter(state, QUEUE, key, nextMs - state.nowMs);
}

/** C346: the end of a Job may let another one start. */
function receiveJob(state: ClusterState, change: Change): void {
  for (const job of [change.previous, change.object]) {
    if (job === undefined) continue;
    const owner = resolveOwner(state, cronJobKind, job as Job);
    if (owner !== undefined) enqueue(state, QUEUE, keyOf(owner));
  }
}
