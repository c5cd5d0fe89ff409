// Whether a ValidatingAdmissionPolicy is good, in upstream's words.
// Upstream: pkg/apis/admissionregistration/validation/validation.go validateValidatingAdmissionPolicySpec (v1.33). Rule: U7.

import type { CelType } from '../../apimachinery/cel/types.ts';
import { type FieldError, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import { admissionEnvironment, compileAdmission } from '../shared/admission-cel.ts';
import { conditionErrors, FAILURE_POLICIES, MATCH_POLICIES, ruleErrors } from '../shared/admission-match.ts';
import type { ValidatingAdmissionPolicy, Validation } from './types.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];

/** The types of the variables, each of which may use those before it. */
export function variableTypes({ spec }: ValidatingAdmissionPolicy): ReadonlyMap<string, CelType> {
  const variables = new Map<string, CelType>();
  for (const { name, expression } of spec.variables ?? []) {
    const environment = admissionEnvironment({ hasParams: spec.paramKind !== undefined, hasAuthorizer: true, variables });
    const compiled = compileAdmission(expression, environment, []);
    if (compiled.ok) variables.set(name, compiled.program.checked.type);
  }
  return variables;
}

export function validatePolicy(policy: ValidatingAdmissionPolicy): readonly FieldError[] {
  const { spec } = policy;
  const { failurePolicy = 'Fail', paramKind, matchConstraints, validations = [], auditAnnotations = [] } = spec;
  const errors: FieldError[] = [];
  if (!FAILURE_POLICIES.includes(failurePolicy)) errors.push(notSupported('spec.failurePolicy', failurePolicy, FAILURE_POLICIES));
  if (paramKind !== undefined) {
    if ((paramKind.apiVersion ?? '') === '') errors.push(required('spec.paramKind.apiVersion'));
    if ((paramKind.kind ?? '') === '') errors.push(required('spec.paramKind.kind'));
  }
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
  else {
    const { matchPolicy = 'Equivalent', resourceRules = [], excludeResourceRules = [] } = matchConstraints;
    const at = 'spec.matchConstraints';
    if (!MATCH_POLICIES.includes(matchPolicy)) errors.push(notSupported(`${at}.matchPolicy`, matchPolicy, MATCH_POLICIES));
    resourceRules.forEach((rule, index) => errors.push(...ruleErrors(rule, `${at}.resourceRules[${index}]`)));
    excludeResourceRules.forEach((rule, index) => errors.push(...ruleErrors(rule, `${at}.excludeResourceRules[${index}]`)));
    if (resourceRules.length === 0) errors.push(required(`${at}.resourceRules`));
  }
  return [...errors, ...expressionErrors(policy, validations, auditAnnotations)];
}

function expressionErrors(
  { spec }: ValidatingAdmissionPolicy,
  validations: readonly Validation[],
  annotations: readonly { readonly key: string; readonly valueExpression: string }[],
): readonly FieldError[] {
  const hasParams = spec.paramKind !== undefined;
  const errors: FieldError[] = [];
  const known = new Map<string, CelType>();
  errors.push(
    ...conditionErrors(spec.matchConditions, 'spec.matchConditions', (expression) =>
      problemOf(compileAdmission(expression, admissionEnvironment({ hasParams, hasAuthorizer: true }), ['bool'])),
    ),
  );
  (spec.variables ?? []).forEach(({ name = '', expression = '' }, index) => {
    const at = `spec.variables[${index}]`;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      errors.push(
        name === '' ? required(`${at}.name`, 'name is not specified') : invalid(`${at}.name`, name, 'name is not a valid CEL identifier'),
      );
    if (expression.trim() === '') {
      errors.push(required(`${at}.expression`, 'expression is not specified'));
      return;
    }
    const compiled = compileAdmission(expression, admissionEnvironment({ hasParams, hasAuthorizer: true, variables: known }), []);
    if (compiled.ok) known.set(name, compiled.program.checked.type);
    else errors.push(invalid(`${at}.expression`, expression, compiled.problem));
  });
  if (validations.length === 0 && annotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item';
    errors.push(required('spec.validations', text), required('spec.auditAnnotations', text));
  }
  const compile = (expression: string, types: readonly string[], hasAuthorizer: boolean): string | undefined =>
    problemOf(compileAdmission(expression, admissionEnvironment({ hasParams, hasAuthorizer, variables: known }), types));
  validations.forEach((validation, index) => errors.push(...validationErrors(validation, `spec.validations[${index}]`, compile)));
  annotations.forEach(({ key = '', valueExpression = '' }, index) => {
    const at = `spec.auditAnnotations[${index}]`;
    if (key === '') errors.push(required(`${at}.key`));
    else errors.push(...qualifiedNameProblems(key).map((problem) => invalid(`${at}.key`, key, problem)));
    const problem = valueExpression.trim() === '' ? undefined : compile(valueExpression, ['string', 'null'], true);
    if (valueExpression.trim() === '') errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
    else if (problem !== undefined) errors.push(invalid(`${at}.valueExpression`, valueExpression, problem));
  });
  return errors;
}

function problemOf(compiled: ReturnType<typeof compileAdmission>): string | undefined {
  return compiled.ok ? undefined : compiled.problem;
}

function validationErrors(
  { expression = '', message = '', messageExpression = '', reason }: Validation,
  at: string,
  compile: (expression: string, types: readonly string[], hasAuthorizer: boolean) => string | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const trimmed = expression.trim();
  const text = message.trim();
  if (trimmed === '') errors.push(required(`${at}.expression`, 'expression is not specified'));
  else {
    const problem = compile(expression, ['bool'], true);
    if (problem !== undefined) errors.push(invalid(`${at}.expression`, expression, problem));
  }
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(invalid(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  else if (messageExpression !== '') {
    const problem = compile(messageExpression, ['string'], false);
    if (problem !== undefined) errors.push(invalid(`${at}.messageExpression`, messageExpression, problem));
  }
  if (message !== '' && text === '') errors.push(invalid(`${at}.message`, message, 'message must be non-empty if specified'));
  else if (text.includes('\n')) errors.push(invalid(`${at}.message`, message, 'message must not contain line breaks'));
  else if (trimmed.includes('\n') && text === '')
    errors.push(required(`${at}.message`, 'message must be specified if expression contains line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, REASONS));
  return errors;
}
