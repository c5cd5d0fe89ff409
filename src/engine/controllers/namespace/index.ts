// Empties namespaces that are being deleted: pods first, then everything else, then the finalizer (C915-C921).
// Upstream: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, namespace_controller.go (v1.33).

import { isJsonEqual, type Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject, listObjects, writeObject } from '../../apiserver/api.ts';
import { type Component, TIMER_RANKS } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getTimer, setTimer } from '../../kernel/timers.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { KINDS } from '../../kinds/index.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import type { Namespace } from '../../kinds/namespace/types.ts';
import { podKind } from '../../kinds/pod/index.ts';

const NAME = 'namespace';
/** C916. */
const GRACE_MS = 5_000;
/** C918: for content held by finalizers. */
const FINALIZER_ESTIMATE_SECONDS = 15;

export const namespaceController: Component = {
  name: NAME,
  watches: {
    namespaces: (state, change) => {
      const namespace = change.object as unknown as Namespace;
      if (change.type === 'DELETED' || namespace.metadata.deletionTimestamp === undefined) return;
      const name = namespace.metadata.name;
      if (getTimer(state, NAME, name) === undefined) arm(state, name, GRACE_MS);
    },
  },
  reconcile: empty,
  timers: { [NAME]: (state, key) => enqueue(state, NAME, key) },
};

function arm(state: ClusterState, name: string, delayMs: number): void {
  setTimer(state, { dueMs: state.nowMs + delayMs, rank: TIMER_RANKS.controller, order: 0, owner: NAME, key: name });
}

function empty(state: ClusterState, name: string): void {
  const namespace = getObject(state, namespaceKind, undefined, name);
  if (namespace === undefined || namespace.metadata.deletionTimestamp === undefined) return;
  const graceSeconds = deletePods(state, name);
  const podsLeft = listObjects(state, podKind, name).length;
  if (podsLeft === 0) deleteOthers(state, name);
  const remaining = countRemaining(state, name);
  if (remaining.length === 0) {
    const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
    writeObject(state, namespaceKind, { ...namespace, spec: finalizers.length === 0 ? {} : { finalizers } });
    return;
  }
  writeConditions(state, namespace, podsLeft > 0 ? [] : remaining);
  const estimate = podsLeft > 0 ? graceSeconds : FINALIZER_ESTIMATE_SECONDS;
  arm(state, name, (Math.floor(estimate / 2) + 1) * 1000);
}

/** C917: pods go before anything else. Returns the longest grace period among them. */
function deletePods(state: ClusterState, name: string): number {
  let graceSeconds = 0;
  for (const pod of listObjects(state, podKind, name)) {
    graceSeconds = Math.max(graceSeconds, pod.spec.terminationGracePeriodSeconds ?? 30);
    if (pod.metadata.deletionTimestamp === undefined) deleteObject(state, podKind, name, pod.metadata.name, { propagationPolicy: 'Background' });
  }
  return graceSeconds;
}

function deleteOthers(state: ClusterState, name: string): void {
  const kinds = KINDS.filter((kind) => kind.namespaced && kind.plural !== 'pods').sort((a, b) => (resourceOf(a) < resourceOf(b) ? -1 : 1));
  for (const kind of kinds) {
    for (const object of listObjects(state, kind, name)) deleteObject(state, kind, name, object.metadata.name, { propagationPolicy: 'Background' });
  }
}

interface Remaining {
  readonly resource: string;
  readonly count: number;
  readonly finalizers: readonly string[];
}

function countRemaining(state: ClusterState, name: string): Remaining[] {
  return KINDS.filter((kind) => kind.namespaced).flatMap((kind) => {
    const objects = listObjects(state, kind, name);
    const resource = kind.group === '' ? `${kind.plural}.` : `${kind.plural}.${kind.group}`;
    return objects.length === 0 ? [] : [{ resource, count: objects.length, finalizers: objects.flatMap((object) => object.metadata.finalizers ?? []) }];
  });
}

/** C919. */
function writeConditions(state: ClusterState, namespace: Namespace, remaining: readonly Remaining[]): void {
  const content = remaining.map(({ resource, count }) => `${resource} has ${count} resource instances`).join(', ');
  const counts = new Map<string, number>();
  for (const finalizer of remaining.flatMap((item) => item.finalizers)) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  const held = [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).join(', ');
  const now = formatTime(state.nowMs);
  const make = (type: string, isTrue: boolean, reason: string, message: string): Condition => {
    const status = isTrue ? 'True' : 'False';
    const before = namespace.status.conditions?.find((condition) => condition.type === type);
    return { type, status, lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now, reason, message };
  };
  const conditions = [
    make('NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'),
    make('NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    make('NamespaceDeletionContentFailure', false, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    content === '' ? make('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed') : make('NamespaceContentRemaining', true, 'SomeResourcesRemain', `Some resources are remaining: ${content}`),
    held === '' ? make('NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished') : make('NamespaceFinalizersRemaining', true, 'SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${held}`),
  ];
  if (isJsonEqual(namespace.status.conditions, conditions)) return;
  writeObject(state, namespaceKind, { ...namespace, status: { ...namespace.status, conditions } });
}
