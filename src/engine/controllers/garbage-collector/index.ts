// Deletes dependents whose owners are gone, and carries out foreground and orphan deletion (C901-C910).
// Upstream: pkg/controller/garbagecollector/{garbagecollector,graph_builder,operations}.go (v1.33). Omits C907 (owners in other namespaces).

import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';
import { deleteObject, getObject, listByTerm, writeObject } from '../../apiserver/api.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Change } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { kindByGvk, kindByResource, KINDS } from '../../kinds/index.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';

const NAME = 'garbage-collector';

export const garbageCollector: Component = {
  name: NAME,
  watches: Object.fromEntries(KINDS.filter((kind) => kind.plural !== 'events').map((kind) => [resourceOf(kind), receive])),
  reconcile,
  timers: {},
};

/** Keys are `resource|namespace|name`. */
function keyOf(resource: string, object: { metadata: { namespace?: string; name: string } }): string {
  return `${resource}|${object.metadata.namespace ?? ''}|${object.metadata.name}`;
}

function receive(state: ClusterState, change: Change): void {
  const object = change.object as unknown as KubeObject;
  if (change.type === 'DELETED') {
    for (const { kind, dependent } of dependentsOf(state, object.metadata.uid)) enqueue(state, NAME, keyOf(resourceOf(kind), dependent));
    for (const owner of object.metadata.ownerReferences ?? []) enqueueOwner(state, object, owner);
    return;
  }
  const hasOwners = (object.metadata.ownerReferences?.length ?? 0) > 0;
  const isNew = change.type === 'ADDED' || change.previous?.metadata['ownerReferences'] !== object.metadata.ownerReferences;
  const isCollecting = object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).some((item) => FINALIZERS.includes(item));
  if ((hasOwners && isNew) || isCollecting) enqueue(state, NAME, keyOf(change.resource, object));
}

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
const FINALIZERS = [FOREGROUND, ORPHAN];

function enqueueOwner(state: ClusterState, object: KubeObject, owner: OwnerReference): void {
  const kind = kindByGvk(owner.apiVersion, owner.kind);
  if (kind === undefined) return;
  const metadata = { name: owner.name, ...(kind.namespaced && object.metadata.namespace !== undefined ? { namespace: object.metadata.namespace } : {}) };
  enqueue(state, NAME, keyOf(resourceOf(kind), { metadata }));
}

function dependentsOf(state: ClusterState, uid: string): { kind: Kind; dependent: KubeObject }[] {
  return KINDS.flatMap((kind) => listByTerm(state, kind, `owner:${uid}`).map((dependent) => ({ kind, dependent })));
}

function reconcile(state: ClusterState, key: string): void {
  const [resource = '', namespace = '', name = ''] = key.split('|');
  const kind = kindByResource(resource);
  if (kind === undefined) return;
  const object = getObject(state, kind, namespace, name);
  if (object === undefined) return;
  const finalizers = object.metadata.finalizers ?? [];
  if (object.metadata.deletionTimestamp !== undefined) {
    if (finalizers.includes(ORPHAN)) return orphanDependents(state, kind, object);
    if (finalizers.includes(FOREGROUND)) return collectForeground(state, kind, object);
    return;
  }
  collectUnowned(state, kind, object);
}

/** C904. */
function orphanDependents(state: ClusterState, kind: Kind, object: KubeObject): void {
  for (const { kind: dependentKind, dependent } of dependentsOf(state, object.metadata.uid)) {
    removeOwner(state, dependentKind, dependent, [object.metadata.uid]);
  }
  removeFinalizer(state, kind, object, ORPHAN);
}

/** C903: dependents first; the owner goes when none that blocks is left. */
function collectForeground(state: ClusterState, kind: Kind, object: KubeObject): void {
  const { uid } = object.metadata;
  const dependents = dependentsOf(state, uid);
  const blocks = ({ dependent }: { dependent: KubeObject }): boolean =>
    dependent.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true) === true;
  for (const { kind: dependentKind, dependent } of dependents) {
    if (dependent.metadata.deletionTimestamp !== undefined) continue;
    const hasOwn = dependentsOf(state, dependent.metadata.uid).length > 0;
    const { namespace, name } = dependent.metadata;
    const preconditions = { uid: dependent.metadata.uid };
    deleteObject(state, dependentKind, namespace, name, { propagationPolicy: hasOwn ? 'Foreground' : 'Background', preconditions });
  }
  const isBlocked = dependentsOf(state, uid).some(blocks);
  if (!isBlocked) removeFinalizer(state, kind, object, FOREGROUND);
}

/** C902, C905, C906: an object whose owners are all gone is deleted; absent owners beside a present one are struck out. */
function collectUnowned(state: ClusterState, kind: Kind, object: KubeObject): void {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0) return;
  const absent = owners.filter((owner) => !isOwnerPresent(state, object, owner));
  if (absent.length === 0) return;
  if (absent.length < owners.length) return removeOwner(state, kind, object, absent.map((owner) => owner.uid));
  const { namespace, name, uid } = object.metadata;
  deleteObject(state, kind, namespace, name, { propagationPolicy: 'Background', preconditions: { uid } });
}

function isOwnerPresent(state: ClusterState, object: KubeObject, owner: OwnerReference): boolean {
  const kind = kindByGvk(owner.apiVersion, owner.kind);
  // An owner of a kind that is not served cannot be looked up; upstream leaves such objects alone.
  if (kind === undefined) return true;
  return getObject(state, kind, kind.namespaced ? object.metadata.namespace : undefined, owner.name)?.metadata.uid === owner.uid;
}

function removeOwner(state: ClusterState, kind: Kind, object: KubeObject, uids: readonly string[]): void {
  const left = (object.metadata.ownerReferences ?? []).filter((owner) => !uids.includes(owner.uid));
  const { ownerReferences: _all, ...rest } = object.metadata;
  writeObject(state, kind, { ...object, metadata: left.length === 0 ? rest : { ...rest, ownerReferences: left } });
}

function removeFinalizer(state: ClusterState, kind: Kind, object: KubeObject, finalizer: string): void {
  const left = (object.metadata.finalizers ?? []).filter((item) => item !== finalizer);
  const { finalizers: _all, ...rest } = object.metadata;
  writeObject(state, kind, { ...object, metadata: left.length === 0 ? rest : { ...rest, finalizers: left } });
}
