// The crash back-off (K310-K318): a decision over plain numbers, and the entries' housekeeping as arithmetic.
// Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff), client-go util/flowcontrol/backoff.go (v1.33).
// Rules: K241, K319.

import { nextBackoffMs } from '../../kernel/backoff.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { nextTick } from '../../containers/clock.ts';
import type { Container } from '../../kinds/pod/types.ts';
import type { RuntimeView } from '../../containers/model.ts';
import type { Backoff, PodWorker } from '../model.ts';
import { housekeepingClock } from '../../containers/timing.ts';

/** The first back-off, and the longest (K311). */
export const CRASH_BACKOFF_BASE_MS = 10_000;
export const CRASH_BACKOFF_MAX_MS = 300_000;
/** K310, K316: twice the maximum. */
export const BACKOFF_EXPIRY_MS = 600_000;

/** The entry as housekeeping has left it: gone from the first tick at which its last update is older than 600 s (K316). */
export function presentEntry<Entry extends Backoff>(state: ClusterState, entry: Entry | undefined): Entry | undefined {
  if (entry === undefined) return undefined;
  // Housekeeping comes last at its instant (K001), so a tick at this very instant has not run yet.
  const deletedMs = nextTick(housekeepingClock(state), entry.lastUpdateMs + BACKOFF_EXPIRY_MS);
  return deletedMs < state.nowMs ? undefined : entry;
}

/**
 * K310: whether a container may start, given the newest exited instance in the data read at the beginning of the sync. Returns the entry to
 * store when it may, or the entry that holds it back.
 */
export function decideStart(
  nowMs: number,
  finishedMs: number | undefined,
  entry: Backoff | undefined,
): { start: boolean; entry: Backoff | undefined } {
  // K310: no exited instance: start, the entry is untouched.
  if (finishedMs === undefined) return { start: true, entry };
  const isOld = entry !== undefined && finishedMs - entry.lastUpdateMs > BACKOFF_EXPIRY_MS;
  if (entry !== undefined && !isOld && nowMs - finishedMs < entry.valueMs) return { start: false, entry };
  const valueMs = nextBackoffMs(isOld ? undefined : entry?.valueMs, CRASH_BACKOFF_BASE_MS, CRASH_BACKOFF_MAX_MS);
  return { start: true, entry: { valueMs, lastUpdateMs: nowMs } };
}

/** Whether a container may start in a sync of this instant, as the view of that sync has it. */
export function decideStartOf(
  state: ClusterState,
  worker: Readonly<PodWorker>,
  view: RuntimeView,
  { name, image }: Container,
): ReturnType<typeof decideStart> {
  const exited = view.instances.findLast((instance) => instance.container === name && instance.state === 'exited');
  return decideStart(state.nowMs, exited?.finishedMs ?? undefined, presentEntry(state, worker.backoffs[backoffKey(name, image)]));
}

/** K311: changing the image begins a new entry. */
export function backoffKey(container: string, image: string): string {
  return `${container}|${image}`;
}
