// One sync of a ReplicaSet or ReplicationController: claim pods, scale, write the status.
// Upstream: pkg/controller/replicaset/replica_set.go syncReplicaSet, manageReplicas; controller_ref_manager.go (v1.33).
// Rules: C103, C114-C128, C140-C144, C150-C155.

import { controllerOf, isDeleting, type OwnerReference } from '../../apimachinery/meta.ts';
import { matchesSelector } from '../../apimachinery/labels.ts';
import type { Result, Status } from '../../apimachinery/status.ts';
import { createObject, deleteObject, getObject, listBySelector, listByTerm, writeObject, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { apiVersionOf, type Draft } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { cloneJson } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import {
  areExpectationsMet,
  dropExpectations,
  expectCreations,
  expectDeletions,
  observeCreations,
  observeDeletion,
} from '../shared/expectations.ts';
import { isPodActive } from '../shared/pods.ts';
import { forgetFailures, forgetKey, requeueAfter, requeueFailed } from '../shared/requeue.ts';
import { claimedPods, countClaimed, selectorOfOwner, unsettledPods } from './claims.ts';
import type { ReplicaControllerData, ReplicaOwner } from './owner.ts';
import { choosePodsToDelete, type NodeRanks, planScale, slowStartBatches } from './plan.ts';
import { computeStatus } from './status.ts';

/** Brings one owner up to date. */
export function reconcileReplicas(state: ClusterState, data: ReplicaControllerData, key: string): void {
  const [namespace, name] = splitKey(key);
  const owner = getObject(state, data.kind, namespace, name);
  if (owner === undefined) {
    dropExpectations(state, data.name, key); // C126
    forgetKey(state, data.name, key);
    return;
  }
  settleClaims(state, data, owner);
  const counts = countClaimed(state, data, owner); // C151: before anything is created or deleted
  let failure: string | undefined;
  if (!isDeleting(owner) && areExpectationsMet(state, data.name, key)) {
    failure = scale(state, data, owner, key, counts.claimed); // C121, C155
  }
  const status = computeStatus(owner, counts, failure, state.nowMs);
  writeStatus(state, data.kind, owner, status);
  if (failure !== undefined) {
    requeueFailed(state, data.name, key);
    return;
  }
  forgetFailures(state, data.name, key);
  const { minReadySeconds = 0, replicas } = owner.spec;
  if (minReadySeconds > 0 && counts.ready === replicas && counts.available !== replicas) {
    requeueAfter(state, data.name, key, minReadySeconds * 1000); // C103
  }
}

/** C114: adopts matching orphans and releases owned pods that match no more. No event, whatever happens (C117). */
function settleClaims(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): void {
  const pods = unsettledPods(state, data, owner);
  if (isDeleting(owner)) return; // C114.3, C114.4, C155
  const selector = selectorOfOwner(state, data, owner);
  for (const pod of pods) {
    const isMatching = matchesSelector(selector, pod.metadata.labels);
    if (controllerOf(pod) === undefined) {
      if (isMatching) adopt(state, data, owner, pod);
    } else if (!isMatching) release(state, owner, pod);
  }
}

/** C115. The owner was read from the store at the start of this sync, so no second, live read is needed. */
function adopt(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner, pod: Pod): void {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReference(data, owner)];
  writeObject(state, podKind, {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences },
  });
}

/** C116: removes this owner's entry and keeps the others. */
function release(state: ClusterState, owner: ReplicaOwner, pod: Pod): void {
  const { ownerReferences = [], ...metadata } = pod.metadata;
  const others = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid);
  writeObject(state, podKind, {
    ...pod,
    metadata: others.length === 0 ? metadata : { ...pod.metadata, ownerReferences: others },
  });
}

/** The scaling step. Returns the API's text of the first error. */
function scale(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner, key: string, claimed: number): string | undefined {
  const plan = planScale(claimed, owner.spec.replicas);
  switch (plan.kind) {
    case 'none':
      return undefined;
    case 'create':
      return createPods(state, data, owner, key, plan.count);
    case 'delete':
      return deletePods(state, data, owner, key, plan.count);
  }
}

function createPods(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner, key: string, count: number): string | undefined {
  expectCreations(state, data.name, key, count); // C124
  let failure: string | undefined;
  let attempted = 0;
  for (const batch of slowStartBatches(count)) {
    for (let i = 0; i < batch; i += 1) {
      attempted += 1;
      const error = createPod(state, data, owner);
      if (error === undefined) continue;
      failure ??= error;
      observeCreations(state, data.name, key, 1); // C125
    }
    if (failure !== undefined) break; // C123: later batches are skipped
  }
  observeCreations(state, data.name, key, count - attempted); // C125
  return failure;
}

function createPod(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): string | undefined {
  const result = createObject(state, podKind, podFromTemplate(data, owner));
  if (result.ok) {
    record(state, data, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${result.value.metadata.name}`);
    return undefined;
  }
  if (isNamespaceTerminating(result.status)) return undefined; // C127
  const message = result.status.message ?? '';
  record(state, data, owner, 'Warning', 'FailedCreate', `Error creating: ${message}`);
  return message;
}

function deletePods(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner, key: string, count: number): string | undefined {
  const claimed = claimedPods(state, data, owner);
  const ranks = count < claimed.length ? nodeRanks(state, data, owner) : new Map();
  const pods = choosePodsToDelete(claimed, count, ranks, state.nowMs);
  expectDeletions(state, data.name, key, pods.map(keyOf)); // C124
  let failure: string | undefined;
  for (const pod of pods) {
    const { namespace, name } = pod.metadata;
    const result: Result<unknown> = deleteObject(state, podKind, namespace, name); // C128: no options
    if (result.ok) {
      record(state, data, owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      continue;
    }
    observeDeletion(state, data.name, key, keyOf(pod)); // C125
    if (result.status.reason === 'NotFound') continue; // C143
    const message = result.status.message ?? '';
    record(state, data, owner, 'Warning', 'FailedDelete', `Error deleting: ${message}`);
    failure ??= message;
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

/** C140. */
function podFromTemplate(data: ReplicaControllerData, owner: ReplicaOwner): Draft<Pod> {
  const { template } = owner.spec;
  const { labels, annotations, finalizers } = template.metadata;
  const draft = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: podNamePrefix(owner.metadata.name),
      namespace: owner.metadata.namespace,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(data, owner)],
    },
    spec: cloneJson(template.spec),
    status: {},
  };
  return draft as unknown as Draft<Pod>;
}

const POD_NAME_LENGTH_MAX = 253;

/** C140: `<name>-`, or the bare name when that would be too long for a pod's name. */
function podNamePrefix(name: string): string {
  return name.length < POD_NAME_LENGTH_MAX ? `${name}-` : name;
}

function controllerReference(data: ReplicaControllerData, owner: ReplicaOwner): OwnerReference {
  const { name, uid } = owner.metadata;
  return {
    apiVersion: apiVersionOf(data.kind),
    kind: data.kind.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** C143: an Event on the owner. */
function record(
  state: ClusterState,
  data: ReplicaControllerData,
  owner: ReplicaOwner,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  recordEvent(state, {
    source: { component: data.eventComponent },
    regarding: owner,
    type,
    reason,
    message,
  });
}

function isNamespaceTerminating(status: Status): boolean {
  return status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
}

function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
