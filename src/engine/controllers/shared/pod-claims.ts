// Which pods an owner controls, for owners whose syncs look at all their pods anyway: adopts orphans that match, releases pods that match no
// more. (ReplicaSets keep a memo of it instead, see replicaset/claims.ts.)
// Upstream: pkg/controller/controller_ref_manager.go PodControllerRefManager (v1.33). Rules: C114-C118, C305, C431.

import { compareText } from '../../apimachinery/text.ts';
import { matchesSelector, type Selector } from '../../apimachinery/labels.ts';
import { controllerOf, isDeleting, type KubeObject } from '../../apimachinery/meta.ts';
import { listBySelector, listByTerm, writeObject } from '../../apiserver/api.ts';
import type { Kind } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { controllerReference } from './pod-control.ts';

export interface ClaimRules {
  readonly kind: Kind;
  readonly selector: Selector;
  /** A further condition for being claimed (C431). */
  readonly accepts?: (pod: Pod) => boolean;
  /** What adoption adds to the reference (C305). */
  readonly adoptedFinalizer?: string;
}

/** Settles the claims of an owner and returns its pods in list order, finished and terminating ones included. */
export function claimPods(state: ClusterState, owner: KubeObject, rules: ClaimRules): readonly Pod[] {
  const { uid, namespace = '' } = owner.metadata;
  const matches = (pod: Pod): boolean =>
    matchesSelector(rules.selector, pod.metadata.labels) && (rules.accepts === undefined || rules.accepts(pod));
  const owned = listByTerm(state, podKind, `owner:${uid}`).filter((pod) => controllerOf(pod)?.uid === uid);
  const isOwnerDeleting = isDeleting(owner);
  const kept = owned.filter((pod) => {
    if (matches(pod)) return true;
    if (!isOwnerDeleting) release(state, pod, uid); // Its own pods that match no more are released (C114.3).
    return false;
  });
  if (isOwnerDeleting) return kept;
  const adopted = listBySelector(state, podKind, namespace, rules.selector)
    .filter((pod) => controllerOf(pod) === undefined && !isDeleting(pod) && matches(pod))
    .map((pod) => adopt(state, owner, pod, rules)); // Matching pods that nobody owns are adopted (C114.4).
  return adopted.length === 0 ? kept : [...kept, ...adopted].sort(compareListOrder);
}

function adopt(state: ClusterState, owner: KubeObject, pod: Pod, rules: ClaimRules): Pod {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReference(rules.kind, owner)];
  const { adoptedFinalizer: finalizer } = rules;
  const before = pod.metadata.finalizers ?? [];
  const finalizers = finalizer === undefined || before.includes(finalizer) ? before : [...before, finalizer];
  const metadata = { ...pod.metadata, ownerReferences, ...(finalizers.length === 0 ? {} : { finalizers }) };
  return writeObject(state, podKind, { ...pod, metadata });
}

/** C116: removes this owner's entry and keeps the others. */
function release(state: ClusterState, pod: Pod, uid: string): void {
  const { ownerReferences = [], ...metadata } = pod.metadata;
  const others = ownerReferences.filter((reference) => reference.uid !== uid);
  writeObject(state, podKind, { ...pod, metadata: others.length === 0 ? metadata : { ...pod.metadata, ownerReferences: others } });
}

/** The order of lists (`listOrder` in docs/glossary.md): creation time, then name. */
function compareListOrder(a: Pod, b: Pod): number {
  const x = a.metadata;
  const y = b.metadata;
  if (x.creationTimestamp !== y.creationTimestamp) return x.creationTimestamp < y.creationTimestamp ? -1 : 1;
  return compareText(x.name, y.name);
}
