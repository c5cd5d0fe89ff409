// The kind PersistentVolumeClaim. Upstream: pkg/registry/core/persistentvolumeclaim/strategy.go, pkg/apis/core/v1/defaults.go, printers.go
// printPersistentVolumeClaim (v1.33). Rules: C931, I6, L3, N1, O13.

import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { accessModesCell, CLASS_ANNOTATION, classNameOf } from '../shared/storage.ts';
import { warnAboutClaimSpec } from '../shared/volume-warnings.ts';
import type { PersistentVolumeClaim } from './types.ts';
import { validateClaim, validateClaimUpdate } from './validation.ts';

export const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';

const CLASS_TEXT = 'deprecated since v1.8; use "storageClassName" attribute instead';

export const persistentVolumeClaimKind: Kind<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.PersistentVolumeClaim',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: true,
  returnsDeletedObject: true,
  applyDefaults(draft) {
    if (draft.spec !== undefined) draft.spec.volumeMode ??= 'Filesystem';
    if (draft.spec !== undefined) draft.spec.resources ??= {};
  },
  prepareForCreate(draft) {
    // C931: the admission plugin StorageObjectInUseProtection.
    const metadata = draft.metadata as { finalizers?: string[] };
    if (metadata.finalizers?.includes(CLAIM_FINALIZER) !== true) metadata.finalizers = [...(metadata.finalizers ?? []), CLAIM_FINALIZER];
    draft.status = { phase: 'Pending' };
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<PersistentVolumeClaim>['spec'];
    else draft.status = previous.status as Draft<PersistentVolumeClaim>['status'];
  },
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  warnings: ({ metadata, spec }) => [
    ...(metadata.annotations?.[CLASS_ANNOTATION] === undefined ? [] : [`metadata.annotations[${CLASS_ANNOTATION}]: ${CLASS_TEXT}`]),
    ...warnAboutClaimSpec(spec, 'spec'),
  ],
  indexTerms: ({ spec, status }) => [
    ...(spec.volumeName === undefined || spec.volumeName === '' ? [] : [volumeNameTerm(spec.volumeName)]),
    ...(status.phase === 'Pending' ? [PENDING_TERM] : []),
  ],
  columns: [
    NAME_COLUMN,
    column('Status'),
    column('Volume'),
    column('Capacity'),
    column('Access Modes'),
    column('StorageClass'),
    column('VolumeAttributesClass'),
    AGE_COLUMN,
    column('VolumeMode', 'string', 1),
  ],
  cells(claim, nowMs) {
    const { volumeName = '', volumeMode, volumeAttributesClassName } = claim.spec;
    const isPlaced = volumeName !== '';
    return [
      claim.metadata.name,
      claim.metadata.deletionTimestamp === undefined ? (claim.status.phase ?? '') : 'Terminating',
      volumeName,
      isPlaced ? (claim.status.capacity?.['storage'] ?? '0') : '',
      isPlaced ? accessModesCell(claim.status.accessModes) : '',
      classNameOf(claim) ?? '',
      volumeAttributesClassName ?? '<unset>',
      ageOf(claim, nowMs),
      volumeMode ?? '<unset>',
    ];
  },
};

/** Carried by the claims that wait for a volume. */
export const PENDING_TERM = 'pending';

export function volumeNameTerm(volumeName: string): string {
  return `volume:${volumeName}`;
}
