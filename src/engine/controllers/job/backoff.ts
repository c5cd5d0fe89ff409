// The wait before a failed pod is replaced: it doubles with each failure since the last success.
// Upstream: pkg/controller/job/backoff_utils.go (v1.33). Rules: C310, C311.

import { parseTime } from '../../apimachinery/time.ts';
import type { Pod } from '../../kinds/pod/types.ts';

/** Failures since the last success, and when the last of them was. */
export interface BackoffRecord {
  readonly failures: number;
  /** Virtual milliseconds since 1970. */
  readonly lastFailureMs: number;
}

export const NO_FAILURES: BackoffRecord = { failures: 0, lastFailureMs: 0 };

const BACKOFF_BASE_MS = 10_000;
const BACKOFF_MAX_MS = 600_000;

/** C310, C311: the record after pods have ended; a success forgets the failures before it. */
export function nextRecord(before: BackoffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  if (succeeded.length === 0 && failed.length === 0) return before;
  const lastSuccessMs = succeeded.length === 0 ? undefined : Math.max(...succeeded.map(finishedMs));
  const times = failed.map(finishedMs).filter((ms) => lastSuccessMs === undefined || ms > lastSuccessMs);
  if (times.length === 0) return NO_FAILURES;
  return { failures: (lastSuccessMs === undefined ? before.failures : 0) + times.length, lastFailureMs: Math.max(...times) };
}

/** Milliseconds until a replacement may be made. */
export function remainingMs(record: BackoffRecord, nowMs: number): number {
  if (record.failures === 0) return 0;
  const backoffMs = Math.min(BACKOFF_BASE_MS * 2 ** Math.min(record.failures - 1, 10), BACKOFF_MAX_MS);
  return Math.max(0, backoffMs - (nowMs - record.lastFailureMs));
}

/** C310: when a pod ended, as well as its status tells. */
export function finishedMs(pod: Pod): number {
  const statuses = pod.status.containerStatuses ?? [];
  const ends = statuses.map((status) => msOf(status.state.terminated?.finishedAt));
  if (ends.length > 0 && ends.every((ms) => ms !== undefined)) return Math.max(...(ends as number[]));
  const ready = pod.status.conditions?.find((condition) => condition.type === 'Ready' && condition.status === 'False');
  const deletionMs = msOf(pod.metadata.deletionTimestamp);
  return (
    msOf(ready?.lastTransitionTime) ??
    (deletionMs === undefined ? undefined : deletionMs - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000) ??
    msOf(pod.metadata.creationTimestamp) ??
    0
  );
}

function msOf(text: string | null | undefined): number | undefined {
  return typeof text === 'string' ? parseTime(text) : undefined;
}
