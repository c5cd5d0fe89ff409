// What the collector does with one object: collect it, wait for its dependents, or set them free.
// Upstream: pkg/controller/garbagecollector/{garbagecollector,operations}.go (v1.33). Rules: C902-C908.

import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';
import { deleteObject, getObject, writeObject } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { release, writeOwners } from '../shared/ownership.ts';
import { type Dependent, dependentsOf, hasDependents, isOwnerElsewhere, standingOf } from './ownership.ts';
import { FOREGROUND_FINALIZER, isDeletingDependents, isOrphaningDependents, isReleased, ORPHAN_FINALIZER, planCollection } from './plan.ts';

/** Brings one object up to date with its owners and dependents. */
export function collectObject(state: ClusterState, kind: Kind, namespace: string | undefined, name: string): void {
  const object = getObject(state, kind, namespace, name);
  if (object === undefined) return;
  if (isOrphaningDependents(object)) orphanDependents(state, kind, object);
  else if (isDeletingDependents(object)) deleteDependents(state, kind, object);
  else collect(state, kind, object);
}

/** Deletes what nothing holds any more, or takes references to what is gone out of it (C902, C905, C906). */
function collect(state: ClusterState, kind: Kind, object: KubeObject): void {
  const owners = object.metadata.ownerReferences ?? [];
  const standings = owners.map((owner) => standingOf(state, object, owner));
  owners.forEach((owner, i) => {
    // A cluster-scoped object cannot have an owner in a namespace: it stays, and the reference is reported.
    if (standings[i] === 'absent' || standings[i] === 'unknown') reportElsewhere(state, object, owner);
  });
  const plan = planCollection(object, standings, {
    hasDependents: hasDependents(state, object.metadata.uid),
    hasDeletingDependent: standings.includes('waiting') && hasDeletingDependent(state, object),
  });
  switch (plan.kind) {
    case 'keep':
      return;
    case 'strike-out':
      writeOwners(
        state,
        kind,
        object,
        owners.filter((owner) => !plan.uids.includes(owner.uid)),
      );
      return;
    case 'delete': {
      const freed = plan.unblocks ? unblockOwners(state, kind, object) : object;
      const { namespace, name, uid } = freed.metadata;
      deleteObject(state, kind, namespace, name, { propagationPolicy: plan.policy, preconditions: { uid } });
    }
  }
}

/** C903: the dependents go first; the owner follows when none that blocks it is left. */
function deleteDependents(state: ClusterState, kind: Kind, owner: KubeObject): void {
  const { uid } = owner.metadata;
  for (const dependent of dependentsOf(state, uid)) collect(state, dependent.kind, dependent.object);
  if (
    isReleased(
      uid,
      dependentsOf(state, uid).map(({ object }) => object),
    )
  )
    removeFinalizer(state, kind, owner, FOREGROUND_FINALIZER);
}

/** C904: the dependents forget the owner, then it may go. */
function orphanDependents(state: ClusterState, kind: Kind, owner: KubeObject): void {
  const { uid } = owner.metadata;
  for (const { kind: dependentKind, object } of dependentsOf(state, uid)) release(state, dependentKind, object, uid);
  removeFinalizer(state, kind, owner, ORPHAN_FINALIZER);
}

function hasDeletingDependent(state: ClusterState, object: KubeObject): boolean {
  return dependentsOf(state, object.metadata.uid).some((dependent: Dependent) => isDeletingDependents(dependent.object));
}

/** C903: the object no longer makes its owners wait, because it will wait itself. */
function unblockOwners(state: ClusterState, kind: Kind, object: KubeObject): KubeObject {
  const owners = (object.metadata.ownerReferences ?? []).map((owner) => ({ ...owner, blockOwnerDeletion: false }));
  return writeOwners(state, kind, object, owners);
}

/** Tells of an owner in another namespace, which counts as absent (C907). */
function reportElsewhere(state: ClusterState, object: KubeObject, owner: OwnerReference): void {
  if (!isOwnerElsewhere(state, object, owner)) return;
  const { namespace = '' } = object.metadata;
  recordEvent(state, {
    source: { component: 'garbage-collector-controller' },
    regarding: object,
    type: 'Warning',
    reason: 'OwnerRefInvalidNamespace',
    message: `ownerRef [${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}] does not exist in namespace "${namespace}"`,
  });
}

function removeFinalizer(state: ClusterState, kind: Kind, object: KubeObject, finalizer: string): void {
  const { finalizers: before = [], ...metadata } = object.metadata;
  const finalizers = before.filter((item) => item !== finalizer);
  writeObject(state, kind, { ...object, metadata: finalizers.length === 0 ? metadata : { ...object.metadata, finalizers } });
}
