// The kind CSIStorageCapacity. Upstream: pkg/registry/storage/csistoragecapacity/strategy.go, pkg/apis/storage/validation/validation.go
// ValidateCSIStorageCapacity, printers.go printCSIStorageCapacity (v1.33). Rules: I5, I9, L3, N8, P1.
// Deviation: the scheduler does not look at it, because no driver here has a capacity of its own.

import { type FieldError, invalid } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject } from '../../apimachinery/meta.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import type { Kind } from '../kind.ts';
import { column, NAME_COLUMN } from '../shared/columns.ts';
import { immutable } from '../shared/immutable.ts';
import { validateLabelSelector } from '../shared/selector-validation.ts';
import type { LabelSelector } from '../shared/types.ts';

export interface CsiStorageCapacity extends KubeObject {
  readonly storageClassName: string;
  readonly nodeTopology?: LabelSelector;
  readonly capacity?: string;
  readonly maximumVolumeSize?: string;
}

export const csiStorageCapacityKind: Kind<CsiStorageCapacity> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'storage.v1.CSIStorageCapacity',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  requiresVersionOnUpdate: true,
  applyDefaults(draft) {
    draft.storageClassName ??= '';
  },
  validate: validateCapacity,
  validateUpdate: ({ nodeTopology, storageClassName }, previous) => [
    ...(isJsonEqual(nodeTopology, previous.nodeTopology) ? [] : [immutable('nodeTopology', nodeTopology)]),
    ...(storageClassName === previous.storageClassName ? [] : [immutable('storageClassName', storageClassName)]),
  ],
  columns: [NAME_COLUMN, column('StorageClassName'), column('Capacity')],
  cells: ({ metadata, storageClassName, capacity }) => [metadata.name, storageClassName, capacity ?? '<unset>'],
};

function validateCapacity({ nodeTopology, storageClassName, capacity }: CsiStorageCapacity): readonly FieldError[] {
  const errors: FieldError[] = nodeTopology === undefined ? [] : [...validateLabelSelector(nodeTopology, 'nodeTopology')];
  for (const problem of subdomainProblems(storageClassName)) errors.push(invalid('storageClassName', storageClassName, problem));
  if (capacity !== undefined && compareQuantities(capacity, '0') < 0)
    errors.push(invalid('capacity', capacity, 'must be greater than or equal to 0'));
  return errors;
}
