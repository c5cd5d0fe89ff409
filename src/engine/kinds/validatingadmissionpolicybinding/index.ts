// The kind ValidatingAdmissionPolicyBinding. Upstream: pkg/registry/admissionregistration/validatingadmissionpolicybinding/strategy.go,
// pkg/apis/admissionregistration/validation/validation.go, printers.go printValidatingAdmissionPolicyBinding (v1.33). Rules: F6, N8, P1, U7.

import { type FieldError, forbidden, goStrings, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { subdomainProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { defaultMatch, type MatchResources, ruleErrors } from '../shared/admission-match.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';

export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

export interface ValidatingAdmissionPolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
    readonly validationActions?: readonly string[];
  };
}

const ACTIONS = ['Audit', 'Deny', 'Warn'];

export const validatingAdmissionPolicyBindingKind: Kind<ValidatingAdmissionPolicyBinding> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  nameFormat: 'subdomain',
  generation: 'spec',
  hasStatus: false,
  applyDefaults(draft) {
    draft.spec ??= {};
    defaultMatch(draft.spec.matchResources);
  },
  validate: validateBinding,
  columns: [NAME_COLUMN, column('PolicyName'), column('ParamRef'), AGE_COLUMN],
  cells: (binding, nowMs) => {
    const { policyName = '', paramRef } = binding.spec;
    const { name, namespace } = paramRef ?? {};
    const params = paramRef === undefined ? '<unset>' : name === undefined ? '*' : namespace === undefined ? name : `${namespace}/${name}`;
    return [binding.metadata.name, policyName, params, ageOf(binding, nowMs)];
  },
};

function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): readonly FieldError[] {
  const { policyName = '', paramRef, matchResources, validationActions = [] } = spec;
  const errors: FieldError[] = [];
  if (policyName === '') errors.push(required('spec.policyName'));
  else errors.push(...subdomainProblems(policyName).map((problem) => invalid('spec.policyName', policyName, problem)));
  if (paramRef !== undefined) errors.push(...paramErrors(paramRef));
  (matchResources?.resourceRules ?? []).forEach((rule, index) =>
    errors.push(...ruleErrors(rule, `spec.matchResouces.resourceRules[${index}]`)),
  );
  if (validationActions.length === 0) errors.push(required('spec.validationActions'));
  validationActions.forEach((action, index) => {
    if (!ACTIONS.includes(action)) errors.push(notSupported(`spec.validationActions[${index}]`, action, ACTIONS));
  });
  if (validationActions.includes('Deny') && validationActions.includes('Warn'))
    errors.push(
      invalid(
        'spec.validationActions',
        goStrings(validationActions),
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  return errors;
}

function paramErrors({ name = '', selector, parameterNotFoundAction }: ParamRef): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name !== '' && selector !== undefined) errors.push(forbidden('spec.paramRef.name', 'name and selector are mutually exclusive'));
  else if (name === '' && selector === undefined) errors.push(required('spec.paramRef', 'one of name or selector must be specified'));
  if (parameterNotFoundAction === undefined) errors.push(required('spec.paramRef.parameterNotFoundAction'));
  else if (!['Allow', 'Deny'].includes(parameterNotFoundAction))
    errors.push(notSupported('spec.paramRef.parameterNotFoundAction', parameterNotFoundAction, ['Deny', 'Allow']));
  return errors;
}
