// Which active pods an owner has claimed. The answer is a memo that every pod change keeps up to date, so that a sync of 10 000 pods in
// which one became Ready costs one pod and not 10 000. It holds nothing that the stored objects do not say, and is built again from them
// when it is absent.
// Upstream: pkg/controller/controller_ref_manager.go (v1.33). Rules: C110, C114, C118.

import { compareText } from '../../apimachinery/text.ts';
import { controllerOf, type KubeObject, type StringMap } from '../../apimachinery/meta.ts';
import { matchesSelector, type Selector } from '../../apimachinery/labels.ts';
import { listBySelector, listByTerm } from '../../apiserver/api.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Change, getStored, keyOf, objectKey } from '../../kernel/store.ts';
import { isAvailableSince, isPodActive, readySinceMs } from '../shared/pods.ts';
import type { ReplicaControllerData, ReplicaOwner } from './owner.ts';
import type { ClaimedCounts } from './status.ts';

/** The claims of one owner. */
interface Claims {
  readonly uid: string;
  readonly namespace: string;
  readonly selector: Selector;
  /** References by which a change of the owner is noticed. */
  readonly selectorSource: unknown;
  readonly templateLabels: StringMap | undefined;
  /** Claimed active pods by key. */
  readonly pods: Map<string, PodFacts>;
  /** Keys of active pods to adopt or to release at the next sync. */
  readonly unsettled: Set<string>;
  labeledCount: number;
  readyCount: number;
}

interface PodFacts {
  readonly isLabeled: boolean;
  /** Undefined while the pod is not ready. */
  readonly readyMs: number | undefined;
}

interface Memo {
  readonly byUid: Map<string, Claims>;
  readonly byNamespace: Map<string, Set<Claims>>;
  /** Pod key → uid of the owner that claims it. */
  readonly ownerUids: Map<string, string>;
  /** How far the memo has read the changes of which command. */
  commit: number;
  cursor: number;
}

/** Takes a pod change into account. Reads the stored pod, so it may be told of a change more than once. */
export function noteClaimChange(state: ClusterState, data: ReplicaControllerData, change: Change): void {
  const memo = memoOf(state, data);
  if (memo.byUid.size > 0) refreshPod(state, memo, keyOf(change.object));
}

/** Forgets the claims of an owner that is gone. */
export function dropClaims(state: ClusterState, data: ReplicaControllerData, uid: string): void {
  const memo = memoOf(state, data);
  const claims = memo.byUid.get(uid);
  if (claims === undefined) return;
  memo.byUid.delete(uid);
  memo.byNamespace.get(claims.namespace)?.delete(claims);
  for (const key of claims.pods.keys()) if (memo.ownerUids.get(key) === uid) memo.ownerUids.delete(key);
}

/** Pods that the owner must adopt or release now, in list order. */
export function unsettledPods(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): readonly Pod[] {
  const claims = claimsOf(state, data, owner);
  if (claims.unsettled.size === 0) return [];
  const pods = podsOf(state, claims.unsettled);
  claims.unsettled.clear();
  return pods.filter((pod) => isPodActive(pod) && (controllerOf(pod)?.uid ?? owner.metadata.uid) === owner.metadata.uid);
}

/** The claimed pods, in list order. */
export function claimedPods(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): readonly Pod[] {
  return podsOf(state, claimsOf(state, data, owner).pods.keys());
}

/** Counts of the claimed pods. */
export function countClaimed(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): ClaimedCounts {
  const claims = claimsOf(state, data, owner);
  return {
    claimed: claims.pods.size,
    fullyLabeled: claims.labeledCount,
    ready: claims.readyCount,
    available: countAvailable(claims, owner.spec.minReadySeconds ?? 0, state.nowMs),
  };
}

/** The selector of an owner, parsed once. */
export function selectorOfOwner(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): Selector {
  const claims = memoOf(state, data).byUid.get(owner.metadata.uid);
  return claims !== undefined && claims.selectorSource === owner.spec.selector ? claims.selector : data.selectorOf(owner);
}

function countAvailable(claims: Claims, minReadySeconds: number, nowMs: number): number {
  if (minReadySeconds === 0) return claims.readyCount;
  let count = 0;
  for (const facts of claims.pods.values()) {
    if (facts.readyMs !== undefined && isAvailableSince(facts.readyMs, minReadySeconds, nowMs)) count += 1;
  }
  return count;
}

/** The up-to-date claims of an owner, built when there are none or its selector or template labels changed. */
function claimsOf(state: ClusterState, data: ReplicaControllerData, owner: ReplicaOwner): Claims {
  const memo = memoOf(state, data);
  readPendingChanges(state, memo);
  const { uid } = owner.metadata;
  const present = memo.byUid.get(uid);
  const { selector: selectorSource, template } = owner.spec;
  if (present?.selectorSource === selectorSource && present?.templateLabels === template.metadata.labels) return present as Claims;
  if (present !== undefined) dropClaims(state, data, uid);
  const claims: Claims = {
    uid,
    namespace: owner.metadata.namespace ?? '',
    selector: data.selectorOf(owner),
    selectorSource,
    templateLabels: template.metadata.labels,
    pods: new Map(),
    unsettled: new Set(),
    labeledCount: 0,
    readyCount: 0,
  };
  addClaims(memo, claims);
  for (const pod of listByTerm(state, podKind, `owner:${uid}`)) refreshPod(state, memo, keyOf(pod));
  for (const pod of listBySelector(state, podKind, claims.namespace, claims.selector)) {
    if (controllerOf(pod) === undefined) refreshPod(state, memo, keyOf(pod));
  }
  return claims;
}

function addClaims(memo: Memo, claims: Claims): void {
  memo.byUid.set(claims.uid, claims);
  const neighbours = memo.byNamespace.get(claims.namespace);
  if (neighbours === undefined) memo.byNamespace.set(claims.namespace, new Set([claims]));
  else neighbours.add(claims);
}

/** Reads the changes that were made but not delivered yet: a sync sees what is stored, whoever wrote it in this round. */
function readPendingChanges(state: ClusterState, memo: Memo): void {
  const { commitCount } = state.derived;
  if (memo.commit !== commitCount) {
    memo.commit = commitCount;
    memo.cursor = 0;
  }
  for (let i = Math.max(memo.cursor, state.deliveredCount); i < state.changes.length; i += 1) {
    const change = state.changes[i] as Change;
    if (change.resource === 'pods') refreshPod(state, memo, keyOf(change.object));
  }
  memo.cursor = state.changes.length;
}

/** Puts one pod where it belongs. */
function refreshPod(state: ClusterState, memo: Memo, key: string): void {
  const pod = getStored(state, 'pods', key)?.object as Pod | undefined;
  const isActive = pod !== undefined && isPodActive(pod);
  const controllerUid = isActive ? controllerOf(pod)?.uid : undefined;
  const claims = controllerUid === undefined ? undefined : memo.byUid.get(controllerUid);
  const isClaimed = claims !== undefined && matchesSelector(claims.selector, (pod as Pod).metadata.labels);

  const previousUid = memo.ownerUids.get(key);
  if (previousUid !== undefined && !(isClaimed && previousUid === controllerUid)) unclaim(memo, key, previousUid);
  if (isClaimed) claim(memo, claims, key, pod as Pod);
  else if (claims !== undefined)
    claims.unsettled.add(key); // Its own that match no more (C114.3).
  else if (isActive && controllerUid === undefined) noteOrphan(memo, key, pod as Pod); // Orphans that it may adopt (C114.4).
}

function noteOrphan(memo: Memo, key: string, pod: KubeObject): void {
  for (const claims of memo.byNamespace.get(pod.metadata.namespace ?? '') ?? []) {
    if (matchesSelector(claims.selector, pod.metadata.labels)) claims.unsettled.add(key);
  }
}

function claim(memo: Memo, claims: Claims, key: string, pod: Pod): void {
  count(claims, claims.pods.get(key), -1);
  const facts: PodFacts = {
    isLabeled: hasLabels(pod, claims.templateLabels),
    readyMs: readySinceMs(pod),
  };
  claims.pods.set(key, facts);
  memo.ownerUids.set(key, claims.uid);
  count(claims, facts, 1);
}

function unclaim(memo: Memo, key: string, uid: string): void {
  memo.ownerUids.delete(key);
  const claims = memo.byUid.get(uid);
  if (claims === undefined) return;
  count(claims, claims.pods.get(key), -1);
  claims.pods.delete(key);
}

function count(claims: Claims, facts: PodFacts | undefined, sign: 1 | -1): void {
  if (facts === undefined) return;
  if (facts.isLabeled) claims.labeledCount += sign;
  if (facts.readyMs !== undefined) claims.readyCount += sign;
}

/** C150: the labels contain all labels of the template. */
function hasLabels(pod: Pod, wanted: StringMap | undefined): boolean {
  const labels = pod.metadata.labels;
  for (const name in wanted) if (labels?.[name] !== wanted[name]) return false;
  return true;
}

function podsOf(state: ClusterState, keys: Iterable<string>): readonly Pod[] {
  const pods: Pod[] = [];
  for (const key of keys) {
    const stored = getStored(state, 'pods', key);
    if (stored !== undefined) pods.push(stored.object as Pod);
  }
  return pods.sort(compareListOrder);
}

/** The order of lists (`listOrder` in docs/glossary.md): creation time, then name. */
function compareListOrder(a: Pod, b: Pod): number {
  return (
    compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compareText(objectKey(a.metadata.namespace, a.metadata.name), objectKey(b.metadata.namespace, b.metadata.name))
  );
}

function memoOf(state: ClusterState, data: ReplicaControllerData): Memo {
  const name = `${data.name}.claims`;
  let memo = state.derived.memo.get(name) as Memo | undefined;
  if (memo === undefined) {
    memo = {
      byUid: new Map(),
      byNamespace: new Map(),
      ownerUids: new Map(),
      commit: state.derived.commitCount,
      cursor: 0,
    };
    state.derived.memo.set(name, memo);
  }
  return memo;
}
