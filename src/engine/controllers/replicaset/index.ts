// The ReplicaSet controller, and the same engine for ReplicationControllers (C163): which changes wake which owner.
// Upstream: pkg/controller/replicaset/replica_set.go addPod, updatePod, deletePod (v1.33). Rules: C101-C104, C124, C126, C163-C167.
// Omits: periodic resync (C004), the client's rate limit (C008).

import { controllerOf, isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { matchesSelector, selectorFromLabelSelector, selectorFromMap } from '../../apimachinery/labels.ts';
import { getObject, listObjects } from '../../apiserver/api.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { replicaSetKind } from '../../kinds/replicaset/index.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import { replicationControllerKind } from '../../kinds/replicationcontroller/index.ts';
import type { ReplicationController } from '../../kinds/replicationcontroller/types.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { observeCreations, observeDeletion } from '../shared/expectations.ts';
import { isPodReady } from '../shared/pods.ts';
import { dropClaims, noteClaimChange, selectorOfOwner } from './claims.ts';
import type { ReplicaControllerData, ReplicaOwner } from './owner.ts';
import { reconcileReplicas } from './reconcile.ts';

const replicaSets: ReplicaControllerData<ReplicaSet> = {
  name: 'replicaset',
  eventComponent: 'replicaset-controller',
  kind: replicaSetKind,
  selectorOf: (owner) => selectorFromLabelSelector(owner.spec.selector),
};

/** C163: the same engine; a ReplicationController's selector is a plain map (C164). */
const replicationControllers: ReplicaControllerData<ReplicationController> = {
  name: 'replicationcontroller',
  eventComponent: 'replication-controller',
  kind: replicationControllerKind,
  selectorOf: (owner) => selectorFromMap(owner.spec.selector),
};

export const replicaSetController: Component = createReplicaController(replicaSets);

export const replicationController: Component = createReplicaController(replicationControllers);

/** Builds a controller for one kind of replica owner. */
function createReplicaController<T extends ReplicaOwner>(typedData: ReplicaControllerData<T>): Component {
  const data = typedData as ReplicaControllerData;
  return {
    name: data.name,
    watches: {
      [resourceOf(data.kind)]: (state, change) => receiveOwner(state, data, change),
      pods: (state, change) => receivePod(state, data, change),
    },
    reconcile: (state, key) => reconcileReplicas(state, data, key),
    timers: {},
  };
}

function receiveOwner(state: ClusterState, data: ReplicaControllerData, change: Change): void {
  if (change.type === 'DELETED') dropClaims(state, data, change.object.metadata.uid);
  enqueue(state, data.name, keyOf(change.object)); // Any change of its own (C101).
}

function receivePod(state: ClusterState, data: ReplicaControllerData, change: Change): void {
  noteClaimChange(state, data, change);
  const pod = change.object as Pod;
  const previous = change.previous as Pod | undefined;
  if (change.type === 'DELETED') receiveGonePod(state, data, pod);
  else if (previous === undefined) receiveNewPod(state, data, pod);
  else receiveChangedPod(state, data, pod, previous);
}

function receiveNewPod(state: ClusterState, data: ReplicaControllerData, pod: Pod): void {
  if (controllerOf(pod) === undefined) {
    enqueueMatching(state, data, pod);
    return;
  }
  const owner = resolveOwner(state, data, pod);
  if (owner === undefined) return;
  observeCreations(state, data.name, keyOf(owner), 1); // A creation is seen (C124).
  enqueue(state, data.name, keyOf(owner));
}

function receiveChangedPod(state: ClusterState, data: ReplicaControllerData, pod: Pod, previous: Pod): void {
  const isStartOfDeletion = pod.metadata.deletionTimestamp !== undefined && previous.metadata.deletionTimestamp === undefined;
  if (isStartOfDeletion) receiveGonePod(state, data, pod); // Its replacement does not wait for its end (C102).
  const hasNewController = controllerOf(pod)?.uid !== controllerOf(previous)?.uid;
  if (hasNewController) {
    const former = resolveOwner(state, data, previous);
    if (former !== undefined) enqueue(state, data.name, keyOf(former)); // The former owner has one less (C102).
  }
  if (controllerOf(pod) === undefined) {
    // An orphan may be somebody's (C101).
    if (hasNewController || !isJsonEqual(pod.metadata.labels, previous.metadata.labels)) enqueueMatching(state, data, pod);
    return;
  }
  const owner = resolveOwner(state, data, pod);
  if (owner === undefined) return;
  enqueue(state, data.name, keyOf(owner));
  const { minReadySeconds = 0 } = owner.spec;
  if (minReadySeconds > 0 && !isPodReady(previous) && isPodReady(pod)) {
    enqueueAfter(state, data.name, keyOf(owner), (minReadySeconds + 1) * 1000); // And once more when it is available (C103).
  }
}

/** A pod that disappeared or began to (C102); an orphan's end wakes nobody (C104). */
function receiveGonePod(state: ClusterState, data: ReplicaControllerData, pod: Pod): void {
  const owner = resolveOwner(state, data, pod);
  if (owner === undefined) return;
  observeDeletion(state, data.name, keyOf(owner), keyOf(pod)); // A deletion is seen (C124).
  enqueue(state, data.name, keyOf(owner));
}

/** C101: the owner that the pod's controller reference names; kind, name and UID must match. */
function resolveOwner(state: ClusterState, data: ReplicaControllerData, pod: Pod): ReplicaOwner | undefined {
  const reference = controllerOf(pod as KubeObject);
  if (reference === undefined || reference.kind !== data.kind.kind) return undefined;
  const owner = getObject(state, data.kind, pod.metadata.namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** C101: every owner whose selector matches an orphan. */
function enqueueMatching(state: ClusterState, data: ReplicaControllerData, pod: Pod): void {
  const { namespace, labels } = pod.metadata;
  if (labels === undefined) return;
  for (const owner of listObjects(state, data.kind, namespace)) {
    if (matchesSelector(selectorOfOwner(state, data, owner), labels)) enqueue(state, data.name, keyOf(owner));
  }
}
