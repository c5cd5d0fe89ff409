// The disruption controller: which changes wake which budget.
// Upstream: pkg/controller/disruption/disruption.go addPod, updatePod, deletePod, addDB (v1.33). Rules: C755, C756. As upstream, a change of an
// owner's scale wakes no budget by itself; the pods that follow from it do. Omits the worker that takes back DisruptionTarget conditions,
// because every eviction that writes one deletes the pod at once.

import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { listObjects } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { resourceOf } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { podDisruptionBudgetKind } from '../../kinds/poddisruptionbudget/index.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { EVENT_SOURCE, QUEUE, reconcileBudget } from './reconcile.ts';

export const disruptionController: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(podDisruptionBudgetKind)]: (state, change) => enqueue(state, QUEUE, keyOf(change.object)),
    pods: receivePod,
  },
  reconcile: reconcileBudget,
  timers: {},
};

/** A pod wakes one budget only; a second one that matches is complained about. */
function receivePod(state: ClusterState, change: Change): void {
  const pod = change.object as Pod;
  if (Object.keys(pod.metadata.labels ?? {}).length === 0) return;
  const budgets = listObjects(state, podDisruptionBudgetKind, pod.metadata.namespace).filter(({ spec }) =>
    matchesSelector(selectorFromLabelSelector(spec.selector), pod.metadata.labels),
  );
  const [first] = budgets;
  if (first === undefined) return;
  enqueue(state, QUEUE, keyOf(first));
  if (budgets.length === 1) return;
  const { namespace, name } = pod.metadata;
  const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first.metadata.name}" arbitrarily.`;
  recordEvent(state, { source: EVENT_SOURCE, regarding: pod, type: 'Warning', reason: 'MultiplePodDisruptionBudgets', message });
}
