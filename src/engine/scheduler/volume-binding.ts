// The claims of a pod: whether it can be placed at all, on which nodes, and the wait until volumes are bound for the node that was chosen.
// Upstream: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go, volumerestrictions (v1.33).
// Omits capacities that drivers report, and reservations between pods that wait at the same time for static volumes of one class.

import { getObject, listByTerm, unorderedByTerm, writeObject } from '../apiserver/api.ts';
import { claimedVolumeTerm, freeVolumeTerm, persistentVolumeKind } from '../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../kinds/persistentvolumeclaim/types.ts';
import { nodeKind } from '../kinds/node/index.ts';
import type { Node } from '../kinds/node/types.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { claimNameOf, claimNamesOf, claimTerm } from '../kinds/shared/pod-sources.ts';
import { classNameOf, driverOf, STORAGE_ANNOTATIONS } from '../kinds/shared/storage.ts';
import { findVolume, isUsableOn } from '../kinds/shared/volume-match.ts';
import { storageClassKind } from '../kinds/storageclass/index.ts';
import { TIMER_RANKS } from '../kernel/component.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { keyOf } from '../kernel/store.ts';
import { clearTimer, setTimer } from '../kernel/timers.ts';
import { type NodeCache, refreshPod } from './node-cache.ts';
import { isPodPhaseTerminal } from '../kinds/shared/pod-state.ts';

const NODE_CONFLICT = 'node(s) had volume node affinity conflict';
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind";
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** A claim that is bound for the first pod that uses it. */
interface DelayedClaim {
  readonly claim: PersistentVolumeClaim;
  readonly candidates: readonly PersistentVolume[];
  /** Nobody makes a volume when none is there. */
  readonly isStatic: boolean;
}

/** What the scheduler needs to know of a pod's claims, read once per attempt. */
export interface VolumeFacts {
  /** Why no node at all will do. */
  readonly problem?: string;
  readonly bound: readonly PersistentVolume[];
  readonly delayed: readonly DelayedClaim[];
  /** Another pod has a claim that is for one pod only. */
  readonly isExclusiveTaken: boolean;
}

/** The facts of a pod with claims; undefined for one without. */
export function volumeFactsOf(state: ClusterState, pod: Pod): VolumeFacts | undefined {
  const names = claimNamesOf(pod.spec, pod.metadata.name);
  if (names.length === 0) return undefined;
  const { namespace = '' } = pod.metadata;
  const bound: PersistentVolume[] = [];
  const delayed: DelayedClaim[] = [];
  let isExclusiveTaken = false;
  const fail = (problem: string): VolumeFacts => ({ problem, bound, delayed, isExclusiveTaken });
  for (const name of names) {
    const claim = getObject(state, persistentVolumeClaimKind, namespace, name);
    const quoted = JSON.stringify(name);
    if (claim === undefined) return fail(missing(pod, name));
    if (claim.status.phase === 'Lost')
      return fail(`persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName ?? '')}`);
    if (claim.metadata.deletionTimestamp !== undefined) return fail(`persistentvolumeclaim ${quoted} is being deleted`);
    if (claim.spec.accessModes?.includes('ReadWriteOncePod') === true) isExclusiveTaken ||= isMountedElsewhere(state, pod, name);
    const volume = getObject(state, persistentVolumeKind, undefined, claim.spec.volumeName ?? '');
    if (isBound(claim) && volume !== undefined) bound.push(volume);
    else {
      const waiting = delayedClaim(state, claim);
      if (waiting === undefined) return fail('pod has unbound immediate PersistentVolumeClaims');
      delayed.push(waiting);
    }
  }
  return { bound, delayed, isExclusiveTaken };
}

function missing(pod: Pod, claimName: string): string {
  const isEphemeral = (pod.spec.volumes ?? []).some(
    (volume) => volume['ephemeral'] !== undefined && claimNameOf(volume, pod.metadata.name) === claimName,
  );
  const name = JSON.stringify(claimName);
  return isEphemeral
    ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${name}`
    : `persistentvolumeclaim ${name} not found`;
}

function isBound(claim: PersistentVolumeClaim): boolean {
  return (claim.spec.volumeName ?? '') !== '' && claim.metadata.annotations?.[STORAGE_ANNOTATIONS.bindCompleted] !== undefined;
}

function isMountedElsewhere(state: ClusterState, pod: Pod, claimName: string): boolean {
  const others = unorderedByTerm(state, podKind, claimTerm(pod.metadata.namespace ?? '', claimName));
  return others.some(
    ({ metadata, spec, status }) => metadata.uid !== pod.metadata.uid && (spec.nodeName ?? '') !== '' && !isPodPhaseTerminal(status.phase),
  );
}

function delayedClaim(state: ClusterState, claim: PersistentVolumeClaim): DelayedClaim | undefined {
  const className = classNameOf(claim) ?? '';
  const storageClass = getObject(state, storageClassKind, undefined, className);
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer' || (claim.spec.volumeName ?? '') !== '') return undefined;
  const { namespace = '', name } = claim.metadata;
  const kept = listByTerm(state, persistentVolumeKind, claimedVolumeTerm(namespace, name));
  const candidates = [...kept, ...unorderedByTerm(state, persistentVolumeKind, freeVolumeTerm(className))];
  const isStatic = storageClass.provisioner === NO_PROVISIONER || driverOf(storageClass.provisioner) === undefined;
  return { claim, candidates, isStatic };
}

/** Why a node will not do, or undefined. */
export function volumeReasons(facts: VolumeFacts | undefined, node: Node): readonly string[] | undefined {
  if (facts === undefined) return undefined;
  const reasons: string[] = [];
  if (facts.bound.some((volume) => !isUsableOn(volume, node))) reasons.push(NODE_CONFLICT);
  if (choose(facts, node) === undefined) reasons.push(NO_VOLUME);
  return reasons.length === 0 ? undefined : reasons;
}

/** A volume for each claim that waits, or null where one will be made; undefined when the node lacks one. */
function choose(facts: VolumeFacts, node: Node): ReadonlyMap<PersistentVolumeClaim, PersistentVolume | null> | undefined {
  const chosen = new Map<PersistentVolumeClaim, PersistentVolume | null>();
  const taken = new Set<string>();
  for (const { claim, candidates, isStatic } of facts.delayed) {
    const selected = claim.metadata.annotations?.[STORAGE_ANNOTATIONS.selectedNode];
    if (selected !== undefined && selected !== node.metadata.name) return undefined;
    const volume = findVolume(claim, candidates, { node, isDelayed: true, taken });
    if (volume === undefined && isStatic) return undefined;
    if (volume !== undefined) taken.add(volume.metadata.name);
    chosen.set(claim, volume ?? null);
  }
  return chosen;
}

/** A pod that has a node but not its volumes yet: it counts on the node, and is bound when they are there. */
interface WaitingForVolumes {
  readonly uid: string;
  readonly nodeName: string;
  readonly sinceMs: number;
}

const waitingForVolumes = defineTable<WaitingForVolumes>('scheduler.volumes');

/** Binding looks every second whether the volumes are there, and gives up after ten minutes. */
export const VOLUMES_TIMER = 'scheduler.volumes';
const POLL_MS = 1_000;
const TIMEOUT_MS = 600_000;

/** True when the pod has to wait for volumes, which are asked for now. */
export function beginVolumeBinding(
  state: ClusterState,
  cache: NodeCache,
  pod: Pod,
  nodeName: string,
  facts: VolumeFacts | undefined,
): boolean {
  if (facts === undefined || facts.delayed.length === 0) return false;
  const node = getObject(state, nodeKind, undefined, nodeName);
  for (const [claim, volume] of (node === undefined ? undefined : choose(facts, node)) ?? []) {
    if (volume === null) annotate(state, claim, nodeName);
    else reserve(state, claim, volume);
  }
  const key = keyOf(pod);
  waitingForVolumes.put(state, key, { uid: pod.metadata.uid, nodeName, sinceMs: state.nowMs });
  refreshPod(cache, key, placedOn(pod, nodeName));
  arm(state, key, state.nowMs + TIMEOUT_MS);
  return true;
}

function annotate(state: ClusterState, claim: PersistentVolumeClaim, nodeName: string): void {
  const annotations = { ...claim.metadata.annotations, [STORAGE_ANNOTATIONS.selectedNode]: nodeName };
  writeObject(state, persistentVolumeClaimKind, { ...claim, metadata: { ...claim.metadata, annotations } });
}

/** The volume names the claim; the rest is up to the volume controller. */
function reserve(state: ClusterState, claim: PersistentVolumeClaim, volume: PersistentVolume): void {
  const { namespace = '', name, uid, resourceVersion } = claim.metadata;
  const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion };
  const annotations = { ...volume.metadata.annotations, [STORAGE_ANNOTATIONS.boundByController]: 'yes' };
  const metadata = volume.spec.claimRef === undefined ? { ...volume.metadata, annotations } : volume.metadata;
  writeObject(state, persistentVolumeKind, { ...volume, metadata, spec: { ...volume.spec, claimRef } });
}

/** Pods that wait for their volumes count on their nodes. */
export function assumeWaiting(state: ClusterState, cache: NodeCache): void {
  for (const [key, { uid, nodeName }] of waitingForVolumes.rows(state)) {
    const pod = podOf(state, key);
    if (pod?.metadata.uid === uid && (pod.spec.nodeName ?? '') === '') refreshPod(cache, key, placedOn(pod, nodeName));
  }
}

function placedOn(pod: Pod, nodeName: string): Pod {
  return { ...pod, spec: { ...pod.spec, nodeName } };
}

export function isWaitingForVolumes(state: ClusterState, key: string): boolean {
  return waitingForVolumes.has(state, key);
}

export function forgetVolumeBinding(state: ClusterState, key: string): void {
  if (waitingForVolumes.remove(state, key)) clearTimer(state, VOLUMES_TIMER, key);
}

/** A claim changed: the pods that wait for it are looked at with their next poll. */
export function noteClaim(state: ClusterState, namespace: string, name: string): void {
  if (waitingForVolumes.rows(state).size === 0) return;
  for (const pod of unorderedByTerm(state, podKind, claimTerm(namespace, name))) {
    const key = keyOf(pod);
    const row = waitingForVolumes.get(state, key);
    if (row === undefined || !hasVolumes(state, pod)) continue;
    const polls = Math.max(1, Math.ceil((state.nowMs - row.sinceMs) / POLL_MS));
    arm(state, key, row.sinceMs + polls * POLL_MS);
  }
}

/** How the wait of a pod ended: the node it goes to, or nothing when it has to be placed anew. */
export function endVolumeBinding(
  state: ClusterState,
  key: string,
): { readonly pod: Pod; readonly nodeName: string | undefined } | undefined {
  const row = waitingForVolumes.get(state, key);
  const pod = podOf(state, key);
  forgetVolumeBinding(state, key);
  if (row === undefined || pod === undefined || pod.metadata.uid !== row.uid) return undefined;
  return { pod, nodeName: hasVolumes(state, pod) ? row.nodeName : undefined };
}

function hasVolumes(state: ClusterState, pod: Pod): boolean {
  return claimNamesOf(pod.spec, pod.metadata.name).every((name) => {
    const claim = getObject(state, persistentVolumeClaimKind, pod.metadata.namespace, name);
    return claim?.status.phase === 'Bound';
  });
}

function podOf(state: ClusterState, key: string): Pod | undefined {
  const [namespace = '', name = ''] = key.split('/');
  return getObject(state, podKind, namespace, name);
}

function arm(state: ClusterState, key: string, dueMs: number): void {
  setTimer(state, { dueMs, rank: TIMER_RANKS.controller, order: 0, owner: VOLUMES_TIMER, key });
}
