// One sync of a deployment: claim ReplicaSets, then scale, roll back or roll out, and write the status.
// Upstream: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go (v1.33). Rules: C003, C204-C206, C217-C225, C230-C235,
// C241, C244, C252, C253. A write never meets a stale version here, so the conflict of C234 does not occur; the sequence of states is the same.

import { matchesSelector, type Selector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { controllerOf, isDeleting } from '../../apimachinery/meta.ts';
import { compareObjects, deleteObject, getObject, listByTerm, unorderedByTerm, writeObject } from '../../apiserver/api.ts';
import { ORPHAN_TERM } from '../../apiserver/index-terms.ts';
import { deploymentKind } from '../../kinds/deployment/index.ts';
import type { Deployment } from '../../kinds/deployment/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { replicaSetKind } from '../../kinds/replicaset/index.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import { doneOrRetry, GONE, type Reconciled, type RetryLimits } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { adopt, release } from '../shared/ownership.ts';
import { recordOn, splitKey } from '../shared/pod-control.ts';
import { CONTROL, type Synced, syncNewSet, type SyncResult, withAnnotations, writeDeploymentStatus } from './new-set.ts';
import { allowedTotal, isScalingEvent, planNewSize, planScaleDown, planScaling, type Resize, totalSize } from './plan.ts';
import { hasRollback, rollBack } from './rollback.ts';
import { annotateSizes, revisionOf } from './sets.ts';
import {
  countStatus,
  hasDeadline,
  historyLimitOf,
  isComplete,
  newCondition,
  progressingOf,
  REASONS,
  rolloutStatus,
  setCondition,
  stuckDelayMs,
} from './status.ts';
import { isPodTerminal } from '../../kinds/shared/pod-state.ts';

export const QUEUE = 'deployment';

/** How often a Deployment is tried before it is given up (C003). */
export const RETRIES: RetryLimits = { countMax: 15 };

/** Brings one deployment up to date. */
export function reconcileDeployment(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const deployment = getObject(state, deploymentKind, namespace, name);
  if (deployment === undefined) return GONE;
  const result = sync(state, deployment);
  return doneOrRetry(result.ok, result.ok ? result.value : undefined);
}

/** What a sync gives: after how many milliseconds the clock alone brings something, if it does. */
type Synchronised = SyncResult<number | undefined>;

const DONE: Synchronised = { ok: true, value: undefined };

/** One sync, in upstream's order (C205). */
function sync(state: ClusterState, present: Deployment): Synchronised {
  const { matchLabels = {}, matchExpressions = [] } = present.spec.selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    const text = 'This deployment is selecting all pods. A non-empty selector is required.';
    recordOn(state, CONTROL, present, 'Warning', 'SelectingAll', text); // A selector of everything is refused (C206).
    return DONE;
  }
  const sets = claimSets(state, present, selectorFromLabelSelector(present.spec.selector));
  if (isDeleting(present)) return scaleAndReport(state, present, sets, []);
  const deployment = notePause(state, present);
  if (deployment.spec.paused === true) return scaleAndReport(state, deployment, sets, ['scale', 'clean']);
  if (hasRollback(deployment)) return rollBack(state, deployment, sets);
  const known = syncNewSet(state, deployment, sets, false);
  if (!known.ok) return known;
  const { newSet, oldSets } = known.value;
  const all = newSet === undefined ? oldSets : [...oldSets, newSet];
  if (isScalingEvent(deployment, all)) return scaleAndReport(state, known.value.deployment, sets, ['scale']);
  const isRecreate = deployment.spec.strategy.type === 'Recreate';
  return isRecreate ? rollOutAnew(state, known.value) : rollOutSmoothly(state, known.value);
}

/** C114-C116 for ReplicaSets: the deployment's own, adopted orphans included, in order of creation. */
function claimSets(state: ClusterState, deployment: Deployment, selector: Selector): readonly ReplicaSet[] {
  const { uid, namespace } = deployment.metadata;
  const owned = listByTerm(state, replicaSetKind, `owner:${uid}`).filter((set) => controllerOf(set)?.uid === uid);
  const claimed = owned.filter((set) => matchesSelector(selector, set.metadata.labels));
  if (isDeleting(deployment)) return claimed;
  for (const set of owned) if (!claimed.includes(set)) release(state, replicaSetKind, set, uid);
  const orphans = unorderedByTerm(state, replicaSetKind, ORPHAN_TERM).filter(
    (set) => set.metadata.namespace === namespace && !isDeleting(set) && matchesSelector(selector, set.metadata.labels),
  );
  if (orphans.length === 0) return claimed;
  const adopted = orphans.sort(compareObjects).map((set) => adopt(state, replicaSetKind, set, { kind: CONTROL.kind, owner: deployment }));
  return [...claimed, ...adopted].sort(compareObjects);
}

/** Says that a rollout was paused or resumed (C241). */
function notePause(state: ClusterState, deployment: Deployment): Deployment {
  const { reason } = progressingOf(deployment.status) ?? {};
  const isPaused = deployment.spec.paused === true;
  if (!hasDeadline(deployment) || reason === REASONS.timedOut || isPaused === (reason === REASONS.paused)) return deployment;
  const condition = isPaused
    ? newCondition('Progressing', 'Unknown', REASONS.paused, 'Deployment is paused', state.nowMs)
    : newCondition('Progressing', 'Unknown', REASONS.resumed, 'Deployment is resumed', state.nowMs);
  const conditions = setCondition(deployment.status.conditions ?? [], condition);
  return writeDeploymentStatus(state, deployment, { ...deployment.status, conditions });
}

/** C231-C235: sizes and counters, without a rollout. */
function scaleAndReport(
  state: ClusterState,
  present: Deployment,
  sets: readonly ReplicaSet[],
  steps: readonly ('scale' | 'clean')[],
): Synchronised {
  const synced = syncNewSet(
    state,
    present,
    sets.map((set) => latest(state, set)),
    false,
  );
  if (!synced.ok) return synced;
  const { deployment, newSet, oldSets } = synced.value;
  const resizes = steps.includes('scale') ? planScaling(deployment, newSet, oldSets) : [];
  const resized = applyResizes(state, deployment, { deployment, newSet, oldSets }, resizes);
  if (steps.includes('clean')) cleanHistory(state, deployment, resized.oldSets); // History is cleaned while paused, too (C235).
  writeDeploymentStatus(state, deployment, countStatus(deployment, resized, state.nowMs)); // C233: Progressing stays
  return DONE;
}

/** A rolling update: the new set grows, or the old ones shrink (C216-C222). */
function rollOutSmoothly(state: ClusterState, known: Synced): Synchronised {
  const synced = withNewSet(state, known);
  if (!synced.ok) return synced;
  const { deployment, newSet, oldSets } = synced.value;
  const size = planNewSize(deployment, newSet.spec.replicas, totalSize([...oldSets, newSet]));
  const up = size === newSet.spec.replicas ? [] : [{ set: newSet, size }];
  const resizes = up.length > 0 ? up : planScaleDown(deployment, newSet, oldSets); // After growing, shrinking waits for the next sync (C218).
  return finishRollout(state, applyResizes(state, deployment, synced.value, resizes), resizes.length > 0);
}

/** All old pods go before the first new one comes (C224). */
function rollOutAnew(state: ClusterState, known: Synced): Synchronised {
  const { deployment, oldSets } = known;
  const down = oldSets.filter((set) => set.spec.replicas > 0).map((set) => ({ set, size: 0 }));
  if (down.length > 0) return finishRollout(state, applyResizes(state, deployment, known, down), true);
  if (oldSets.some((set) => hasPods(state, set))) return finishRollout(state, known, true);
  const synced = withNewSet(state, known);
  if (!synced.ok) return synced;
  const { newSet } = synced.value;
  const { replicas } = deployment.spec;
  const up = newSet.spec.replicas === replicas ? [] : [{ set: newSet, size: replicas }];
  return finishRollout(state, applyResizes(state, synced.value.deployment, synced.value, up), false);
}

function withNewSet(state: ClusterState, known: Synced): SyncResult<Synced & { readonly newSet: ReplicaSet }> {
  if (known.newSet !== undefined) return { ok: true, value: { ...known, newSet: known.newSet } };
  const created = syncNewSet(state, known.deployment, known.oldSets, true);
  return created as SyncResult<Synced & { readonly newSet: ReplicaSet }>;
}

/** C224: what an old ReplicaSet still counts, or pods that have not ended. */
function hasPods(state: ClusterState, set: ReplicaSet): boolean {
  if (set.status.replicas > 0) return true;
  const pods: readonly Pod[] = unorderedByTerm(state, podKind, `owner:${set.metadata.uid}`);
  return pods.some((pod) => !isPodTerminal(pod));
}

/** The common end of a rollout: history when all is done, the status, and a look at the deadline. */
function finishRollout(state: ClusterState, synced: Synced, isResized: boolean): Synchronised {
  const { deployment, oldSets } = synced;
  // History is cleaned when the rollout is complete (C225).
  if (!isResized && isComplete(deployment, deployment.status)) cleanHistory(state, deployment, oldSets);
  const status = rolloutStatus(deployment, synced, state.nowMs);
  if (writeDeploymentStatus(state, deployment, status) !== deployment) return DONE;
  return { ok: true, value: stuckDelayMs(deployment, status, state.nowMs) }; // The controller comes back for the deadline (C244).
}

/** Gives ReplicaSets their sizes, one write and one event each (C223); the rest of `sets` is as before. */
function applyResizes(state: ClusterState, deployment: Deployment, sets: Synced, resizes: readonly Resize[]): Synced {
  const written = new Map<string, ReplicaSet>();
  for (const { set, size } of resizes) {
    const { uid } = set.metadata;
    written.set(uid, resize(state, deployment, written.get(uid) ?? set, size));
  }
  const renew = (set: ReplicaSet): ReplicaSet => written.get(set.metadata.uid) ?? set;
  return { deployment, newSet: sets.newSet === undefined ? undefined : renew(sets.newSet), oldSets: sets.oldSets.map(renew) };
}

function resize(state: ClusterState, deployment: Deployment, set: ReplicaSet, size: number): ReplicaSet {
  const before = set.spec.replicas;
  const annotations = annotateSizes(set.metadata.annotations ?? {}, deployment.spec.replicas, allowedTotal(deployment));
  const next = withAnnotations(set, annotations);
  if (size === before) return writeObject(state, replicaSetKind, next);
  const written = writeObject(state, replicaSetKind, { ...next, spec: { ...set.spec, replicas: size } });
  const direction = size > before ? 'up' : 'down';
  const text = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`;
  recordOn(state, CONTROL, deployment, 'Normal', 'ScalingReplicaSet', text);
  return written;
}

/** C225: deletes old ReplicaSets beyond the limit, lowest revision first, unless they still have something to do. */
function cleanHistory(state: ClusterState, deployment: Deployment, oldSets: readonly ReplicaSet[]): void {
  const limit = historyLimitOf(deployment);
  const candidates = oldSets.filter((set) => !isDeleting(set));
  if (limit === undefined || candidates.length <= limit) return;
  const sorted = candidates.toSorted((a, b) => compareRevisions(a, b) || compareObjects(a, b));
  for (const set of sorted.slice(0, candidates.length - limit)) {
    const { generation = 0, namespace, name } = set.metadata;
    const isBusy = set.status.replicas !== 0 || set.spec.replicas !== 0 || generation > (set.status.observedGeneration ?? 0);
    if (!isBusy) deleteObject(state, replicaSetKind, namespace, name);
  }
}

function latest(state: ClusterState, set: ReplicaSet): ReplicaSet {
  return getObject(state, replicaSetKind, set.metadata.namespace, set.metadata.name) ?? set;
}

function compareRevisions(a: ReplicaSet, b: ReplicaSet): number {
  const [first, second] = [revisionOf(a), revisionOf(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}
