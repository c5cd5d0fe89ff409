// Empties namespaces that are being deleted and then lets them go.
// Upstream: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go (v1.33). Rules: C915-C921.

import type { Condition } from '../../apimachinery/meta.ts';
import { getObject, writeObject, writeStatus } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import { DONE, GONE, type Reconciled, requeueAfter, RETRY } from '../../kernel/reconciled.ts';
import { enqueueAfter } from '../../kernel/requeue.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import type { Change } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import type { Namespace } from '../../kinds/namespace/types.ts';
import { namespaceConditions } from './conditions.ts';
import { type ContentOutcome, deleteContent } from './content.ts';

const NAME = 'namespace';
const FINALIZER = 'kubernetes';
/** C916: time for the API servers to notice that the namespace takes no new content. */
const START_DELAY_MS = 5_000;
/** The longest wait between two attempts (C918). */
const FAILURE_MAX_MS = 60_000;

export const namespaceController: Component = {
  name: NAME,
  watches: { namespaces: receive },
  reconcile: emptyNamespace,
  retries: { maxMs: FAILURE_MAX_MS },
  timers: {},
};

/** C916, C918: every write of a namespace that is being deleted asks for a pass in five seconds. */
function receive(state: ClusterState, change: Change): void {
  const { name, deletionTimestamp } = change.object.metadata as Namespace['metadata'];
  if (change.type === 'DELETED') enqueue(state, NAME, name);
  else if (deletionTimestamp !== undefined) enqueueAfter(state, NAME, name, START_DELAY_MS);
}

function* emptyNamespace(state: ClusterState, name: string): Steps<Reconciled> {
  const namespace = getObject(state, namespaceKind, undefined, name);
  if (namespace === undefined) return GONE;
  if (namespace.metadata.deletionTimestamp === undefined || !(namespace.spec.finalizers ?? []).includes(FINALIZER)) return DONE;
  const outcome = yield* deleteContent(state, namespace);
  const reported = writeConditions(state, namespace, outcome);
  if (outcome.errors.length > 0) return RETRY;
  if (outcome.estimateSeconds > 0) return requeueAfter((Math.floor(outcome.estimateSeconds / 2) + 1) * 1000); // Half of the estimate, and a second (C918).
  finalize(state, reported);
  return DONE;
}

function writeConditions(state: ClusterState, namespace: Namespace, outcome: ContentOutcome): Namespace {
  const present: readonly Condition[] = namespace.status.conditions ?? [];
  const conditions = namespaceConditions(present, outcome, state.nowMs);
  return writeStatus(state, namespaceKind, namespace, { ...namespace.status, conditions });
}

/** C920: without its finalizer the namespace is gone. */
function finalize(state: ClusterState, namespace: Namespace): void {
  const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  const { finalizers: _before, ...spec } = namespace.spec;
  writeObject(state, namespaceKind, { ...namespace, spec: finalizers.length === 0 ? spec : { ...spec, finalizers } });
}
