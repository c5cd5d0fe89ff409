// The kind Lease. Upstream: pkg/registry/coordination/lease/strategy.go (v1.33). Rules: I4, I5, K801, N8, T3.

import { type FieldError, invalid } from '../../apimachinery/field-errors.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { Lease } from './types.ts';

export const leaseKind: Kind<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'coordination.v1.Lease',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  allowsCreateOnUpdate: true,
  requiresVersionOnUpdate: true,
  applyDefaults(draft) {
    draft.spec ??= {};
  },
  validate: validateLease,
  columns: [NAME_COLUMN, column('Holder'), AGE_COLUMN],
  cells: (lease, nowMs) => [lease.metadata.name, lease.spec.holderIdentity ?? '', ageOf(lease, nowMs)],
};

function validateLease(lease: Lease): readonly FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = lease.spec;
  return [
    ...(leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
      ? [invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(leaseTransitions !== undefined && leaseTransitions < 0
      ? [invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
      : []),
  ];
}
