// One look at a volume: its phase follows its claim, and without a claim it is released and reclaimed.
// Upstream: pkg/controller/volume/persistentvolume/pv_controller.go syncVolume, reclaimVolume (v1.33). Volumes that a provisioner made are
// deleted by it (controllers/volume-provisioner). Deviation: a recycled volume is free at once, because its scrubbing pod is not modelled.

import { deleteObject, getObject } from '../../apiserver/api.ts';
import { persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { sourcesOf } from '../../kinds/persistentvolume/validation.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import { STORAGE_ANNOTATIONS } from '../../kinds/shared/storage.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { say, setVolumePhase, unbind } from './bind.ts';

/** The key of a claim that has to be looked at as well. */
export function syncVolume(state: ClusterState, name: string): string | undefined {
  const volume = getObject(state, persistentVolumeKind, undefined, name);
  if (volume === undefined) return undefined;
  const { claimRef } = volume.spec;
  if (claimRef === undefined || (claimRef.uid ?? '') === '') {
    setVolumePhase(state, volume, 'Available');
    return undefined;
  }
  const claim = getObject(state, persistentVolumeClaimKind, claimRef.namespace, claimRef.name ?? '');
  if (claim === undefined || claim.metadata.uid !== claimRef.uid) {
    release(state, volume);
    return undefined;
  }
  const volumeName = claim.spec.volumeName ?? '';
  if (volumeName === '') return `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`;
  if (volumeName === name) setVolumePhase(state, volume, 'Bound');
  else if (isProvisioned(volume) && volume.spec.persistentVolumeReclaimPolicy === 'Delete') release(state, volume);
  else unbind(state, volume);
  return undefined;
}

function isProvisioned(volume: PersistentVolume): boolean {
  return volume.metadata.annotations?.[STORAGE_ANNOTATIONS.provisionedBy] !== undefined;
}

function release(state: ClusterState, volume: PersistentVolume): void {
  if (volume.status.phase === 'Failed') return;
  const isNew = volume.status.phase !== 'Released';
  if (isNew) setVolumePhase(state, volume, 'Released');
  if (!isNew || isProvisioned(volume)) return;
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Delete':
      return deleteVolume(state, volume);
    case 'Recycle':
      return recycle(state, volume);
    default:
  }
}

/** Only host paths under /tmp can be deleted without a provisioner. */
function deleteVolume(state: ClusterState, volume: PersistentVolume): void {
  const { name } = volume.metadata;
  const path = volume.spec.hostPath?.path;
  if (path?.startsWith('/tmp/') === true) {
    deleteObject(state, persistentVolumeKind, undefined, name);
    return;
  }
  const message =
    path === undefined
      ? `error getting deleter volume plugin for volume ${JSON.stringify(name)}: no deletable volume plugin matched`
      : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
  fail(state, volume, 'VolumeFailedDelete', message);
}

function recycle(state: ClusterState, volume: PersistentVolume): void {
  if (!sourcesOf(volume.spec).some((source) => source === 'hostPath' || source === 'nfs'))
    return fail(state, volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
  say(state, volume, 'Normal', 'VolumeRecycled', 'Volume recycled');
  const present = getObject(state, persistentVolumeKind, undefined, volume.metadata.name);
  if (present !== undefined) unbind(state, present);
}

function fail(state: ClusterState, volume: PersistentVolume, reason: string, message: string): void {
  setVolumePhase(state, volume, 'Failed', message);
  say(state, volume, 'Warning', reason, message);
}
