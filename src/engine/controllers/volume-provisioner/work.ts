// What provisioners write: volumes, events about claims, sizes.
// Upstream: sig-storage-lib-external-provisioner/controller/controller.go provisionClaimOperation, external-resizer/pkg/controller/controller.go,
// pkg/controller/volume/expand/expand_controller.go (v1.33).

import { compareQuantities } from '../../apimachinery/quantity.ts';
import { createObject, deleteObject, getObject, writeObject, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import type { NewObject } from '../../kinds/kind.ts';
import { persistentVolumeKind } from '../../kinds/persistentvolume/index.ts';
import type { PersistentVolume } from '../../kinds/persistentvolume/types.ts';
import { persistentVolumeClaimKind } from '../../kinds/persistentvolumeclaim/index.ts';
import type { PersistentVolumeClaim } from '../../kinds/persistentvolumeclaim/types.ts';
import { classNameOf, STORAGE_ANNOTATIONS } from '../../kinds/shared/storage.ts';
import { storageClassKind } from '../../kinds/storageclass/index.ts';
import type { StorageClass } from '../../kinds/storageclass/types.ts';
import type { ClusterState } from '../../kernel/state.ts';

const LOCAL_PATH = 'rancher.io/local-path';
const LOCAL_DIRECTORY = '/var/local-path-provisioner';
const HOST_LABEL = 'kubernetes.io/hostname';

export function sayProvisioning(state: ClusterState, claim: PersistentVolumeClaim): void {
  const { namespace, name } = claim.metadata;
  const message = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
  say(state, claim, driverOf(claim), 'Normal', 'Provisioning', message);
}

/** True, and said, when no volume can be made for the claim. */
export function refuseClaim(state: ClusterState, claim: PersistentVolumeClaim): boolean {
  const problem = problemOf(claim);
  if (problem === undefined) return false;
  const message = `failed to provision volume with StorageClass ${JSON.stringify(classNameOf(claim))}: ${problem}`;
  say(state, claim, driverOf(claim), 'Warning', 'ProvisioningFailed', message);
  return true;
}

function problemOf(claim: PersistentVolumeClaim): string | undefined {
  if (claim.spec.selector !== undefined) return 'claim Selector is not supported';
  if (driverOf(claim) !== LOCAL_PATH) return undefined;
  const isShared = (claim.spec.accessModes ?? []).some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  if (isShared) return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes';
  return claim.metadata.annotations?.[STORAGE_ANNOTATIONS.selectedNode] === undefined
    ? 'configuration error, no node was specified'
    : undefined;
}

export function makeVolume(state: ClusterState, claim: PersistentVolumeClaim): void {
  const storageClass = getObject(state, storageClassKind, undefined, classNameOf(claim) ?? '');
  if (storageClass === undefined) return;
  const name = `pvc-${claim.metadata.uid}`;
  const made = createObject(state, persistentVolumeKind, volumeFor(claim, storageClass, name));
  if (made.ok) say(state, claim, driverOf(claim), 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
}

function volumeFor(claim: PersistentVolumeClaim, storageClass: StorageClass, name: string): NewObject<PersistentVolume> {
  const { namespace = '', uid, resourceVersion, annotations } = claim.metadata;
  const driver = driverOf(claim);
  const node = annotations?.[STORAGE_ANNOTATIONS.selectedNode] ?? '';
  const isLocal = driver === LOCAL_PATH;
  const path = `${LOCAL_DIRECTORY}/${name}_${namespace}_${claim.metadata.name}`;
  const source = isLocal ? { hostPath: { path, type: 'DirectoryOrCreate' } } : { csi: { driver, volumeHandle: name } };
  const terms = [{ matchExpressions: [{ key: HOST_LABEL, operator: 'In' as const, values: [node] }] }];
  return {
    kind: 'PersistentVolume',
    apiVersion: 'v1',
    metadata: { name, annotations: { [STORAGE_ANNOTATIONS.provisionedBy]: driver } },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      ...source,
      accessModes: [...(claim.spec.accessModes ?? [])],
      claimRef: { kind: 'PersistentVolumeClaim', namespace, name: claim.metadata.name, uid, apiVersion: 'v1', resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: [...storageClass.mountOptions] }),
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      ...(isLocal ? { nodeAffinity: { required: { nodeSelectorTerms: terms } } } : {}),
    },
    status: {},
  };
}

export function removeVolume(state: ClusterState, name: string): void {
  const volume = getObject(state, persistentVolumeKind, undefined, name);
  if (volume?.status.phase === 'Released') deleteObject(state, persistentVolumeKind, undefined, name);
}

/** Whether a bound claim asks for more than it has, and its class lets it. */
export function canGrow(state: ClusterState, claim: PersistentVolumeClaim): boolean {
  const { status, metadata } = claim;
  if (status.phase !== 'Bound' || metadata.deletionTimestamp !== undefined) return false;
  if (compareQuantities(wantedSize(claim), status.capacity?.['storage'] ?? '0') <= 0) return false;
  return getObject(state, storageClassKind, undefined, classNameOf(claim) ?? '')?.allowVolumeExpansion === true;
}

export function beginGrowth(state: ClusterState, claim: PersistentVolumeClaim): void {
  say(state, claim, 'volume_expand', 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC');
  const message = `External resizer is resizing volume ${claim.spec.volumeName ?? ''}`;
  say(state, claim, `external-resizer ${driverOf(claim)}`, 'Normal', 'Resizing', message);
}

export function finishGrowth(state: ClusterState, claim: PersistentVolumeClaim): void {
  const volume = getObject(state, persistentVolumeKind, undefined, claim.spec.volumeName ?? '');
  if (volume === undefined) return;
  const capacity = { ...volume.spec.capacity, storage: wantedSize(claim) };
  writeObject(state, persistentVolumeKind, { ...volume, spec: { ...volume.spec, capacity } });
  writeStatus(state, persistentVolumeClaimKind, claim, { ...claim.status, capacity });
  say(state, claim, `external-resizer ${driverOf(claim)}`, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
}

function wantedSize(claim: PersistentVolumeClaim): string {
  return claim.spec.resources?.requests?.['storage'] ?? '0';
}

function driverOf(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[STORAGE_ANNOTATIONS.provisioner] ?? '';
}

function say(
  state: ClusterState,
  regarding: PersistentVolumeClaim,
  component: string,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  recordEvent(state, { source: { component }, regarding, type, reason, message });
}
