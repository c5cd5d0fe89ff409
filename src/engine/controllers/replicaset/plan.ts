// The decisions of a sync, as pure functions: how many pods to create or delete, in which batches, and which ones go first.
// Upstream: pkg/controller/replicaset/replica_set.go manageReplicas, getPodsToDelete; pkg/controller/controller_utils.go
// ActivePodsWithRanks (v1.33). Rules: C121, C122, C130-C135.

import { compareText } from '../../apimachinery/text.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { ContainerStatus, Pod } from '../../kinds/pod/types.ts';
import { BURST_REPLICAS } from '../../kernel/limits.ts';
import { readySinceMs } from '../shared/pods.ts';
import { sidecarsOf } from '../../kinds/shared/pod-state.ts';

export type ScalePlan = { readonly kind: 'none' } | { readonly kind: 'create' | 'delete'; readonly count: number };

/** C121, C122: the difference to the wish, at most one burst of it. */
export function planScale(claimedCount: number, replicas: number): ScalePlan {
  const diff = claimedCount - replicas;
  if (diff === 0) return { kind: 'none' };
  return diff < 0 ? { kind: 'create', count: Math.min(-diff, BURST_REPLICAS) } : { kind: 'delete', count: Math.min(diff, BURST_REPLICAS) };
}

/** Active pods of the related ReplicaSets by node name (C132). */
export type NodeRanks = ReadonlyMap<string, number>;

/** C130: the first `count` pods in deletion order; in list order when all of them go. */
export function choosePodsToDelete(pods: readonly Pod[], count: number, ranks: NodeRanks, nowMs: number): readonly Pod[] {
  if (count >= pods.length) return pods;
  const candidates = pods.map((pod) => deletionCandidate(pod, ranks));
  candidates.sort((a, b) => compareForDeletion(a, b, nowMs));
  return candidates.slice(0, count).map((candidate) => candidate.pod);
}

/** What the order of deletion looks at. */
export interface DeletionCandidate {
  readonly pod: Pod;
  readonly isAssigned: boolean;
  readonly phaseOrder: number;
  /** Undefined: not ready; 0: ready since an unknown time. */
  readonly readyMs: number | undefined;
  readonly deletionCost: number;
  readonly rank: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly createdMs: number;
}

/** Reads from a pod what the order of deletion looks at. */
export function deletionCandidate(pod: Pod, ranks: NodeRanks): DeletionCandidate {
  const sidecars = sidecarsOf(pod.spec);
  const sidecarNames = new Set(sidecars.map((container) => container.name));
  const initStatuses = pod.status.initContainerStatuses ?? [];
  return {
    pod,
    isAssigned: (pod.spec.nodeName ?? '') !== '',
    phaseOrder: PHASE_ORDER[pod.status.phase] ?? 0,
    readyMs: readySinceMs(pod),
    deletionCost: deletionCostOf(pod),
    rank: ranks.get(pod.spec.nodeName ?? '') ?? 0,
    restarts: maxRestarts(pod.status.containerStatuses ?? []),
    sidecarRestarts: maxRestarts(initStatuses.filter((status) => sidecarNames.has(status.name))),
    createdMs: parseTime(pod.metadata.creationTimestamp) ?? 0,
  };
}

/** C131: negative when `a` is deleted before `b`. */
export function compareForDeletion(a: DeletionCandidate, b: DeletionCandidate, nowMs: number): number {
  if (a.isAssigned !== b.isAssigned) return a.isAssigned ? 1 : -1; // Unassigned ones go first (C131.1).
  if (a.phaseOrder !== b.phaseOrder) return a.phaseOrder - b.phaseOrder; // Pending before Unknown before Running (C131.2).
  const isReadyA = a.readyMs !== undefined;
  const isReadyB = b.readyMs !== undefined;
  if (isReadyA !== isReadyB) return isReadyA ? 1 : -1; // Those that are not ready (C131.3).
  if (a.deletionCost !== b.deletionCost) return a.deletionCost - b.deletionCost; // The cheaper ones (C131.4).
  if (a.rank !== b.rank) return b.rank - a.rank; // Those in company (C131.5).
  if (a.readyMs !== undefined && b.readyMs !== undefined && a.readyMs !== b.readyMs) {
    return compareTimes(a, b, a.readyMs, b.readyMs, nowMs); // The shorter ready, by buckets (C131.6).
  }
  if (a.restarts !== b.restarts) return b.restarts - a.restarts; // Those with more restarts (C131.7).
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.createdMs !== b.createdMs) return compareTimes(a, b, a.createdMs, b.createdMs, nowMs); // The younger, by buckets (C131.8).
  return compareUids(a, b); // C135: the UID decides what nothing else does (`sortTies` in docs/glossary.md).
}

/** C133: floor(log2(age in nanoseconds)); -1 for no age. One millisecond is 2^6 * 15625 ns, so the arithmetic is exact up to 18 years. */
export function ageBucket(nowMs: number, timeMs: number): number {
  const age = nowMs - timeMs;
  if (age <= 0) return -1;
  const parts = age * 15_625;
  const high = Math.floor(parts / 4294967296);
  return 6 + (high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(parts));
}

const PHASE_ORDER: Readonly<Record<string, number>> = {
  Pending: 0,
  Unknown: 1,
  Running: 2,
};

/** C133, C135: an unknown time first, then the lower bucket; in one bucket the smaller UID. */
function compareTimes(a: DeletionCandidate, b: DeletionCandidate, timeA: number, timeB: number, nowMs: number): number {
  if (timeA === 0 || timeB === 0) return timeA === 0 ? -1 : 1;
  return ageBucket(nowMs, timeA) - ageBucket(nowMs, timeB) || compareUids(a, b);
}

function compareUids(a: DeletionCandidate, b: DeletionCandidate): number {
  const left = a.pod.metadata.uid;
  const right = b.pod.metadata.uid;
  return compareText(left, right);
}

const COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';
const INT32 = /^(?:0|-?[1-9]\d{0,9})$/;

/** C131.4: an int32; absent or malformed counts 0. */
function deletionCostOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[COST_ANNOTATION];
  if (text === undefined || !INT32.test(text)) return 0;
  const cost = Number(text);
  return cost >= -2147483648 && cost <= 2147483647 ? cost : 0;
}

function maxRestarts(statuses: readonly ContainerStatus[]): number {
  let max = 0;
  for (const status of statuses) if (status.restartCount > max) max = status.restartCount;
  return max;
}
