// The kind ValidatingAdmissionPolicy. Upstream: pkg/registry/admissionregistration/validatingadmissionpolicy/strategy.go,
// pkg/apis/admissionregistration/v1/defaults.go, pkg/printers/internalversion/printers.go printValidatingAdmissionPolicy (v1.33).
// Rules: F6, I6, N8, P1, U7.

import type { Draft, Kind } from '../kind.ts';
import { defaultMatch } from '../shared/admission-match.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { ValidatingAdmissionPolicy } from './types.ts';
import { validatePolicy } from './validation.ts';

export const validatingAdmissionPolicyKind: Kind<ValidatingAdmissionPolicy> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'admissionregistration.v1.ValidatingAdmissionPolicy',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: true,
  applyDefaults({ spec }) {
    if (spec === undefined) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatch(spec.matchConstraints);
  },
  prepareForCreate(draft) {
    draft.spec ??= {};
    draft.status = {};
  },
  prepareForUpdate(draft, previous, subresource) {
    if (subresource === 'status') draft.spec = previous.spec as Draft<ValidatingAdmissionPolicy>['spec'];
    else draft.status = previous.status as Draft<ValidatingAdmissionPolicy>['status'];
  },
  validate: validatePolicy,
  columns: [NAME_COLUMN, column('Validations'), column('ParamKind'), AGE_COLUMN],
  cells: (policy, nowMs) => {
    const { paramKind, validations = [] } = policy.spec;
    const params = paramKind === undefined ? '<unset>' : `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}`;
    return [policy.metadata.name, String(validations.length), params, ageOf(policy, nowMs)];
  },
};
