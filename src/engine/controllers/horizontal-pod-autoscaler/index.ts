// The horizontal pod autoscaler: looks at every HPA each 15 s, the first time 15 s after its creation. Edits cause no look (C601).
// Upstream: pkg/controller/podautoscaler/horizontal.go enqueueHPA, deleteHPA, rate_limiters.go (v1.33). Rules: C601, C622.

import { resourceOf } from '../../kinds/kind.ts';
import { horizontalPodAutoscalerKind } from '../../kinds/horizontalpodautoscaler/index.ts';
import type { Component } from '../../kernel/component.ts';
import { GONE, requeueAfter } from '../../kernel/reconciled.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import { type Change, keyOf } from '../../kernel/store.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { type MetricsSource, QUEUE, reconcileAutoscaler } from './reconcile.ts';

const PERIOD_MS = 15_000;

/** The controller over a source of metrics: containers are not its business. */
export function createAutoscaler(usagesOf: MetricsSource): Component {
  return {
    name: QUEUE,
    watches: { [resourceOf(horizontalPodAutoscalerKind)]: receiveAutoscaler },
    reconcile: (state, key) => (reconcileAutoscaler(state, key, usagesOf) ? requeueAfter(PERIOD_MS) : GONE),
    timers: {},
  };
}

function receiveAutoscaler(state: ClusterState, change: Change): void {
  const key = keyOf(change.object);
  if (change.type === 'DELETED') enqueue(state, QUEUE, key);
  else enqueueAfter(state, QUEUE, key, PERIOD_MS); // C601: a key that waits already keeps its time
}
