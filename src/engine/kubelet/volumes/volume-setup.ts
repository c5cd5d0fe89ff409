// Setting up the volumes of a pod: at each sync, and again with a growing delay for each volume that failed, while the first sync waits.
// Upstream: pkg/kubelet/volumemanager/volume_manager.go, reconciler/, pkg/volume/util/operationexecutor, pkg/util/goroutinemap/exponentialbackoff
// (v1.33). Rules: K210, K211.

import { TIMER_RANKS } from '../../kernel/component.ts';
import { nextBackoffMs } from '../../kernel/backoff.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { clearTimer, setTimer } from '../../kernel/timers.ts';
import type { Pod, Volume } from '../../kinds/pod/types.ts';
import { type Clock, tickAtOrAfter } from '../../containers/clock.ts';
import { volumeContext } from '../../containers/container-config.ts';
import { containersOf } from '../../containers/container-lists.ts';
import { type PodWorker, type Run, runOf } from '../model.ts';
import { recordPodEvent } from '../pods/pod-events.ts';
import { placeOf } from '../../containers/files/volume-places.ts';
import { canChange, setUpVolume } from '../../containers/files/volume-trees.ts';

export const MOUNT_TIMER = 'kubelet.mount';

/** K210: how long a sync waits, and how often it looks. */
const WAIT_MS = 123_000;
const POLL_MS = 300;

/** When mounting is tried again: twice as late each time (K211). */
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 122_000;

/** Whether a sync may go on: `ready`, `timeout`, or the instant until which it waits at most. */
export function awaitVolumes(state: ClusterState, worker: PodWorker, run: Run, pod: Pod): 'ready' | 'timeout' | number {
  if (!run.hasSetUpVolumes) setUpVolumes(state, worker, pod);
  run.hasSetUpVolumes = true;
  if (!isWaiting(worker)) return 'ready';
  const untilMs = run.startedMs + WAIT_MS;
  return state.nowMs >= untilMs ? 'timeout' : untilMs;
}

/** Tries the volumes again that are due. Returns when the sync that waits for them finds them all there, or null. */
export function retryVolumes(state: ClusterState, worker: PodWorker, pod: Pod): number | null {
  for (const volume of usedVolumes(pod, pod.spec.volumes ?? [])) {
    const failure = worker.failedVolumes[volume.name];
    if (failure !== undefined && failure.retryMs <= state.nowMs) tryVolume(state, worker, pod, volume);
  }
  armRetry(state, worker);
  const run = runOf(worker);
  if (run?.step !== 'volumes' || isWaiting(worker)) return null;
  const polls: Clock = { periodMs: POLL_MS, phaseMs: run.startedMs };
  return tickAtOrAfter(polls, state.nowMs);
}

/** A claim of the pod has changed: what waits is tried again at once. */
export function retryVolumesNow(state: ClusterState, worker: PodWorker): void {
  for (const failure of Object.values(worker.failedVolumes)) failure.retryMs = state.nowMs;
  if (Object.keys(worker.failedVolumes).length > 0) armRetry(state, worker);
}

/** The kubelet gives up on the volumes of a pod that ends. */
export function abandonVolumes(state: ClusterState, worker: PodWorker): void {
  worker.failedVolumes = {};
  clearTimer(state, MOUNT_TIMER, worker.uid);
}

/** Every sync writes the volumes anew whose content may have changed; those that failed have their own clock. */
function setUpVolumes(state: ClusterState, worker: PodWorker, pod: Pod): void {
  const volumes = pod.spec.volumes ?? [];
  const wanted = worker.hasVolumes ? volumes.filter(canChange) : volumes;
  for (const volume of usedVolumes(pod, wanted)) if (worker.failedVolumes[volume.name] === undefined) tryVolume(state, worker, pod, volume);
  worker.hasVolumes = true;
  armRetry(state, worker);
}

function tryVolume(state: ClusterState, worker: PodWorker, pod: Pod, volume: Volume): void {
  const before = worker.failedVolumes[volume.name];
  const error = setUpVolume(state, worker, pod, volume, volumeContext(state, worker, pod));
  if (error === undefined) {
    delete worker.failedVolumes[volume.name];
    return;
  }
  const delayMs = nextBackoffMs(before?.delayMs, RETRY_BASE_MS, RETRY_MAX_MS);
  const isMounted = before?.isMounted ?? worker.hasVolumes;
  worker.failedVolumes[volume.name] = { delayMs, retryMs: state.nowMs + delayMs, isMounted };
  // A claim that is not bound keeps the pod waiting, and nobody is told.
  if (error === null) return;
  const place = placeOf(state, pod, volume);
  const text = `MountVolume.SetUp failed for volume ${JSON.stringify(place.kind === 'host' ? place.name : volume.name)} : ${error}`;
  recordPodEvent(state, worker.node, pod, 'Warning', 'FailedMount', text);
}

/** Volumes that some container mounts; the others are never set up. */
function usedVolumes(pod: Pod, volumes: readonly Volume[]): readonly Volume[] {
  if (volumes.length === 0) return volumes;
  const lists = (['init', 'regular', 'ephemeral'] as const).flatMap((list) => containersOf(pod, list));
  const names = new Set(lists.flatMap((container) => (container.volumeMounts ?? []).map((mount) => mount.name)));
  return volumes.filter((volume) => names.has(volume.name));
}

/** A volume that was mounted before and only lacks its newest content keeps nobody waiting. */
function isWaiting(worker: Readonly<PodWorker>): boolean {
  return Object.values(worker.failedVolumes).some((failure) => !failure.isMounted);
}

function armRetry(state: ClusterState, worker: PodWorker): void {
  const times = Object.values(worker.failedVolumes).map((failure) => failure.retryMs);
  if (times.length === 0) return clearTimer(state, MOUNT_TIMER, worker.uid);
  const dueMs = Math.min(...times);
  setTimer(state, { dueMs, rank: TIMER_RANKS.mount, order: worker.ordinal, owner: MOUNT_TIMER, key: worker.uid });
}
