// The StatefulSet controller: which changes wake which set.
// Upstream: pkg/controller/statefulset/stateful_set.go addPod, updatePod, deletePod (v1.33). Rules: C101, C102, C420-C436.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { statefulSetKind } from '../../kinds/statefulset/index.ts';
import type { StatefulSet } from '../../kinds/statefulset/types.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { isPodReady } from '../shared/pods.ts';
import { type PodNews, type PodWatch, receivePodChange } from '../shared/pod-watch.ts';
import { QUEUE, reconcileStatefulSet } from './reconcile.ts';

const podWatch: PodWatch<StatefulSet> = {
  kind: statefulSetKind,
  selectorOf: (set) => selectorFromLabelSelector(set.spec.selector),
  receive: receivePod,
};

export const statefulSetController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(statefulSetKind)]: (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    pods: (state, change) => receivePodChange(state, podWatch, change),
  },
  reconcile: reconcileStatefulSet,
  timers: {},
};

function receivePod(state: ClusterState, set: StatefulSet, news: PodNews, pod: Pod, previous: Pod | undefined): void {
  enqueue(state, QUEUE, keyOf(set));
  const { minReadySeconds = 0 } = set.spec;
  // One second more, because the pod's time is whole seconds.
  if (news === 'changed' && minReadySeconds > 0 && previous !== undefined && !isPodReady(previous) && isPodReady(pod))
    enqueueAfter(state, QUEUE, keyOf(set), (minReadySeconds + 1) * 1000);
}
