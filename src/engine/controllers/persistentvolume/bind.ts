// The writes that bind a claim and a volume, and those that take them apart.
// Upstream: pkg/controller/volume/persistentvolume/pv_controller.go bind, unbindVolume, updateVolumePhase, updateClaimStatus (v1.33).

import type { StringMap } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { getObject, writeObject, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume, VolumePhase } from '../../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { STORAGE_ANNOTATIONS } from '../../kinds/shared/storage.ts';
import type { ClusterState } from '../../kernel/state.ts';

export const SOURCE = { component: 'persistentvolume-controller' } as const;

export function say(
  state: ClusterState,
  regarding: PersistentVolume | PersistentVolumeClaim,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  repeats = 1,
): void {
  recordEvent(state, { source: SOURCE, regarding, type, reason, message, repeats });
}

/** Four writes: the volume names the claim, is Bound, the claim names the volume, is Bound. What is so already is not written again. */
export function bind(state: ClusterState, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const named = nameClaim(state, volume, claim);
  setVolumePhase(state, named, 'Bound');
  const placed = nameVolume(state, claim, volume.metadata.name);
  const { accessModes, capacity } = volume.spec;
  const status = {
    phase: 'Bound' as const,
    ...(accessModes === undefined ? {} : { accessModes }),
    capacity: placed.status.phase === 'Bound' ? (placed.status.capacity ?? capacity ?? {}) : (capacity ?? {}),
    ...(placed.status.conditions === undefined ? {} : { conditions: placed.status.conditions }),
  };
  writeStatus(state, persistentVolumeClaimKind, placed, status);
}

function nameClaim(state: ClusterState, volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  if (claimRef?.uid === uid) return volume;
  const isKept = claimRef?.name === name && claimRef.namespace === namespace;
  const reference = { kind: 'PersistentVolumeClaim', namespace: namespace ?? '', name, uid, apiVersion: 'v1', resourceVersion };
  const annotations: StringMap = isKept ? {} : { [STORAGE_ANNOTATIONS.boundByController]: 'yes' };
  return writeObject(state, persistentVolumeKind, annotated({ ...volume, spec: { ...volume.spec, claimRef: reference } }, annotations));
}

function nameVolume(state: ClusterState, claim: PersistentVolumeClaim, volumeName: string): PersistentVolumeClaim {
  const isNamed = claim.spec.volumeName === volumeName;
  const annotations = {
    [STORAGE_ANNOTATIONS.bindCompleted]: 'yes',
    ...(isNamed ? {} : { [STORAGE_ANNOTATIONS.boundByController]: 'yes' }),
  };
  if (isNamed && isBindCompleted(claim)) return claim;
  return writeObject(state, persistentVolumeClaimKind, annotated({ ...claim, spec: { ...claim.spec, volumeName } }, annotations));
}

export function isBindCompleted(claim: PersistentVolumeClaim): boolean {
  return claim.metadata.annotations?.[STORAGE_ANNOTATIONS.bindCompleted] !== undefined;
}

function annotated<T extends PersistentVolume | PersistentVolumeClaim>(object: T, added: StringMap): T {
  if (Object.keys(added).length === 0) return object;
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...added } } };
}

/** Adds annotations to a claim in a write of its own. */
export function annotateClaim(state: ClusterState, claim: PersistentVolumeClaim, added: StringMap): PersistentVolumeClaim {
  const isThere = Object.entries(added).every(([name, value]) => claim.metadata.annotations?.[name] === value);
  return isThere ? claim : writeObject(state, persistentVolumeClaimKind, annotated(claim, added));
}

export function setVolumePhase(state: ClusterState, volume: PersistentVolume, phase: VolumePhase, message = ''): void {
  const present = getObject(state, persistentVolumeKind, undefined, volume.metadata.name);
  if (present === undefined || present.status.phase === phase) return;
  writeStatus(state, persistentVolumeKind, present, {
    phase,
    ...(message === '' ? {} : { message }),
    lastPhaseTransitionTime: formatTime(state.nowMs),
  });
}

/** Writes the phase of a claim that has no volume. */
export function setClaimPhase(state: ClusterState, claim: PersistentVolumeClaim, phase: 'Pending' | 'Lost'): boolean {
  const present = getObject(state, persistentVolumeClaimKind, claim.metadata.namespace, claim.metadata.name);
  if (present === undefined || present.status.phase === phase) return false;
  writeStatus(state, persistentVolumeClaimKind, present, { phase });
  return true;
}

/** The volume forgets its claim; one that a user has tied to the claim only forgets which claim of that name it was. */
export function unbind(state: ClusterState, volume: PersistentVolume): void {
  const { claimRef, ...spec } = volume.spec;
  const { [STORAGE_ANNOTATIONS.boundByController]: byController, ...annotations } = volume.metadata.annotations ?? {};
  const { annotations: _annotations, ...metadata } = volume.metadata;
  const kept = Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
  const { uid: _uid, ...name } = claimRef ?? {};
  const next = { ...volume, metadata: kept, spec: byController === undefined ? { ...spec, claimRef: name } : spec } as PersistentVolume;
  setVolumePhase(state, writeObject(state, persistentVolumeKind, next), 'Available');
}
