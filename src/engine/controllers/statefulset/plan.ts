// The decisions of a StatefulSet's sync as a pure function: which pods to create, delete or correct, in which order, and the status to write.
// Upstream: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet, processReplica, processCondemned (v1.33).
// Rules: C420, C422-C427, C429, C433.

import type { Pod } from '../../kinds/pod/types.ts';
import type { StatefulSet, StatefulSetStatus } from '../../kinds/statefulset/types.ts';
import { BURST_REPLICAS } from '../../kernel/limits.ts';
import { isAvailableSince, isPodReady, readySinceMs } from '../shared/pods.ts';
import { hasIdentity, ordinalOf, REVISION_LABEL } from './identity.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

export type Action =
  | { readonly kind: 'create'; readonly ordinal: number; readonly isCurrent: boolean }
  | { readonly kind: 'delete' | 'correct'; readonly pod: Pod };

export interface SyncPlan {
  /** Taken in order; the first that fails ends the stage and the sync. */
  readonly stages: readonly (readonly Action[])[];
  readonly status: StatefulSetStatus;
  /** The status once the last stage, a step of an update, has deleted its pod. */
  readonly statusAfterUpdate: StatefulSetStatus;
}

export interface SyncInput {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  readonly currentRevision: string;
  readonly updateRevision: string;
  readonly collisionCount: number;
  readonly nowMs: number;
}

/** The places that a set has, and the pods that stand in them. A place is an ordinal counted from the first one. */
interface Places {
  readonly start: number;
  readonly count: number;
  readonly pods: ReadonlyMap<number, Pod>;
}

/** What one sync does to the pods of a set (C422-C427). */
export function planSync(input: SyncInput): SyncPlan {
  const { set, pods } = input;
  const { places, condemned } = partition(input);
  const isOrdered = set.spec.podManagementPolicy === 'OrderedReady';
  const status = computeStatus(input, pods);
  const plan = (stages: readonly (readonly Action[])[], statusAfterUpdate = status): SyncPlan => ({ stages, status, statusAfterUpdate });
  if (set.metadata.deletionTimestamp !== undefined) return plan([]);

  const first = planReplicas(input, places, isOrdered);
  if (first.isBlocked) return plan([first.actions]);
  const second = planCondemned(input, places, condemned, isOrdered);
  if (second.isBlocked) return plan([first.actions, second.actions]);
  const step = planUpdate(input, places);
  if (step === undefined) return plan([first.actions, second.actions]);
  return plan([first.actions, second.actions, [step]], { ...status, currentReplicas: (status.currentReplicas ?? 0) - 1 });
}

interface Stage {
  readonly actions: readonly Action[];
  /** Nothing of a later stage may happen in this sync. */
  readonly isBlocked: boolean;
}

/** C420: the places from the first ordinal on, and the pods outside of them, highest ordinal first. */
function partition({ set, pods }: SyncInput): { places: Places; condemned: readonly Pod[] } {
  const start = set.spec.ordinals?.start ?? 0;
  const count = set.spec.replicas;
  const inside = new Map<number, Pod>();
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const place = ordinalOf(pod) - start;
    if (place >= 0 && place < count) inside.set(place, pod);
    else condemned.push(pod);
  }
  condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
  return { places: { start, count, pods: inside }, condemned };
}

/** C422, C424, C425: one place after the other when ordered, all at once otherwise. */
function planReplicas(input: SyncInput, places: Places, isOrdered: boolean): Stage {
  const actions: Action[] = [];
  const { minReadySeconds = 0 } = input.set.spec;
  for (let place = 0; place < places.count && actions.length < BURST_REPLICAS; place += 1) {
    const ordinal = places.start + place;
    const pod = places.pods.get(place);
    if (pod === undefined) {
      actions.push({ kind: 'create', ordinal, isCurrent: isCurrentWanted(input, ordinal) });
      if (isOrdered) return { actions, isBlocked: true };
      continue;
    }
    if (isPodTerminal(pod)) {
      if (!isTerminating(pod)) actions.push({ kind: 'delete', pod }); // An ended pod is made again under its name (C425).
      if (isOrdered) return { actions, isBlocked: true };
      continue;
    }
    if (isOrdered && (isTerminating(pod) || !isRunningAndReady(pod) || !isAvailable(pod, minReadySeconds, input.nowMs)))
      return { actions, isBlocked: true };
    if (!hasIdentity(input.set, pod)) actions.push({ kind: 'correct', pod });
  }
  return { actions, isBlocked: false };
}

/** C423, C424: highest ordinal first; when ordered one a sync, and an unhealthy pod holds up the others. */
function planCondemned(input: SyncInput, places: Places, condemned: readonly Pod[], isOrdered: boolean): Stage {
  const { minReadySeconds = 0 } = input.set.spec;
  if (!isOrdered) {
    const actions = condemned.filter((pod) => !isTerminating(pod)).map((pod): Action => ({ kind: 'delete', pod }));
    return { actions, isBlocked: false };
  }
  const [target] = condemned;
  if (target === undefined) return { actions: [], isBlocked: false };
  const firstUnhealthy = firstUnhealthyPod(places, condemned);
  const isReady = isRunningAndReady(target) && isAvailable(target, minReadySeconds, input.nowMs);
  if (isTerminating(target) || (!isReady && target !== firstUnhealthy)) return { actions: [], isBlocked: true };
  return { actions: [{ kind: 'delete', pod: target }], isBlocked: true };
}

/** The unhealthy pod with the lowest ordinal; a condemned one only when all others are healthy. Every place is filled by now. */
function firstUnhealthyPod(places: Places, condemned: readonly Pod[]): Pod | undefined {
  const inside = [...places.pods].sort(([a], [b]) => a - b).map(([, pod]) => pod);
  return [...inside, ...[...condemned].reverse()].find((pod) => !isHealthy(pod));
}

/** C426, C433: the highest pod that is not at the update revision, unless a higher one is not healthy yet. */
function planUpdate({ set, updateRevision }: SyncInput, places: Places): Action | undefined {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  if (type === 'OnDelete') return undefined;
  const lowest = rollingUpdate?.partition ?? 0;
  for (let place = places.count - 1; place >= lowest; place -= 1) {
    const pod = places.pods.get(place);
    // A place that this very sync fills is not healthy.
    if (pod === undefined) return undefined;
    if (pod.metadata.labels?.[REVISION_LABEL] !== updateRevision && !isTerminating(pod)) return { kind: 'delete', pod };
    if (!isHealthy(pod)) return undefined;
  }
  return undefined;
}

/** C426: below the partition, pods are made from the current revision. */
function isCurrentWanted({ set }: SyncInput, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy;
  const start = set.spec.ordinals?.start ?? 0;
  if (type !== 'RollingUpdate') return false;
  return ordinal < start + (rollingUpdate?.partition ?? set.status.currentReplicas ?? 0);
}

/** C429. Counters that are zero are absent, except `replicas` and `availableReplicas`. */
function computeStatus(input: SyncInput, pods: readonly Pod[]): StatefulSetStatus {
  const { set, currentRevision, updateRevision, collisionCount, nowMs } = input;
  const counts = { replicas: 0, ready: 0, current: 0, updated: 0, available: 0 };
  for (const pod of pods) {
    counts.replicas += 1;
    if (isRunningAndReady(pod)) {
      counts.ready += 1;
      if (isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)) counts.available += 1;
    }
    if (isTerminating(pod)) continue;
    const revision = pod.metadata.labels?.[REVISION_LABEL];
    if (revision === currentRevision) counts.current += 1;
    if (revision === updateRevision) counts.updated += 1;
  }
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: counts.replicas,
    readyReplicas: counts.ready,
    currentReplicas: counts.current,
    updatedReplicas: counts.updated,
    currentRevision,
    updateRevision,
    collisionCount,
    availableReplicas: counts.available,
  };
}

/** C429: an update in which every pod is new and ready is over. */
export function completeUpdate(set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
  const { replicas } = set.spec;
  const isComplete =
    set.spec.updateStrategy.type === 'RollingUpdate' &&
    status.updatedReplicas === replicas &&
    status.readyReplicas === replicas &&
    status.replicas === replicas;
  return isComplete ? { ...status, currentReplicas: replicas, currentRevision: status.updateRevision ?? '' } : status;
}

function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

function isRunningAndReady(pod: Pod): boolean {
  return pod.status.phase === 'Running' && isPodReady(pod);
}

function isHealthy(pod: Pod): boolean {
  return isRunningAndReady(pod) && !isTerminating(pod);
}

function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const sinceMs = readySinceMs(pod);
  return sinceMs !== undefined && isAvailableSince(sinceMs, minReadySeconds, nowMs);
}
