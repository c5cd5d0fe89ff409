// The DaemonSet controller: which changes wake which set.
// Upstream: pkg/controller/daemon/daemon_controller.go addPod, updatePod, deletePod, addNode, updateNode (v1.33). Rules: C101, C102, C410.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { listObjects } from '../../apiserver/api.ts';
import { daemonSetKind } from '../../kinds/daemonset/index.ts';
import type { DaemonSet } from '../../kinds/daemonset/types.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Node } from '../../kinds/node/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { observeCreations, observeDeletion } from '../shared/expectations.ts';
import { isPodReady } from '../shared/pods.ts';
import { type PodNews, type PodWatch, receivePodChange } from '../shared/pod-watch.ts';
import { judgeNode } from './plan.ts';
import { modelPod, QUEUE, reconcileDaemonSet } from './reconcile.ts';

const podWatch: PodWatch<DaemonSet> = {
  kind: daemonSetKind,
  selectorOf: (set) => selectorFromLabelSelector(set.spec.selector),
  receive: receivePod,
};

export const daemonSetController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(daemonSetKind)]: (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    pods: (state, change) => receivePodChange(state, podWatch, change),
    nodes: receiveNode,
  },
  reconcile: reconcileDaemonSet,
  timers: {},
};

function receivePod(state: ClusterState, set: DaemonSet, news: PodNews, pod: Pod, previous: Pod | undefined): void {
  const key = keyOf(set);
  if (news === 'created') observeCreations(state, QUEUE, key, 1);
  if (news === 'ended') observeDeletion(state, QUEUE, key, keyOf(pod));
  enqueue(state, QUEUE, key);
  const { minReadySeconds = 0 } = set.spec;
  // One second more, because the pod's time is whole seconds.
  if (news === 'changed' && minReadySeconds > 0 && previous !== undefined && !isPodReady(previous) && isPodReady(pod))
    enqueueAfter(state, QUEUE, key, (minReadySeconds + 1) * 1000);
}

/** C410: only labels and taints decide where a daemon runs. */
function receiveNode(state: ClusterState, change: Change): void {
  if (change.type === 'DELETED') return;
  const node = change.object as Node;
  const previous = change.previous as Node | undefined;
  if (previous !== undefined && hasSameVerdict(node, previous)) return;
  for (const set of listObjects(state, daemonSetKind)) {
    const model = modelPod(set);
    const verdict = judgeNode(model, node);
    const before = previous === undefined ? { shouldRun: false, shouldContinue: false } : judgeNode(model, previous);
    if (!isJsonEqual(verdict, before)) enqueue(state, QUEUE, keyOf(set));
  }
}

function hasSameVerdict(node: Node, previous: Node): boolean {
  const isSame = (a: unknown, b: unknown): boolean => a === b || isJsonEqual(a, b);
  return isSame(node.metadata.labels, previous.metadata.labels) && isSame(node.spec.taints, previous.spec.taints);
}
