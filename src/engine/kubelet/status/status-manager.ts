// The kubelet's status cache and its writer: a change is one write, at once, merged with what others own in the API's status.
// Upstream: pkg/kubelet/status/status_manager.go (v1.33). Rules: K513, K701-K707, K710-K717, K720. Node agents here lose no races, because a write takes no time (K705).

import { type Condition, isJsonEqual } from '../../apimachinery/meta.ts';
import { writeStatus } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod, PodStatus } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { apiPod } from '../../containers/model.ts';
import type { PodWorker } from '../model.ts';
import { isPodPhaseTerminal } from '../../kinds/shared/pod-state.ts';

/** Replaces the cached status and writes it if anything differs (K701, K702). Returns whether the cache changed. */
export function setStatus(state: ClusterState, worker: PodWorker, status: PodStatus): boolean {
  const isChanged = worker.status !== status;
  worker.status = status;
  if (isChanged) reconcileStatus(state, worker);
  return isChanged;
}

/** Writes the cached status where the API's differs (K706). */
export function reconcileStatus(state: ClusterState, worker: PodWorker): void {
  // What a silent node finds out is written when it is heard of again.
  if (worker.frozen !== null) return;
  const pod = apiPod(state, worker);
  if (pod !== undefined) writeStatus(state, podKind, pod, mergedStatus(worker, pod.status));
}

/** True when the API's status is not what the kubelet would write (K706). */
export function isStatusForeign(worker: Readonly<PodWorker>, pod: Pod): boolean {
  return !isJsonEqual(mergedStatus(worker, pod.status), pod.status);
}

const OWN_CONDITIONS = [
  'PodResizePending',
  'PodResizeInProgress',
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
];

/** K704: foreign conditions come from the API; K513: a terminal phase is withheld while containers may run. */
function mergedStatus(worker: Readonly<PodWorker>, api: PodStatus): PodStatus {
  const { status } = worker;
  const foreign = (api.conditions ?? []).filter((condition) => !OWN_CONDITIONS.includes(condition.type));
  const own = (status.conditions ?? []).filter((condition) => OWN_CONDITIONS.includes(condition.type));
  const isSameOrder =
    foreign.length + own.length === (status.conditions?.length ?? 0) &&
    foreign.every((condition, index) => condition === status.conditions?.[index]);
  const target = isDisrupted(worker, foreign) ? [disruption(worker, status)] : [];
  const merged: PodStatus = isSameOrder && target.length === 0 ? status : { ...status, conditions: [...foreign, ...target, ...own] };
  if (!isPodPhaseTerminal(status.phase) || worker.isStopped || isPodPhaseTerminal(api.phase)) return merged;
  const { reason: _reason, message: _message, ...rest } = merged;
  return {
    ...rest,
    phase: api.phase,
    ...(api.message === undefined ? {} : { message: api.message }),
    ...(api.reason === undefined ? {} : { reason: api.reason }),
  };
}

/** K532: an eviction is told together with the terminal phase. */
function isDisrupted(worker: Readonly<PodWorker>, foreign: readonly Condition[]): boolean {
  return (
    worker.eviction !== null &&
    worker.isStopped &&
    isPodPhaseTerminal(worker.status.phase) &&
    !foreign.some(({ type }) => type === 'DisruptionTarget')
  );
}

function disruption({ eviction }: Readonly<PodWorker>, { conditions = [] }: PodStatus): Condition {
  const lastTransitionTime = conditions.find(({ type }) => type === 'ContainersReady')?.lastTransitionTime ?? null;
  return {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime,
    reason: 'TerminationByKubelet',
    message: eviction ?? '',
  };
}
