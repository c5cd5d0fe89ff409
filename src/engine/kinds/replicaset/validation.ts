// Validation of ReplicaSets (C156-C159, P6).

import { type FieldError, invalid } from '../../apimachinery/field-errors.ts';
import { validateSelectorAndTemplate, validateSelectorUpdate } from '../shared/template.ts';
import type { ReplicaSet } from './types.ts';

const NON_NEGATIVE = 'must be greater than or equal to 0';

export function validateReplicaSet(set: ReplicaSet): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { replicas = 1, minReadySeconds = 0, selector, template } = set.spec ?? {};
  if (replicas < 0) errors.push(invalid('spec.replicas', replicas, NON_NEGATIVE));
  if (minReadySeconds < 0) errors.push(invalid('spec.minReadySeconds', minReadySeconds, NON_NEGATIVE));
  return [...errors, ...validateSelectorAndTemplate(selector, template, 'ReplicaSet')];
}

/** C158, I9; M1 for the status. */
export function validateReplicaSetUpdate(set: ReplicaSet, previous: ReplicaSet, subresource: string): readonly FieldError[] {
  if (subresource === 'status') return validateStatus(set);
  return set.spec === previous.spec ? [] : validateSelectorUpdate(set.spec.selector, previous.spec.selector);
}

function validateStatus(set: ReplicaSet): FieldError[] {
  const errors: FieldError[] = [];
  const { replicas, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = set.status;
  const counts = { replicas, fullyLabeledReplicas, readyReplicas, availableReplicas };
  for (const [field, value] of Object.entries(counts)) if (value < 0) errors.push(invalid(`status.${field}`, value, NON_NEGATIVE));
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    if (counts[field] > replicas) errors.push(invalid(`status.${field}`, counts[field], 'cannot be greater than status.replicas'));
  }
  if (availableReplicas > readyReplicas)
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  return errors;
}
