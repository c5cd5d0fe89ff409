// The decision about one object with owners: is any of them solid, and if not, how does the object go.
// Upstream: pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem, classifyReferences (v1.33). Rules: C902-C906.

import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';

export const FOREGROUND_FINALIZER = 'foregroundDeletion';
export const ORPHAN_FINALIZER = 'orphan';

/**
 * How an owner stands: `solid` keeps the object, `absent` has gone or never was, `waiting` is being deleted in the foreground and waits for
 * its dependents. `unknown`: its kind is not served, so nothing can be said.
 */
export type OwnerStanding = 'solid' | 'absent' | 'waiting' | 'unknown';

export type CollectionPlan =
  | { readonly kind: 'keep' }
  /** C905: strike out the references to these UIDs. */
  | { readonly kind: 'strike-out'; readonly uids: readonly string[] }
  | { readonly kind: 'delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan'; readonly unblocks: boolean };

export interface DependentFacts {
  readonly hasDependents: boolean;
  /** Some dependent of the object is itself being deleted in the foreground. */
  readonly hasDeletingDependent: boolean;
}

/** Decides what becomes of an object. `standings` is in the order of its owner references. */
export function planCollection(object: KubeObject, standings: readonly OwnerStanding[], facts: DependentFacts): CollectionPlan {
  if (isBeingDeleted(object)) return { kind: 'keep' };
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0 || standings.includes('unknown')) return { kind: 'keep' };
  const goneUids = owners.flatMap((owner, i) => (standings[i] === 'solid' ? [] : [owner.uid]));
  if (goneUids.length === 0) return { kind: 'keep' };
  if (goneUids.length < owners.length) return { kind: 'strike-out', uids: goneUids }; // References to what is gone are taken out (C905).
  if (standings.includes('waiting') && facts.hasDependents) {
    // C903: an object with dependents goes in the foreground too; if one of them does so already, it must not wait for this one.
    return { kind: 'delete', policy: 'Foreground', unblocks: facts.hasDeletingDependent };
  }
  return { kind: 'delete', policy: inheritedPolicy(object), unblocks: false }; // Nothing holds it any more (C902, C906).
}

/** C903: true when nothing that blocks the owner is left. `dependents` are the objects that name the owner. */
export function isReleased(ownerUid: string, dependents: readonly KubeObject[]): boolean {
  return !dependents.some((dependent) => dependent.metadata.ownerReferences?.some((owner) => blocks(owner, ownerUid)));
}

/** True while deletion in the foreground goes on. */
export function isDeletingDependents(object: KubeObject): boolean {
  return isBeingDeleted(object) && hasFinalizer(object, FOREGROUND_FINALIZER);
}

/** True while dependents are to be orphaned. */
export function isOrphaningDependents(object: KubeObject): boolean {
  return isBeingDeleted(object) && hasFinalizer(object, ORPHAN_FINALIZER);
}

function blocks(reference: OwnerReference, ownerUid: string): boolean {
  return reference.uid === ownerUid && reference.blockOwnerDeletion === true;
}

function inheritedPolicy(object: KubeObject): 'Background' | 'Foreground' | 'Orphan' {
  if (hasFinalizer(object, ORPHAN_FINALIZER)) return 'Orphan';
  return hasFinalizer(object, FOREGROUND_FINALIZER) ? 'Foreground' : 'Background';
}

function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return (object.metadata.finalizers ?? []).includes(finalizer);
}

function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
