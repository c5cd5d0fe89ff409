// Stored objects as readers see them: with what others would have written into them by now, and in the version that was asked for.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { StoredObject } from '../../kernel/store.ts';
import { type Kind, storedResourceOf } from '../../kinds/kind.ts';
import { type EncodedObject, encodedObject, inVersion } from './encoded-object.ts';

/**
 * An object of a resource with what is not written each time it happens, such as the heartbeats of nodes (K801, K802); the same object where nothing is
 * added. The API server does not know who writes what: the cluster says it.
 */
export type Projection = (state: ClusterState, resource: string, object: KubeObject) => KubeObject;

/** A stored object as readers of a kind see it. Whoever has looked at it already passes what he saw: one that is kept as JSON is parsed anew each time. */
export function show(
  state: ClusterState,
  kind: Kind,
  stored: StoredObject,
  project: Projection,
  object: KubeObject = stored.object as KubeObject,
): EncodedObject {
  const projected = project(state, storedResourceOf(kind), object);
  return inVersion(kind, projected === object ? { object, json: stored.json } : encodedObject(projected));
}
