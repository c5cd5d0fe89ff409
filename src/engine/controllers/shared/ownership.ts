// Whose an object is: the references to its owners, what adoption adds to them, and what a release takes away.
// Upstream: pkg/controller/controller_ref_manager.go, apimachinery/pkg/apis/meta/v1/controller_ref.go (v1.33). Rules: C115-C117, C305, C903-C906.

import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';
import { writeObject } from '../../apiserver/api.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';

/** C115: the reference of a controlling owner. */
export function controllerReference(kind: Kind, owner: KubeObject): OwnerReference {
  const { name, uid } = owner.metadata;
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** An owner that claims what it finds. */
export interface Claimant {
  readonly kind: Kind;
  readonly owner: KubeObject;
  /** What an adopted object keeps until the owner lets it go (C305). */
  readonly finalizer?: string | undefined;
}

/** C115: the object is the claimant's. What the claimant read is what is stored, so that no second, live read is needed; nothing is told of it (C117). */
export function adopt<T extends KubeObject>(
  state: ClusterState,
  kind: Kind<T>,
  object: T,
  { kind: owning, owner, finalizer }: Claimant,
): T {
  const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerReference(owning, owner)];
  const before = object.metadata.finalizers ?? [];
  const finalizers = finalizer === undefined || before.includes(finalizer) ? before : [...before, finalizer];
  const metadata = { ...object.metadata, ownerReferences, ...(finalizers.length === 0 ? {} : { finalizers }) };
  return writeObject(state, kind, { ...object, metadata });
}

/** C116: the owner of a uid is none any more; other references stay. */
export function release<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: T, uid: string): T {
  return writeOwners(
    state,
    kind,
    object,
    (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid),
  );
}

/** Replaces the references of an object; an empty list is none. */
export function writeOwners<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: T, owners: readonly OwnerReference[]): T {
  const { ownerReferences: _before, ...metadata } = object.metadata;
  return writeObject(state, kind, {
    ...object,
    metadata: owners.length === 0 ? metadata : { ...object.metadata, ownerReferences: owners },
  });
}
