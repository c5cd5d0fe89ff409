// Which pods an owner controls, for owners whose syncs look at all their pods anyway: adopts orphans that match, releases pods that match no
// more. (ReplicaSets keep a memo of it instead, see replicaset/claims.ts.)
// Upstream: pkg/controller/controller_ref_manager.go PodControllerRefManager (v1.33). Rules: C114-C118, C305, C431.

import { matchesSelector, type Selector } from '../../apimachinery/labels.ts';
import { controllerOf, isDeleting, type KubeObject } from '../../apimachinery/meta.ts';
import { compareObjects, listBySelector, listByTerm } from '../../apiserver/api.ts';
import type { Kind } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { adopt, release } from './ownership.ts';

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
    if (!isOwnerDeleting) release(state, podKind, pod, uid); // Its own pods that match no more are released (C114.3).
    return false;
  });
  if (isOwnerDeleting) return kept;
  const adopted = listBySelector(state, podKind, namespace, rules.selector)
    .filter((pod) => controllerOf(pod) === undefined && !isDeleting(pod) && matches(pod))
    .map((pod) => adopt(state, podKind, pod, { kind: rules.kind, owner, finalizer: rules.adoptedFinalizer })); // Matching pods that nobody owns are adopted (C114.4).
  return adopted.length === 0 ? kept : [...kept, ...adopted].sort(compareObjects);
}
