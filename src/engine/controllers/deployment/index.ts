// The Deployment controller: which changes wake which deployment.
// Upstream: pkg/controller/deployment/deployment_controller.go addDeployment, addReplicaSet, updateReplicaSet, deletePod (v1.33).
// Rules: C204, C256. Omits: periodic resync (C004), the client's rate limit (C008).

import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { controllerOf, isJsonEqual } from '../../apimachinery/meta.ts';
import { countByTerm, listObjects, unorderedByTerm } from '../../apiserver/api.ts';
import { deploymentKind } from '../../kinds/deployment/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { replicaSetKind } from '../../kinds/replicaset/index.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { resolveOwner } from '../shared/pod-watch.ts';
import { QUEUE, reconcileDeployment, RETRIES } from './reconcile.ts';

export const deploymentController: Component = {
  name: QUEUE,
  watches: {
    'deployments.apps': (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    'replicasets.apps': receiveSet,
    pods: receivePod,
  },
  reconcile: reconcileDeployment,
  retries: RETRIES,
  timers: {},
};

/** C204: the owner, the former owner, and for an orphan every deployment that could adopt it. */
function receiveSet(state: ClusterState, change: Change): void {
  const set = change.object as ReplicaSet;
  const previous = change.previous as ReplicaSet | undefined;
  if (change.type === 'DELETED') {
    enqueueOwner(state, set);
    return;
  }
  const hasNewController = previous !== undefined && controllerOf(previous)?.uid !== controllerOf(set)?.uid;
  if (hasNewController) enqueueOwner(state, previous);
  if (controllerOf(set) !== undefined) {
    enqueueOwner(state, set);
    return;
  }
  const isNews = previous === undefined || hasNewController || !isJsonEqual(previous.metadata.labels, set.metadata.labels);
  if (!isNews || set.metadata.deletionTimestamp !== undefined) return;
  for (const deployment of listObjects(state, deploymentKind, set.metadata.namespace)) {
    const selector = selectorFromLabelSelector(deployment.spec.selector);
    if (matchesSelector(selector, set.metadata.labels)) enqueue(state, QUEUE, keyOf(deployment));
  }
}

function enqueueOwner(state: ClusterState, set: ReplicaSet): void {
  const owner = resolveOwner(state, deploymentKind, set);
  if (owner !== undefined) enqueue(state, QUEUE, keyOf(owner));
}

/** C204: the end of the last pod lets a Recreate go on. */
function receivePod(state: ClusterState, change: Change): void {
  if (change.type !== 'DELETED') return;
  const set = resolveOwner(state, replicaSetKind, change.object as ReplicaSet);
  const deployment = set === undefined ? undefined : resolveOwner(state, deploymentKind, set);
  if (deployment?.spec.strategy.type !== 'Recreate') return;
  const sets = unorderedByTerm(state, replicaSetKind, `owner:${deployment.metadata.uid}`);
  const isLast = sets.every(({ metadata }) => countByTerm(state, podKind, `owner:${metadata.uid}`) === 0);
  if (isLast) enqueue(state, QUEUE, keyOf(deployment));
}
