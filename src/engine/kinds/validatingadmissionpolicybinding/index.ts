// The kind ValidatingAdmissionPolicyBinding. Upstream: pkg/registry/admissionregistration/validatingadmissionpolicybinding/strategy.go,
// pkg/apis/admissionregistration/validation/validation.go, printers.go printValidatingAdmissionPolicyBinding (v1.33). Rules: F6, N8, P1, U7.

import { duplicate, type FieldError, forbidden, goStrings, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { LabelSelector } from '../../apimachinery/labels.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { pathSegmentProblems, subdomainProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { defaultMatch, matchErrors, type MatchResources } from '../shared/admission-match.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { validateLabelSelector } from '../shared/selector-validation.ts';

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
const NOT_FOUND_ACTIONS = ['Deny', 'Allow'];

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
  if (paramRef !== undefined) errors.push(...paramErrors(paramRef, 'spec.paramRef'));
  if (matchResources !== undefined) errors.push(...matchErrors(matchResources, 'spec.matchResources'));
  return [...errors, ...actionErrors(validationActions, 'spec.validationActions')];
}

function actionErrors(actions: readonly string[], path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  actions.forEach((action, index) => {
    if (!ACTIONS.includes(action)) errors.push(notSupported(`${path}[${index}]`, action, ACTIONS));
    if (actions.indexOf(action) < index) errors.push(duplicate(`${path}[${index}]`, action));
  });
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const text = 'repeating the same validation failure information in the API response and headers serves no purpose';
    const value = goStrings(actions, 'admissionregistration.ValidationAction');
    errors.push(invalid(path, value, `must not contain both Deny and Warn (${text})`));
  }
  if (actions.length === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}

function paramErrors({ name = '', selector, parameterNotFoundAction = '' }: ParamRef, path: string): readonly FieldError[] {
  const isTwofold = name !== '' && selector !== undefined;
  const text = 'name and selector are mutually exclusive';
  const errors: FieldError[] = pathSegmentProblems(name).map((problem) => invalid(`${path}.name`, name, problem));
  if (isTwofold) errors.push(forbidden(`${path}.name`, text));
  if (selector !== undefined) errors.push(...validateLabelSelector(selector, `${path}.selector`));
  if (isTwofold) errors.push(forbidden(`${path}.selector`, text));
  if (name === '' && selector === undefined) errors.push(required(path, 'one of name or selector must be specified'));
  if (parameterNotFoundAction === '') errors.push(required(`${path}.parameterNotFoundAction`));
  else if (!NOT_FOUND_ACTIONS.includes(parameterNotFoundAction))
    errors.push(notSupported(`${path}.parameterNotFoundAction`, parameterNotFoundAction, NOT_FOUND_ACTIONS));
  return errors;
}
