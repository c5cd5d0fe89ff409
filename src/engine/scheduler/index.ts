// The scheduler: which changes bring a pod to it, and the cycle over the pods that are to be placed now. Deciding and binding take no
// virtual time (`bindDelay` 0), so the next pod sees the result of the one before (C801).
// Upstream: pkg/scheduler/{scheduler,eventhandlers,schedule_one}.go (v1.33). Rules: C801-C850.
// Omits: other schedulers and profiles.

import { isJsonEqual } from '../apimachinery/meta.ts';
import type { Node } from '../kinds/node/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { Component } from '../kernel/component.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { Steps } from '../kernel/steps.ts';
import { type Change, keyOf } from '../kernel/store.ts';
import { bindPod, evict, type Nomination, reportFailure, reportSkip, withdrawNomination } from './bind.ts';
import { podFactsOf } from './filters.ts';
import { type ClusterEvent, isHelped, isNodeChangeRelevant } from './hints.ts';
import { type NodeCache, noteCachedNode, noteCachedPod, nodeCacheOf, refreshPod } from './node-cache.ts';
import type { Preemption } from './preemption.ts';
import {
  activate,
  awaitBackoff,
  awaitChange,
  BACKOFF_OWNER,
  forgetPod,
  hasWaitingPods,
  isGated,
  isSchedulable,
  LEFTOVER_OWNER,
  refusedPods,
  SCHEDULER,
  takeActivePods,
  waitingPod,
} from './queue.ts';
import { decide } from './schedule.ts';
import { priorityOf } from './victims.ts';
import {
  assumeWaiting,
  beginVolumeBinding,
  endVolumeBinding,
  forgetVolumeBinding,
  isWaitingForVolumes,
  noteClaim,
  VOLUMES_TIMER,
  volumeFactsOf,
} from './volume-binding.ts';
import { isPodTerminal } from '../kinds/shared/pod-state.ts';

export const scheduler: Component = {
  name: SCHEDULER,
  watches: {
    pods: receivePod,
    nodes: receiveNode,
    persistentvolumeclaims: receiveClaim,
    persistentvolumes: (state) => moveHelped(state, { kind: 'volume' }),
    'storageclasses.storage.k8s.io': (state) => moveHelped(state, { kind: 'volume' }),
  },
  reconcile: schedulePods,
  timers: { [BACKOFF_OWNER]: activate, [LEFTOVER_OWNER]: activate, [VOLUMES_TIMER]: endBinding },
};

/** Tries every active pod once, one after the other: a pod a step. */
function* schedulePods(state: ClusterState): Steps<void> {
  assumeWaiting(state, nodeCacheOf(state));
  for (const pod of takeActivePods(state)) {
    schedulePod(state, pod);
    yield;
  }
}

function schedulePod(state: ClusterState, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) {
    reportSkip(state, pod); // A pod on its way out is told so, and not scheduled (C826).
    return;
  }
  const cache = nodeCacheOf(state);
  const volumes = volumeFactsOf(state, pod);
  const decision = decide(state, cache, podFactsOf(state, cache, pod, volumes));
  switch (decision.kind) {
    case 'node': {
      if (beginVolumeBinding(state, cache, pod, decision.nodeName, volumes)) return;
      const bound = bindPod(state, pod, decision.nodeName);
      refreshPod(cache, keyOf(bound), bound);
      return;
    }
    case 'refused':
      awaitChange(state, pod, decision.rejectedBy); // It waits for what could help it (C803).
      fail(state, cache, pod, decision.message, makeRoom(state, cache, pod, decision.preemption));
      return;
    case 'failed':
      awaitBackoff(state, pod); // An error always waits (C806).
      fail(state, cache, pod, decision.message, { kind: 'keep' });
  }
}

function fail(state: ClusterState, cache: NodeCache, pod: Pod, message: string, nomination: Nomination): void {
  refreshPod(cache, keyOf(pod), reportFailure(state, pod, message, nomination));
}

/** C846, C848: the victims go, and so do the nominations of less important pods on that node. */
function makeRoom(state: ClusterState, cache: NodeCache, pod: Pod, preemption: Preemption): Nomination {
  if (preemption.kind !== 'victims') return preemption.kind === 'hopeless' ? { kind: 'void' } : { kind: 'keep' };
  const { nodeName, victims } = preemption.candidate;
  const lesser = [...(cache.nominated.get(nodeName)?.values() ?? [])].filter((other) => priorityOf(other.pod) < priorityOf(pod));
  for (const other of lesser) refreshPod(cache, other.key, withdrawNomination(state, other.key));
  for (const victim of victims) refreshPod(cache, victim.placed.key, evict(state, pod, victim.pod, nodeName));
  return { kind: 'node', nodeName };
}

/** The volumes of a pod are bound, and so is the pod; or they did not come in time. */
function endBinding(state: ClusterState, key: string): void {
  const ended = endVolumeBinding(state, key);
  if (ended === undefined) return;
  const { pod, nodeName } = ended;
  const cache = nodeCacheOf(state);
  if (nodeName !== undefined) {
    refreshPod(cache, key, bindPod(state, pod, nodeName));
    return;
  }
  awaitBackoff(state, pod);
  fail(state, cache, pod, 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded', { kind: 'keep' });
}

function receiveClaim(state: ClusterState, change: Change): void {
  const { namespace = '', name } = change.object.metadata;
  noteClaim(state, namespace, name);
  moveHelped(state, { kind: 'volume', claim: { namespace, name } });
}

function receivePod(state: ClusterState, change: Change): void {
  noteCachedPod(state, change);
  const key = keyOf(change.object);
  const pod = change.object as Pod;
  const previous = change.previous as Pod | undefined;
  if (change.type === 'DELETED' || !isSchedulable(pod)) {
    forgetPod(state, key);
    forgetVolumeBinding(state, key);
    const event = eventOf(change.type === 'DELETED' ? undefined : pod, previous);
    if (event !== undefined) moveHelped(state, event);
    return;
  }
  if (isGated(pod) || isWaitingForVolumes(state, key)) return; // Gates and volumes come first (C802).
  const isNew = previous === undefined || isGated(previous) || previous.metadata.uid !== pod.metadata.uid;
  if (isNew) activate(state, key);
  else moveSelf(state, key, pod, previous);
}

function receiveNode(state: ClusterState, change: Change): void {
  noteCachedNode(state, change);
  if (!hasWaitingPods(state)) return;
  const node = change.object as Node;
  if (change.type === 'DELETED') {
    moveHelped(state, { kind: 'node-removed', node });
    return;
  }
  const previous = change.previous as Node | undefined;
  if (previous === undefined || isNodeChangeRelevant(node, previous)) moveHelped(state, { kind: 'node', node, previous });
}

/** Puts every refused pod that the event may help back on the active list (C803, C805). */
function moveHelped(state: ClusterState, event: ClusterEvent): void {
  if (!hasWaitingPods(state)) return;
  for (const key of refusedPods(state, (pod, row) => isHelped(state, pod, row.rejectedBy, event))) activate(state, key);
}

function moveSelf(state: ClusterState, key: string, pod: Pod, previous: Pod): void {
  const row = waitingPod(state, key);
  if (row === undefined || (isJsonEqual(pod.spec, previous.spec) && isJsonEqual(pod.metadata.labels, previous.metadata.labels))) return;
  if (isHelped(state, pod, row.rejectedBy, { kind: 'self', previous })) activate(state, key);
}

/** C803: what a change of a pod means for others; a pod that merely begins to terminate frees nothing. */
function eventOf(pod: Pod | undefined, previous: Pod | undefined): ClusterEvent | undefined {
  const isThere = pod !== undefined && isRunningSomewhere(pod);
  const wasThere = previous !== undefined && isRunningSomewhere(previous);
  if (wasThere && !isThere) return { kind: 'pod-removed', pod: previous };
  if (isThere && !wasThere) return { kind: 'pod-added', pod };
  if (!isThere || !wasThere || pod.metadata.labels === previous.metadata.labels) return undefined;
  return isJsonEqual(pod.metadata.labels, previous.metadata.labels) ? undefined : { kind: 'pod-relabelled', pod, previous };
}

/** Bound and not finished: what counts on a node. */
function isRunningSomewhere(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') !== '' && !isPodTerminal(pod);
}
