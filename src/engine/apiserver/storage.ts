// The objects of a cluster as the API server stores them: reading one, writing one, and what every write keeps of the metadata, whoever makes it.
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, pkg/registry/rest/update.go (v1.33). Rules: F5-F7, L6, L11, W8.

import { isJsonEqual, type KubeObject, sortMembers } from '../apimachinery/meta.ts';
import { draw, drawBelow, formatUuid } from '../kernel/random.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getStored, type KernelObject, objectKey, putObject, removeObject } from '../kernel/store.ts';
import { type Exchanged, type HookContext, type Kind, resourceOf } from '../kinds/kind.ts';
import { resourceQuotaKind } from '../kinds/resourcequota/index.ts';
import type { Charge } from './admission/quota.ts';
import { indexTermsOf } from './index-terms.ts';

/** The object, or undefined; of the kind of a request as its version has it (O15). */
export function getObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  namespace: string | undefined,
  name: string,
): T | undefined {
  const key = kind.namespaced ? objectKey(namespace, name) : name;
  const stored = getStored(state, resourceOf(kind), key)?.object as T | undefined;
  return kind.exchange === undefined || stored === undefined ? stored : (kind.exchange.shown(stored) as T);
}

/** Replaces any part of an object. Nothing happens when nothing differs (F5). Generation follows F6, except for a binding (K102). */
export function writeObject<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  next: T,
  options: { readonly keepsGeneration?: boolean } = {},
): T {
  const resource = resourceOf(kind);
  const present = getStored(state, resource, objectKey(kind.namespaced ? next.metadata.namespace : undefined, next.metadata.name));
  if (present === undefined) return next;
  const before = present.object as T;
  const kept = options.keepsGeneration === true ? next : keepServerMetadata(kind, next, before);
  return isSame(kept, before) ? before : put(state, kind, kept, present);
}

/** Replaces the status. Nothing happens when nothing differs (F5). */
export function writeStatus<T extends KubeObject>(state: ClusterState, kind: Kind<T>, present: T, status: T['status']): T {
  const stored = getStored(state, resourceOf(kind), objectKey(present.metadata.namespace, present.metadata.name));
  if (stored === undefined) return present;
  const before = stored.object as T;
  if (before['status'] === status || isJsonEqual(before['status'], status)) return before;
  return put(state, kind, { ...before, status }, stored);
}

/** Writes down what quotas were charged, before the object itself is stored. */
export function chargeQuotas(state: ClusterState, charges: readonly Charge[]): void {
  for (const { quota, used } of charges) writeStatus(state, resourceQuotaKind, quota, { ...quota.status, used });
}

/** What a kind's hooks may know. */
export function hookContext(state: ClusterState): HookContext {
  return { nowMs: state.nowMs, drawBelow: (purpose, bound) => drawBelow(state, purpose, bound) };
}

/** A UUID of version 4, normally from the stream `uids`. */
export function drawUid(state: ClusterState, stream = 'uids'): string {
  const words = [draw(state, stream), draw(state, stream), draw(state, stream), draw(state, stream)];
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return formatUuid(hex);
}

/**
 * Stores an object. One that lost its last finalizer is removed instead: watchers see its last stored form go, the caller gets back what it
 * wrote (L6).
 */
export function put<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  object: T,
  present: { readonly object: KernelObject; readonly terms: readonly string[] } | undefined,
): T {
  const resource = resourceOf(kind);
  if (present !== undefined && isFullyFinalized(object)) {
    removeObject(state, resource, objectKey(object.metadata.namespace, object.metadata.name));
    return object;
  }
  const terms = present !== undefined && hasSameTerms(object, present.object as KubeObject) ? present.terms : indexTermsOf(kind, object);
  // What has no Go type is stored with its members by name, as upstream encodes maps.
  const arranged = kind.structure === undefined ? object : sortMembers(object);
  return putObject(state, resource, arranged as KernelObject, terms).object as T;
}

/** Stores what became of an object of a request's version; the value is what that version has of it. */
export function putExchanged<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  { stored, shown }: Exchanged,
  present: Parameters<typeof put>[3],
): T {
  const written = put(state, kind, stored as T, present);
  if (stored === shown) return written;
  return { ...shown, metadata: { ...shown.metadata, resourceVersion: written.metadata.resourceVersion } } as T;
}

function isFullyFinalized(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  return (
    deletionTimestamp !== undefined &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    (finalizers?.length ?? 0) === 0 &&
    !hasNamespaceFinalizers(object)
  );
}

/** Namespaces carry their finalizers in spec (L11). */
export function hasNamespaceFinalizers(object: KubeObject): boolean {
  const spec = object['spec'] as { finalizers?: readonly string[] } | undefined;
  return object.kind === 'Namespace' && (spec?.finalizers?.length ?? 0) > 0;
}

/** F7 and F6: identity is kept, generation rises with the spec. */
export function keepServerMetadata<T extends KubeObject>(kind: Kind<T>, next: T, before: T): T {
  const { uid, creationTimestamp, generation } = before.metadata;
  const isSpecChanged = next['spec'] !== before['spec'] && !isJsonEqual(next['spec'], before['spec']);
  const isAnnotationChanged =
    kind.generation === 'spec-and-annotations' && !isJsonEqual(next.metadata.annotations, before.metadata.annotations);
  const rises = contentRises(kind, next, before) ?? (kind.generation !== 'none' && (isSpecChanged || isAnnotationChanged));
  const wanted = rises ? (generation ?? 0) + 1 : generation;
  const same = next.metadata.uid === uid && next.metadata.creationTimestamp === creationTimestamp && next.metadata.generation === wanted;
  if (same) return next;
  return { ...next, metadata: { ...next.metadata, uid, creationTimestamp, ...(wanted === undefined ? {} : { generation: wanted }) } };
}

/** Whether the generation rises, for kinds where more than the spec counts; undefined for others. */
function contentRises<T extends KubeObject>(kind: Kind<T>, next: T, before: T): boolean | undefined {
  if (kind.generation === 'content') return !hasSameContent(next, before);
  if (kind.generation !== 'all-but-status') return undefined;
  const status = kind.hasStatus ? before['status'] : next['status'];
  return !isSame({ ...next, metadata: before.metadata, status }, before);
}

/** Whether all but the metadata is equal, labels included. */
function hasSameContent(a: KubeObject, b: KubeObject): boolean {
  return isSame({ ...a, metadata: b.metadata }, b) && isJsonEqual(a.metadata.labels ?? {}, b.metadata.labels ?? {});
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  for (const member in a) {
    if (member === 'metadata') {
      if (a.metadata !== b.metadata && !isSameMetadata(a.metadata, b.metadata)) return false;
    } else if (a[member] !== b[member] && !isJsonEqual(a[member], b[member])) return false;
  }
  for (const member in b) if (b[member] !== undefined && a[member] === undefined) return false;
  return true;
}

/** The revision is not what is written. */
function isSameMetadata(a: KubeObject['metadata'], b: KubeObject['metadata']): boolean {
  return isJsonEqual(a, b) || isJsonEqual({ ...a, resourceVersion: '' }, { ...b, resourceVersion: '' });
}

function hasSameTerms(next: KubeObject, before: KubeObject): boolean {
  return (
    next.metadata.labels === before.metadata.labels &&
    next.metadata.annotations === before.metadata.annotations &&
    next.metadata.ownerReferences === before.metadata.ownerReferences &&
    next['spec'] === before['spec'] &&
    phaseOf(next) === phaseOf(before)
  );
}

function phaseOf(object: KubeObject): unknown {
  return (object['status'] as { phase?: unknown } | undefined)?.phase;
}
