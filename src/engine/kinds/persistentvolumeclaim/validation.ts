// Validation of PersistentVolumeClaims. Upstream: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim, ...Update (v1.33).

import { type FieldError, forbidden } from '../../apimachinery/field-errors.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { validateClaimSpec } from '../shared/claim-validation.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from './types.ts';

const IMMUTABLE = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function validateClaim({ spec }: PersistentVolumeClaim): readonly FieldError[] {
  return validateClaimSpec(spec, 'spec');
}

/** A bound claim may ask for more; everything else stays, but for what the binder and the default class fill in. */
export function validateClaimUpdate(
  claim: PersistentVolumeClaim,
  previous: PersistentVolumeClaim,
  subresource: string,
): readonly FieldError[] {
  if (subresource === 'status') return [];
  const errors: FieldError[] = [];
  const isBound = previous.status.phase === 'Bound';
  if (!isJsonEqual(fixedPart(claim.spec, previous.spec, isBound), previous.spec)) errors.push(forbidden('spec', IMMUTABLE));
  const before = previous.spec.resources?.requests?.['storage'] ?? '0';
  const after = claim.spec.resources?.requests?.['storage'] ?? '0';
  const capacity = previous.status.capacity?.['storage'] ?? '0';
  if (compareQuantities(after, before) < 0 && compareQuantities(after, capacity) <= 0)
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  return errors;
}

/** The new spec with what may change as it was. */
function fixedPart(spec: PersistentVolumeClaimSpec, previous: PersistentVolumeClaimSpec, isBound: boolean): object {
  const isNamed = (previous.volumeName ?? '') === '';
  const isClassed = previous.storageClassName === undefined;
  const fixed: Record<string, unknown> = { ...spec };
  if (isNamed) delete fixed['volumeName'];
  if (isClassed) delete fixed['storageClassName'];
  if (isBound) {
    fixed['resources'] = previous.resources;
    if (previous.volumeAttributesClassName === undefined) delete fixed['volumeAttributesClassName'];
    else fixed['volumeAttributesClassName'] = previous.volumeAttributesClassName;
  }
  return fixed;
}
