// Most syncs of a pod in crash back-off find what the one before found: nothing is started, the event is said again. When everything that such a
// sync looks at is there by reference, it is repeated without being computed. Derived data: never stored, never a different result; the
// reference clock computes every sync. Rules: K205, K310, K315.

import type { Container, Pod, PodStatus } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { shouldRestart } from './actions.ts';
import { containersOf, podLabel } from '../../containers/container-lists.ts';
import { backoffKey, decideStart, presentEntry } from './crash-loop.ts';
import type { PodWorker } from '../model.ts';
import { recordContainerEvent } from './pod-events.ts';
import { type RuntimeView, newestInstances } from '../../containers/model.ts';

/** What a sync looked at that started nothing because of a back-off. */
interface BackOffSync {
  readonly pod: Pod;
  readonly view: RuntimeView;
  readonly status: PodStatus;
  readonly reasons: PodWorker['reasons'];
  /** A second sync has found the same: its status was the one from before. */
  readonly isStable: boolean;
}

const MEMO = 'kubelet.back-off-syncs';

/** Remembers a sync that has ended with an error, if a back-off was the only reason. */
export function rememberBackOffSync(state: ClusterState, worker: PodWorker, pod: Pod): void {
  if (state.clockMode === 'reference') return;
  const memo = memoOf(state);
  const { cache: view, status, reasons } = worker;
  // A start that failed for another reason is followed by a back-off, too, but it is not what this sync found.
  const held = isPlain(worker, pod) ? containersInBackOff(state, worker, pod) : undefined;
  if (held?.every((name) => reasons[name]?.reason === 'CrashLoopBackOff') !== true) return void memo.delete(worker.uid);
  const before = memo.get(worker.uid);
  memo.set(worker.uid, { pod, view, status, reasons, isStable: before !== undefined && isSame(before, worker, pod) });
}

/** Does what a sync would do now, when that is known to be nothing but to say that the back-off lasts. Returns whether it did. */
export function repeatBackOffSync(state: ClusterState, worker: PodWorker, pod: Pod): boolean {
  const known = memoOf(state).get(worker.uid);
  if (known === undefined || !known.isStable || !isSame(known, worker, pod)) return false;
  const held = containersInBackOff(state, worker, pod);
  if (held === undefined) return false;
  for (const container of held) recordBackOff(state, worker, pod, container);
  return true;
}

/** Something that a sync looks at has changed without a trace in the worker. */
export function forgetBackOffSync(state: ClusterState, podUid: string): void {
  memoOf(state).delete(podUid);
}

/** K315: the event comes with every sync that finds the container in back-off. */
export function recordBackOff(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod, container: string): void {
  const text = `Back-off restarting failed container ${container} in pod ${podLabel(pod)}`;
  recordContainerEvent(state, worker.node, pod, container, 'Warning', 'BackOff', text);
}

function isSame(known: BackOffSync, worker: Readonly<PodWorker>, pod: Pod): boolean {
  return known.pod === pod && known.view === worker.cache && known.status === worker.status && known.reasons === worker.reasons;
}

/** Nothing but the exits of its containers and the back-off decides what a sync of such a pod does. */
function isPlain(worker: Readonly<PodWorker>, pod: Pod): boolean {
  return (
    worker.phase === 'sync' &&
    !worker.isDirty &&
    worker.cache.sandbox?.isReady === true &&
    Object.keys(worker.failedVolumes).length === 0 &&
    pod.spec.activeDeadlineSeconds === undefined &&
    containersOf(pod, 'init').length === 0 &&
    containersOf(pod, 'ephemeral').length === 0 &&
    containersOf(pod, 'regular').every(hasNoProbe)
  );
}

function hasNoProbe({ livenessProbe, readinessProbe, startupProbe }: Container): boolean {
  return livenessProbe === undefined && readinessProbe === undefined && startupProbe === undefined;
}

/** The containers that are to start and may not yet; undefined when there are none or a sync would do more than to leave them. */
function containersInBackOff(state: ClusterState, worker: Readonly<PodWorker>, pod: Pod): readonly string[] | undefined {
  const held: string[] = [];
  const newest = newestInstances(worker.cache);
  for (const container of pod.spec.containers) {
    const instance = newest.get(container.name);
    if (instance === undefined || instance.state === 'created' || instance.image !== container.image) return undefined;
    if (instance.state !== 'exited' || !shouldRestart(pod, container, instance)) continue;
    const entry = presentEntry(state, worker.backoffs[backoffKey(container.name, container.image)]);
    if (decideStart(state.nowMs, instance.finishedMs ?? undefined, entry).start) return undefined;
    held.push(container.name);
  }
  return held.length === 0 ? undefined : held;
}

function memoOf(state: ClusterState): Map<string, BackOffSync> {
  let memo = state.derived.memo.get(MEMO) as Map<string, BackOffSync> | undefined;
  if (memo === undefined) {
    memo = new Map();
    state.derived.memo.set(MEMO, memo);
  }
  return memo;
}
