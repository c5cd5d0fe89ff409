// What a Job sees in its pods: tracked, failed, terminating, and which of them go first.
// Upstream: pkg/controller/job/job_controller.go isPodFailed, tracking_utils.go; pkg/controller/controller_utils.go ActivePods (v1.33).
// Rules: C305, C307, C309, C321.

import { parseTime } from '../../apimachinery/time.ts';
import type { Job } from '../../kinds/job/types.ts';
import type { ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import { readySinceMs } from '../shared/pods.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

/** C321: the pod has not been counted yet. */
export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

/** C309: with TerminatingOrFailed, a pod that is being deleted has failed. */
export function isFailed(job: Job, pod: Pod): boolean {
  if (pod.status.phase === 'Failed') return true;
  if (job.spec.podReplacementPolicy === 'Failed') return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status.phase !== 'Succeeded';
}

/** Being deleted and not ended. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod);
}

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** C307: negative when `a` is deleted before `b`: C131 without costs, ranks and buckets. */
export function compareForRemoval(a: Pod, b: Pod): number {
  const isAssigned = (pod: Pod): number => ((pod.spec.nodeName ?? '') === '' ? 0 : 1);
  const readyA = readySinceMs(a);
  const readyB = readySinceMs(b);
  const isReady = (ms: number | undefined): number => (ms === undefined ? 0 : 1);
  return (
    isAssigned(a) - isAssigned(b) ||
    (PHASE_ORDER[a.status.phase] ?? 0) - (PHASE_ORDER[b.status.phase] ?? 0) ||
    isReady(readyA) - isReady(readyB) ||
    (readyB ?? 0) - (readyA ?? 0) ||
    maxRestarts(b) - maxRestarts(a) ||
    createdMs(b) - createdMs(a) ||
    (a.metadata.uid < b.metadata.uid ? -1 : 1)
  );
}

function createdMs(pod: Pod): number {
  return parseTime(pod.metadata.creationTimestamp) ?? 0;
}

function maxRestarts(pod: Pod): number {
  let max = 0;
  for (const status of pod.status.containerStatuses ?? []) if (status.restartCount > max) max = status.restartCount;
  return max;
}

/** C312: restarts of containers in pods that have not ended. */
export function restartsOf(pods: readonly Pod[]): number {
  let sum = 0;
  for (const pod of pods) {
    if (pod.status.phase !== 'Running' && pod.status.phase !== 'Pending') continue;
    const statuses: readonly ContainerStatus[] = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
    for (const status of statuses) sum += status.restartCount;
  }
  return sum;
}
