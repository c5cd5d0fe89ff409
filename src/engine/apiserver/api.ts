// The face of the API server for what runs inside the cluster: controllers, scheduler, kubelets. Reads return the stored objects themselves;
// writes are trusted, so they skip decoding and validation but keep every rule about metadata (F1-F7). A write that changes nothing
// is none (W8).
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go (v1.33).
// Rules: C007.

import { matchesSelector, type Selector } from '../apimachinery/labels.ts';
import type { KubeObject } from '../apimachinery/meta.ts';
import { fail, notFound, ok, type Result } from '../apimachinery/status.ts';
import { compareText } from '../apimachinery/text.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import type { ClusterState } from '../kernel/state.ts';
import {
  getStored,
  type KernelObject,
  keysByTerm,
  keysInNamespace,
  objectKey,
  putObject,
  removeObject,
  storedOf,
} from '../kernel/store.ts';
import { type Kind, resourceOf } from '../kinds/kind.ts';
import { getObject, hasNamespaceFinalizers, put } from './storage.ts';
import { checkPreconditions, type DeleteOptions, withDeletion, withPropagation } from './write/deletion.ts';

export { getObject, keepServerMetadata, writeObject, writeStatus } from './storage.ts';
export { createObject, type CreateOptions } from './write/create-object.ts';

/** All objects of a kind, or those of one namespace, by (creationTimestamp, namespace, name). */
export function listObjects<T extends KubeObject>(state: ClusterState, kind: Kind<T>, namespace?: string): T[] {
  const resource = resourceOf(kind);
  const stored = storedOf(state, resource);
  if (namespace !== undefined && kind.namespaced) return pick<T>(state, resource, keysInNamespace(state, resource, namespace));
  return sortObjects(Array.from(stored.values(), (row) => row.object as T));
}

/** Objects that carry an index term, in the same order. */
export function listByTerm<T extends KubeObject>(state: ClusterState, kind: Kind<T>, term: string): T[] {
  const resource = resourceOf(kind);
  return pick<T>(state, resource, keysByTerm(state, resource, term));
}

/** Objects that carry an index term, in no particular order: for sums and tests that do not depend on one. */
export function unorderedByTerm<T extends KubeObject>(state: ClusterState, kind: Kind<T>, term: string): T[] {
  const resource = resourceOf(kind);
  return collect<T>(state, resource, keysByTerm(state, resource, term));
}

/** How many objects carry an index term. */
export function countByTerm<T extends KubeObject>(state: ClusterState, kind: Kind<T>, term: string): number {
  return keysByTerm(state, resourceOf(kind), term).size;
}

/** Objects of a namespace that a selector matches, found through its narrowest label term. */
export function listBySelector<T extends KubeObject>(state: ClusterState, kind: Kind<T>, namespace: string, selector: Selector): T[] {
  if (selector.matchesNothing === true) return [];
  const resource = resourceOf(kind);
  const keys = keysByLabels(state, kind, namespace, selector) ?? keysInNamespace(state, resource, namespace);
  return pick<T>(state, resource, keys).filter((object) => matchesSelector(selector, object.metadata.labels));
}

/** Deletes an object as a DELETE call does: grace, finalizers, propagation. The value is its last state. Rules C901-C904, K501-K504, L1-L8. */
export function deleteObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions = {},
): Result<T> {
  const present = getObject(state, kind, namespace, name);
  if (present === undefined) return fail(notFound(kind, name));
  const refused = checkPreconditions(kind, present, options);
  if (refused !== undefined) return refused;
  const isFirst = present.metadata.deletionTimestamp === undefined;
  const prepared = isFirst ? (kind.prepareForDelete?.(present, formatTime(state.nowMs)) ?? present) : present;
  const finalized = withPropagation(kind, prepared, options);
  const requested = options.gracePeriodSeconds;
  const grace = kind.deletionGraceSeconds?.(present, requested === undefined ? undefined : requested < 0 ? 1 : requested) ?? 0;
  if (grace > 0) return ok(beginGrace(state, kind, finalized, present, grace, options));
  if ((finalized.metadata.finalizers?.length ?? 0) > 0 || hasNamespaceFinalizers(finalized)) {
    return ok(markDeleting(state, kind, finalized, present, options));
  }
  return ok(removeNow(state, kind, present, options));
}

function pick<T>(state: ClusterState, resource: string, keys: Iterable<string>): T[] {
  return sortObjects(collect<KubeObject>(state, resource, keys)) as T[];
}

function collect<T>(state: ClusterState, resource: string, keys: Iterable<string>): T[] {
  const stored = storedOf(state, resource);
  const objects: T[] = [];
  for (const key of keys) {
    const row = stored.get(key);
    if (row !== undefined) objects.push(row.object as T);
  }
  return objects;
}

function sortObjects<T extends KubeObject>(objects: T[]): T[] {
  return objects.length < 2 ? objects : objects.sort(compareObjects);
}

/** The order of lists (`listOrder` in docs/glossary.md): creationTimestamp, then namespace, then name. */
export function compareObjects(a: KubeObject, b: KubeObject): number {
  const x = a.metadata;
  const y = b.metadata;
  if (x.creationTimestamp !== y.creationTimestamp) return x.creationTimestamp < y.creationTimestamp ? -1 : 1;
  if (x.namespace !== y.namespace) return (x.namespace ?? '') < (y.namespace ?? '') ? -1 : 1;
  return compareText(x.name, y.name);
}

/** Keys of a superset of the objects that a selector matches, by its narrowest label; undefined where labels find none. */
export function keysByLabels(state: ClusterState, kind: Kind, namespace: string, selector: Selector): Iterable<string> | undefined {
  if (kind.hasLabelTerms !== true) return undefined;
  const resource = resourceOf(kind);
  let best: { keys: ReadonlySet<string>[]; size: number } | undefined;
  for (const { key, operator, values } of selector.requirements) {
    const terms =
      operator === '=' || operator === '==' || operator === 'in'
        ? values.map((value) => `label:${namespace}/${key}=${value}`)
        : operator === 'exists' || operator === 'gt' || operator === 'lt'
          ? [`labelkey:${namespace}/${key}`]
          : undefined;
    if (terms === undefined) continue;
    const keys = terms.map((term) => keysByTerm(state, resource, term));
    const size = keys.reduce((sum, set) => sum + set.size, 0);
    if (best === undefined || size < best.size) best = { keys, size };
  }
  if (best === undefined) return undefined;
  return best.keys.length === 1 ? best.keys[0] : new Set(best.keys.flatMap((set) => [...set]));
}

/** K502: the first graceful delete; K503: a repeated one may only shorten. */
function beginGrace<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  next: T,
  before: T,
  graceSeconds: number,
  options: DeleteOptions,
): T {
  const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  if (deletionTimestamp !== undefined) {
    const present = deletionGracePeriodSeconds ?? 0;
    if (graceSeconds >= present) return before;
    const shortened = (parseTime(deletionTimestamp) ?? state.nowMs) - (present - graceSeconds) * 1000;
    return storeDeletion(state, kind, next, before, Math.max(shortened, state.nowMs), graceSeconds, before.metadata.generation, options);
  }
  const generation = before.metadata.generation === undefined ? undefined : before.metadata.generation + 1;
  return storeDeletion(state, kind, next, before, state.nowMs + graceSeconds * 1000, graceSeconds, generation, options);
}

/** L6: the object waits for its finalizers. */
function markDeleting<T extends KubeObject>(state: ClusterState, kind: Kind<T>, next: T, before: T, options: DeleteOptions): T {
  if (before.metadata.deletionTimestamp !== undefined && (before.metadata.deletionGracePeriodSeconds ?? 0) === 0) {
    return next === before || options.dryRun === true ? before : put(state, kind, next, storedRow(state, kind, before));
  }
  const raised =
    before.metadata.generation === undefined || before.metadata.deletionTimestamp !== undefined
      ? before.metadata.generation
      : before.metadata.generation + 1;
  if (kind.kind !== 'Namespace') return storeDeletion(state, kind, next, before, state.nowMs, 0, raised, options);
  // A namespace has no grace period, not even one of 0.
  const marked = { ...next, status: { ...(next['status'] as object), phase: 'Terminating' } } as T;
  return storeDeletion(state, kind, marked, before, state.nowMs, undefined, raised, options);
}

function storeDeletion<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  next: T,
  before: T,
  deletionMs: number,
  graceSeconds: number | undefined,
  generation: number | undefined,
  options: DeleteOptions,
): T {
  const metadata = withDeletion(next.metadata, formatTime(deletionMs), graceSeconds, generation);
  const object = { ...next, metadata } as T;
  return options.dryRun === true ? object : put(state, kind, object, storedRow(state, kind, before));
}

/** K503, K504: a graceful kind is first seen with grace 0, then gone; others just go. */
function removeNow<T extends KubeObject>(state: ClusterState, kind: Kind<T>, present: T, options: DeleteOptions): T {
  const resource = resourceOf(kind);
  const key = objectKey(present.metadata.namespace, present.metadata.name);
  if (kind.deletionGraceSeconds === undefined) {
    if (options.dryRun === true) return present;
    return removeObject(state, resource, key).object as T;
  }
  const { generation, deletionTimestamp } = present.metadata;
  const raised = generation === undefined || deletionTimestamp !== undefined ? generation : generation + 1;
  const last = { ...present, metadata: withDeletion(present.metadata, formatTime(state.nowMs), 0, raised) } as T;
  if (options.dryRun === true) return last;
  const shown = putObject(state, resource, last as KernelObject, getStored(state, resource, key)?.terms ?? []);
  return removeObject(state, resource, key, shown.object).object as T;
}

function storedRow<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: T): ReturnType<typeof getStored> {
  return getStored(state, resourceOf(kind), objectKey(object.metadata.namespace, object.metadata.name));
}
