// Who owns whom: looking up an owner as a reference names it, and the objects that name an owner.
// Upstream: pkg/controller/garbagecollector/graph_builder.go (v1.33). Rules: C905-C907, C909.

import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';
import { getObject, listByTerm } from '../../apiserver/api.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { getStored, keysByTerm } from '../../kernel/store.ts';
import { clusterKindByGvk, customResources } from '../../apiserver/cluster-kinds.ts';
import { KINDS } from '../../kinds/index.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import { isDeletingDependents, type OwnerStanding } from './plan.ts';

/** C909: everything that may have owners and be an owner, custom resources aside. */
export const COLLECTED_KINDS: readonly Kind[] = KINDS.filter((kind) => kind.plural !== 'events');

function collectedKinds(state: ClusterState): readonly Kind[] {
  const custom = customResources(state);
  return custom.length === 0 ? COLLECTED_KINDS : [...COLLECTED_KINDS, ...custom];
}

/** An object and its kind. */
export interface Dependent {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** Objects that name the owner, kind by kind, each in list order. */
export function dependentsOf(state: ClusterState, uid: string): Dependent[] {
  return collectedKinds(state).flatMap((kind) => listByTerm(state, kind, `owner:${uid}`).map((object) => ({ kind, object })));
}

/** True when some object names the owner. */
export function hasDependents(state: ClusterState, uid: string): boolean {
  return collectedKinds(state).some((kind) => keysByTerm(state, resourceOf(kind), `owner:${uid}`).size > 0);
}

/** How the owner that a reference of `object` names stands. */
export function standingOf(state: ClusterState, object: KubeObject, reference: OwnerReference): OwnerStanding {
  const kind = clusterKindByGvk(state, reference.apiVersion, reference.kind);
  if (kind === undefined) return 'unknown';
  if (kind.namespaced && object.metadata.namespace === undefined) return 'unknown'; // C907: a cluster-scoped object cannot have such an owner
  const owner = getObject(state, kind, object.metadata.namespace, reference.name);
  if (owner?.metadata.uid !== reference.uid) return 'absent'; // C906: the UID counts, not the name
  return isDeletingDependents(owner) ? 'waiting' : 'solid';
}

/** C907: true when the owner exists, but in another namespace. */
export function isOwnerElsewhere(state: ClusterState, object: KubeObject, reference: OwnerReference): boolean {
  const kind = clusterKindByGvk(state, reference.apiVersion, reference.kind);
  if (kind?.namespaced !== true) return false;
  const resource = resourceOf(kind);
  for (const namespace of state.derived.namespaces.get(resource)?.keys() ?? []) {
    if (namespace === object.metadata.namespace) continue;
    if (getStored(state, resource, `${namespace}/${reference.name}`)?.object.metadata.uid === reference.uid) return true;
  }
  return false;
}
