// The kind StorageClass. Upstream: pkg/registry/storage/storageclass/strategy.go, pkg/apis/storage/v1/defaults.go, validation/validation.go,
// printers.go printStorageClass (v1.33). Rules: L3, N1. What allowedTopologies asks for is checked in form only: every node here satisfies it.

import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { StorageClass, TopologyTerm } from './types.ts';

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
  (storageClass.allowedTopologies ?? []).forEach((term, index) => errors.push(...validateTerm(term, `allowedTopologies[${index}]`)));
  return errors;
}

/** Every key once, and the values of each once. */
function validateTerm({ matchLabelExpressions = [] }: TopologyTerm, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const keys = new Set<string>();
  matchLabelExpressions.forEach(({ key, values = [] }, index) => {
    const at = `${path}.matchLabelExpressions[${index}]`;
    if (values.length === 0) errors.push(required(`${at}.values`));
    values.forEach((value, position) => {
      if (values.indexOf(value) < position) errors.push(duplicate(`${at}.values[${position}]`, value));
    });
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid(`${at}.key`, key, problem));
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
    keys.add(key);
  });
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
