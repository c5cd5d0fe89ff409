// The kind PersistentVolume. Upstream: pkg/registry/core/persistentvolume/strategy.go, pkg/apis/core/v1/defaults.go, printers.go
// printPersistentVolume (v1.33). Rules: C931, I6, L3, N1, O13.

import { formatTime } from '../../apimachinery/time.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { accessModesCell, classNameOf } from '../shared/storage.ts';
import type { PersistentVolume } from './types.ts';
import { warnAboutVolume } from './warnings.ts';
import { validateVolume, validateVolumeUpdate } from './validation.ts';

export const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

export const persistentVolumeKind: Kind<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  categories: [],
  namespaced: false,
  schema: 'core.v1.PersistentVolume',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  returnsDeletedObject: true,
  applyDefaults(draft) {
    const { spec } = draft;
    if (spec === undefined) return;
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
  },
  prepareForCreate(draft, context) {
    // C931: the admission plugin StorageObjectInUseProtection.
    const metadata = draft.metadata as { finalizers?: string[] };
    if (metadata.finalizers?.includes(VOLUME_FINALIZER) !== true) metadata.finalizers = [...(metadata.finalizers ?? []), VOLUME_FINALIZER];
    draft.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(context.nowMs) };
  },
  prepareForUpdate(draft, previous, subresource, context) {
    if (subresource === 'status') {
      draft.spec = previous.spec as Draft<PersistentVolume>['spec'];
      if (draft.status.phase !== previous.status.phase) draft.status.lastPhaseTransitionTime = formatTime(context.nowMs);
    } else draft.status = previous.status as Draft<PersistentVolume>['status'];
  },
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
  warnings: warnAboutVolume,
  indexTerms: volumeTerms,
  columns: [
    NAME_COLUMN,
    column('Capacity'),
    column('Access Modes'),
    column('Reclaim Policy'),
    column('Status'),
    column('Claim'),
    column('StorageClass'),
    column('VolumeAttributesClass'),
    column('Reason'),
    AGE_COLUMN,
    column('VolumeMode', 'string', 1),
  ],
  cells: (volume, nowMs) => [
    volume.metadata.name,
    volume.spec.capacity?.['storage'] ?? '',
    accessModesCell(volume.spec.accessModes),
    volume.spec.persistentVolumeReclaimPolicy,
    volume.metadata.deletionTimestamp === undefined ? (volume.status.phase ?? '') : 'Terminating',
    volume.spec.claimRef === undefined ? '' : `${volume.spec.claimRef.namespace ?? ''}/${volume.spec.claimRef.name ?? ''}`,
    classNameOf(volume) ?? '',
    volume.spec.volumeAttributesClassName ?? '<unset>',
    volume.status.reason ?? '',
    ageOf(volume, nowMs),
    volume.spec.volumeMode ?? '<unset>',
  ],
};

/** Under which a claim finds the volumes that are free for it, those that are kept for it, and all of its class. */
function volumeTerms(volume: PersistentVolume): readonly string[] {
  const { claimRef } = volume.spec;
  const terms = [`class:${classNameOf(volume) ?? ''}`];
  if (claimRef === undefined) return [...terms, freeVolumeTerm(classNameOf(volume) ?? '')];
  return [...terms, claimedVolumeTerm(claimRef.namespace ?? '', claimRef.name ?? '')];
}

export function freeVolumeTerm(className: string): string {
  return `free:${className}`;
}

export function claimedVolumeTerm(namespace: string, name: string): string {
  return `claim:${namespace}/${name}`;
}
