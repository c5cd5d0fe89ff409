// One sync of a ReplicaSet or ReplicationController: claim pods, scale, write the status.
// Upstream: pkg/controller/replicaset/replica_set.go syncReplicaSet, manageReplicas; controller_ref_manager.go (v1.33).
// Rules: C103, C114-C128, C140-C144, C150-C155.

import { controllerOf, isDeleting } from '../../apimachinery/meta.ts';
import { matchesSelector } from '../../apimachinery/labels.ts';
import { getObject, listBySelector, listByTerm, writeStatus } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { doneOrRetry, GONE, type Reconciled, soonest } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { keyOf } from '../../kernel/store.ts';
import {
  areExpectationsMet,
  dropExpectations,
  expectCreations,
  expectDeletions,
  observeCreations,
  observeDeletion,
} from '../shared/expectations.ts';
import { forgetReplacements, mayReplace, REPLACEMENT_PAUSE_MS } from '../shared/pace.ts';
import { adopt, release } from '../shared/ownership.ts';
import { createPod, deletePod, podFromTemplate, slowStartBatch, splitKey } from '../shared/pod-control.ts';
import { isPodActive } from '../shared/pods.ts';
import { claimedPods, countClaimed, selectorOfOwner, unsettledPods } from './claims.ts';
import type { ReplicaControllerData, ReplicaOwner } from './owner.ts';
import { choosePodsToDelete, type NodeRanks, planScale } from './plan.ts';
import { computeStatus } from './status.ts';

/** Brings one owner up to date. */
export function* reconcileReplicas(state: ClusterState, data: ReplicaControllerData, key: string): Steps<Reconciled> {
  const [namespace, name] = splitKey(key);
  const owner = getObject(state, data.kind, namespace, name);
  if (owner === undefined) {
    dropExpectations(state, data.name, key); // Nothing is awaited for what is gone (C126).
    forgetReplacements(state, data.name, key);
    return GONE;
  }
  yield* settleClaims(state, data, owner);
  const counts = countClaimed(state, data, owner); // C151: before anything is created or deleted
  let scaled: Scaled = {};
  if (!isDeleting(owner) && areExpectationsMet(state, data.name, key)) {
    // Not while it is being deleted, nor before what was ordered is seen (C121, C155).
    scaled = yield* scale(state, data, owner, key, counts.claimed);
  }
  const status = computeStatus(owner, counts, scaled.failure, state.nowMs);
  writeStatus(state, data.kind, owner, status);
  const { minReadySeconds = 0, replicas } = owner.spec;
  const isDone = scaled.failure === undefined;
  // Some become available by the mere passing of time (C103).
  const isAwaiting = isDone && minReadySeconds > 0 && counts.ready === replicas && counts.available !== replicas;
  return doneOrRetry(isDone, soonest(scaled.pauseMs, isAwaiting ? minReadySeconds * 1000 : undefined));
}

/** C114: adopts matching orphans and releases owned pods that match no more. No event, whatever happens (C117). */
function* settleClaims(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): Steps<void> {
  const pods = unsettledPods(state, data, owner);
  if (isDeleting(owner)) return; // It neither adopts nor releases on its way out (C114.3, C114.4, C155).
  const selector = selectorOfOwner(state, data, owner);
  for (const pod of pods) {
    const isMatching = matchesSelector(selector, pod.metadata.labels);
    if (controllerOf(pod) === undefined) {
      if (isMatching) adopt(state, podKind, pod, { kind: data.kind, owner });
    } else if (!isMatching) release(state, podKind, pod, owner.metadata.uid);
    yield;
  }
}

/** What a scaling step brought: the API's text of the first error, or how long it waits with replacements. */
interface Scaled {
  readonly failure?: string | undefined;
  readonly pauseMs?: number;
}

/** The scaling step. */
function* scale(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner, key: string, claimed: number): Steps<Scaled> {
  const plan = planScale(claimed, owner.spec.replicas);
  switch (plan.kind) {
    case 'none':
      return {};
    case 'create':
      if (!mayReplace(state, data.name, key, claimed)) return { pauseMs: REPLACEMENT_PAUSE_MS };
      return { failure: yield* createPods(state, data, owner, key, plan.count) };
    case 'delete':
      return { failure: yield* deletePods(state, data, owner, key, plan.count) };
  }
}

function* createPods(
  state: ClusterState,
  data: ReplicaControllerData,
  owner: ReplicaOwner,
  key: string,
  count: number,
): Steps<string | undefined> {
  expectCreations(state, data.name, key, count); // So many are awaited (C124).
  const { template } = owner.spec;
  const calls = yield* slowStartBatch(count, () => createPod(state, data, owner, podFromTemplate(data, owner, template)));
  observeCreations(state, data.name, key, calls.failedCount + calls.skippedCount); // What failed or was skipped will not come (C125).
  return calls.failure;
}

function* deletePods(
  state: ClusterState,
  data: ReplicaControllerData,
  owner: ReplicaOwner,
  key: string,
  count: number,
): Steps<string | undefined> {
  const claimed = claimedPods(state, data, owner);
  const ranks = count < claimed.length ? nodeRanks(state, data, owner) : new Map();
  const pods = choosePodsToDelete(claimed, count, ranks, state.nowMs);
  expectDeletions(state, data.name, key, pods.map(keyOf)); // Their ends are awaited (C124).
  let failure: string | undefined;
  for (const pod of pods) {
    const refused = deletePod(state, data, owner, pod);
    yield;
    if (refused === undefined) continue;
    observeDeletion(state, data.name, key, keyOf(pod)); // This one will not end (C125).
    if (refused.reason !== 'NotFound') failure ??= refused.message ?? '';
  }
  return failure;
}

/** C132: active pods by node among all pods selected by the owners that share this owner's controller; none without a controller. */
function nodeRanks(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): NodeRanks {
  const ranks = new Map<string, number>();
  const controller = controllerOf(owner);
  if (controller === undefined) return ranks;
  const counted = new Set<string>();
  for (const sibling of listByTerm(state, data.kind, `owner:${controller.uid}`)) {
    if (controllerOf(sibling)?.uid !== controller.uid) continue;
    for (const pod of listBySelector(state, podKind, sibling.metadata.namespace ?? '', data.selectorOf(sibling))) {
      if (counted.has(pod.metadata.uid)) continue;
      counted.add(pod.metadata.uid);
      const nodeName = pod.spec.nodeName ?? '';
      if (isPodActive(pod)) ranks.set(nodeName, (ranks.get(nodeName) ?? 0) + 1);
    }
  }
  return ranks;
}
