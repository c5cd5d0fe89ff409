// What clients read of a cluster: the reads of its API server, one function each, with the heartbeats that its kubelets have sent since (K801, K802).

import { type GetOptions, getOne } from '../apiserver/read/get.ts';
import type { EncodedObject } from '../apiserver/read/encoded-object.ts';
import { list, type ObjectList, selected } from '../apiserver/read/list.ts';
import type { ListOptions } from '../apiserver/read/list-options.ts';
import type { Selection } from '../apiserver/read/selection.ts';
import type { Result } from '../apimachinery/status.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { projectObject } from '../kubelet/node/heartbeat.ts';

/** One object, or its scale. Fails: NotFound, BadRequest, Timeout (G1, G7). */
export function readObject(state: ClusterState, options: GetOptions): Result<EncodedObject> {
  return getOne(state, options, projectObject);
}

/** The objects of a kind that are selected, or a page of them. Fails: BadRequest, Expired, Timeout (G2-G7). */
export function readList(state: ClusterState, kind: Kind, namespace: string | undefined, options: ListOptions): Result<ObjectList> {
  return list(state, kind, namespace, options, projectObject);
}

/** What is selected, by namespace and name (G3). */
export function readSelected(state: ClusterState, selection: Selection): readonly EncodedObject[] {
  return selected(state, selection, projectObject);
}
