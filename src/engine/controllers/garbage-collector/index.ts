// Deletes objects whose owners are gone, and carries out deletion in the foreground and orphaning.
// Upstream: pkg/controller/garbagecollector (v1.33). Rules: C901-C910, C932.
// Omits: retries with back-off (C908), as no write of the collector can fail for a passing reason.

import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';
import { type Component, CUSTOM_RESOURCES } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Change } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { clusterKindByGvk, clusterKindByResource } from '../../apiserver/cluster-kinds.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import { COLLECTED_KINDS, dependentsOf, standingOf } from './ownership.ts';
import { isDeletingDependents, isOrphaningDependents } from './plan.ts';
import { collectObject } from './reconcile.ts';

const NAME = 'garbage-collector';

export const garbageCollector: Component = {
  name: NAME,
  watches: Object.fromEntries([...COLLECTED_KINDS.map(resourceOf), CUSTOM_RESOURCES].map((resource) => [resource, receive])),
  reconcile,
  timers: {},
};

function receive(state: ClusterState, change: Change): void {
  const object = change.object as KubeObject;
  if (change.type === 'DELETED') receiveDeletion(state, object);
  else receiveWrite(state, change, object, change.previous as KubeObject | undefined);
}

/** Dependents may have to go (C902), and owners that wait may go now (C903). */
function receiveDeletion(state: ClusterState, object: KubeObject): void {
  for (const dependent of dependentsOf(state, object.metadata.uid)) add(state, dependent.kind, dependent.object);
  for (const owner of object.metadata.ownerReferences ?? []) addOwner(state, object, owner);
}

function receiveWrite(state: ClusterState, change: Change, object: KubeObject, previous: KubeObject | undefined): void {
  const { ownerReferences = [] } = object.metadata;
  const kind = clusterKindByResource(state, change.resource);
  if (kind === undefined) return;
  if (isDeletingDependents(object) || isOrphaningDependents(object)) add(state, kind, object);
  if (previous === undefined || previous.metadata.ownerReferences !== object.metadata.ownerReferences) {
    // A reference to a solid owner is the rule and costs one look (C906).
    if (ownerReferences.some((owner) => standingOf(state, object, owner) !== 'solid')) add(state, kind, object);
    for (const owner of previous?.metadata.ownerReferences ?? []) addOwner(state, object, owner); // it may block its owner no more
  }
}

function addOwner(state: ClusterState, object: KubeObject, owner: OwnerReference): void {
  const kind = clusterKindByGvk(state, owner.apiVersion, owner.kind);
  if (kind === undefined || standingOf(state, object, owner) !== 'waiting') return;
  enqueue(state, NAME, keyOf(kind, object.metadata.namespace, owner.name));
}

function add(state: ClusterState, kind: Kind, object: KubeObject): void {
  enqueue(state, NAME, keyOf(kind, object.metadata.namespace, object.metadata.name));
}

/** `resource|namespace|name`. */
function keyOf(kind: Kind, namespace: string | undefined, name: string): string {
  return `${resourceOf(kind)}|${kind.namespaced ? (namespace ?? '') : ''}|${name}`;
}

function reconcile(state: ClusterState, key: string): void {
  const [resource = '', namespace = '', name = ''] = key.split('|');
  const kind = clusterKindByResource(state, resource);
  if (kind !== undefined) collectObject(state, kind, kind.namespaced ? namespace : undefined, name);
}
