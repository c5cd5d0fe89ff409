// The kind StorageClass. Upstream: pkg/registry/storage/storageclass/strategy.go, pkg/apis/storage/v1/defaults.go, validation/validation.go,
// printers.go printStorageClass (v1.33). Rules: L3, N1. Omits allowedTopologies, which every node here satisfies.

import { type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { StorageClass } from './types.ts';

export const DEFAULT_CLASS_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';
const BETA_DEFAULT_CLASS_ANNOTATION = 'storageclass.beta.kubernetes.io/is-default-class';
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const RECLAIM_POLICIES = ['Delete', 'Retain'];

export const storageClassKind: Kind<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  categories: [],
  namespaced: false,
  schema: 'storage.v1.StorageClass',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  returnsDeletedObject: true,
  applyDefaults(draft) {
    draft.reclaimPolicy ??= 'Delete';
    draft.volumeBindingMode ??= 'Immediate';
  },
  validate: validateClass,
  validateUpdate: validateClassUpdate,
  indexTerms: (storageClass) => (isDefaultClass(storageClass) ? [DEFAULT_CLASS_TERM] : []),
  columns: [
    NAME_COLUMN,
    column('Provisioner'),
    column('ReclaimPolicy'),
    column('VolumeBindingMode'),
    column('AllowVolumeExpansion'),
    AGE_COLUMN,
  ],
  cells: (storageClass, nowMs) => [
    `${storageClass.metadata.name}${isDefaultClass(storageClass) ? ' (default)' : ''}`,
    storageClass.provisioner,
    storageClass.reclaimPolicy,
    storageClass.volumeBindingMode,
    storageClass.allowVolumeExpansion ?? false,
    ageOf(storageClass, nowMs),
  ],
};

/** Carried by the classes that claims without a class get. */
export const DEFAULT_CLASS_TERM = 'default-class';

export function isDefaultClass({ metadata }: StorageClass): boolean {
  const { annotations } = metadata;
  return annotations?.[DEFAULT_CLASS_ANNOTATION] === 'true' || annotations?.[BETA_DEFAULT_CLASS_ANNOTATION] === 'true';
}

function validateClass(storageClass: StorageClass): readonly FieldError[] {
  const { provisioner = '', reclaimPolicy, volumeBindingMode } = storageClass;
  const errors: FieldError[] = [];
  if (provisioner === '') errors.push(required('provisioner'));
  else for (const problem of qualifiedNameProblems(provisioner.toLowerCase())) errors.push(invalid('provisioner', provisioner, problem));
  if (!RECLAIM_POLICIES.includes(reclaimPolicy)) errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (!BINDING_MODES.includes(volumeBindingMode)) errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES));
  return errors;
}

function validateClassUpdate(storageClass: StorageClass, previous: StorageClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const)
    if (!isJsonEqual(storageClass[field], previous[field])) errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  const { volumeBindingMode } = storageClass;
  if (volumeBindingMode !== previous.volumeBindingMode) errors.push(invalid('volumeBindingMode', volumeBindingMode, 'field is immutable'));
  return errors;
}
