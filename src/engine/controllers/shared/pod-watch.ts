// What a pod change means for the owners of pods: which of them it concerns, and how.
// Upstream: addPod, updatePod, deletePod of pkg/controller/{job,daemon,statefulset} (v1.33). Rules: C101, C102, C104.

import { matchesSelector, type Selector } from '../../apimachinery/labels.ts';
import { controllerOf, isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { getObject, listObjects } from '../../apiserver/api.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Change } from '../../kernel/store.ts';

/** `created` and `ended` count for expectations; `ended` is the start of a deletion, or the end of a pod that never saw one. */
export type PodNews = 'created' | 'changed' | 'ended' | 'left' | 'orphan';

export interface PodWatch<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly selectorOf: (owner: T) => Selector;
  readonly receive: (state: ClusterState, owner: T, news: PodNews, pod: Pod, previous: Pod | undefined) => void;
}

/** Tells every owner that the change concerns. */
export function receivePodChange<T extends KubeObject>(state: ClusterState, watch: PodWatch<T>, change: Change): void {
  const pod = change.object as Pod;
  const previous = change.previous as Pod | undefined;
  const tell = (owner: T | undefined, news: PodNews): void => {
    if (owner !== undefined) watch.receive(state, owner, news, pod, previous);
  };
  if (change.type === 'DELETED') {
    tell(resolveOwner(state, watch.kind, pod), 'ended'); // C104: an orphan's end wakes nobody
    return;
  }
  if (previous !== undefined && controllerOf(previous)?.uid !== controllerOf(pod)?.uid)
    tell(resolveOwner(state, watch.kind, previous), 'left'); // An owner that lost its pod must know (C102).
  if (controllerOf(pod) !== undefined) {
    const isEnding = pod.metadata.deletionTimestamp !== undefined && previous?.metadata.deletionTimestamp === undefined;
    tell(resolveOwner(state, watch.kind, pod), isEnding ? 'ended' : previous === undefined ? 'created' : 'changed');
    return;
  }
  if (previous !== undefined && controllerOf(previous) === undefined && isJsonEqual(pod.metadata.labels, previous.metadata.labels)) return;
  if (pod.metadata.deletionTimestamp !== undefined) return;
  for (const owner of listObjects(state, watch.kind, pod.metadata.namespace)) {
    if (matchesSelector(watch.selectorOf(owner), pod.metadata.labels)) tell(owner, 'orphan'); // An orphan may be somebody's (C101).
  }
}

/** C101: the owner that the pod's controller reference names; kind, name and UID must match. */
export function resolveOwner<T extends KubeObject>(state: ClusterState, kind: Kind<T>, object: KubeObject): T | undefined {
  const reference = controllerOf(object);
  if (reference === undefined || reference.kind !== kind.kind) return undefined;
  const owner = getObject(state, kind, object.metadata.namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}
