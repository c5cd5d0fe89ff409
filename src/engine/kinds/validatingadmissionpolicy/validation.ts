// Whether a ValidatingAdmissionPolicy is good, in upstream's words.
// Upstream: pkg/apis/admissionregistration/validation/validation.go validateValidatingAdmissionPolicySpec (v1.33). Rule: U7.

import { KEYWORDS } from '../../apimachinery/cel/keywords.ts';
import type { CelType } from '../../apimachinery/cel/types.ts';
import { duplicate, type FieldError, type GoText, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { dns1035Problems, qualifiedNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { utf8Length } from '../../apimachinery/text.ts';
import { admissionEnvironment, compileAdmission } from '../shared/admission-cel.ts';
import { conditionErrors, FAILURE_POLICIES, matchErrors } from '../shared/admission-match.ts';
import type { AuditAnnotation, ValidatingAdmissionPolicy, Validation } from './types.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ANNOTATIONS_MAX = 20;
const ANNOTATION_BYTES_MAX = 5 * 1024;

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
  if (paramKind !== undefined) errors.push(...paramKindErrors(paramKind, 'spec.paramKind'));
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
  else {
    errors.push(...matchErrors(matchConstraints, 'spec.matchConstraints'));
    if ((matchConstraints.resourceRules ?? []).length === 0) errors.push(required('spec.matchConstraints.resourceRules'));
  }
  return [...errors, ...expressionErrors(policy, validations, auditAnnotations)];
}

function paramKindErrors(
  { apiVersion = '', kind = '' }: { readonly apiVersion?: string; readonly kind?: string },
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const [version = '', group] = apiVersion.split('/').reverse();
  const [groupProblems, versionProblems] = [group ? subdomainProblems(group) : [], dns1035Problems(version)];
  if (apiVersion === '') errors.push(required(`${path}.apiVersion`));
  else if (apiVersion.split('/').length > 2)
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    if (groupProblems.length > 0) errors.push(invalid(`${path}.apiVersion`, group, groupProblems.join(',')));
    if (version === '') errors.push(invalid(`${path}.apiVersion`, apiVersion, 'version must be specified'));
    else if (versionProblems.length > 0) errors.push(invalid(`${path}.apiVersion`, version, versionProblems.join(',')));
  }
  const kindProblems = dns1035Problems(kind.toLowerCase());
  if (kind === '') errors.push(required(`${path}.kind`));
  else if (kindProblems.length > 0)
    errors.push(invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${kindProblems.join(',')}`));
  return errors;
}

function expressionErrors(
  { metadata, spec }: ValidatingAdmissionPolicy,
  validations: readonly Validation[],
  annotations: readonly AuditAnnotation[],
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
    if (name.trim() === '') errors.push(required(`${at}.name`, 'name is not specified'));
    else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || KEYWORDS.has(name))
      errors.push(invalid(`${at}.name`, name, 'name is not a valid CEL identifier'));
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
  return [...errors, ...annotationErrors(metadata.name, annotations, (expression) => compile(expression, ['string', 'null_type'], true))];
}

/** U7: the key of an annotation is a qualified name together with that of the policy. */
function annotationErrors(
  policy: string,
  annotations: readonly AuditAnnotation[],
  compile: (expression: string) => string | undefined,
): readonly FieldError[] {
  const path = 'spec.auditAnnotations';
  const errors: FieldError[] = [];
  if (annotations.length > ANNOTATIONS_MAX)
    errors.push(invalid(path, goAnnotations(annotations), `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`));
  const seen = new Set<string>();
  annotations.forEach(({ key = '', valueExpression = '' }, index) => {
    const at = `${path}[${index}]`;
    const name = `${policy}/${key}`;
    errors.push(...qualifiedNameProblems(name).map((problem) => invalid(`${at}.key`, name, problem)));
    const trimmed = valueExpression.trim();
    const isLong = utf8Length(trimmed) > ANNOTATION_BYTES_MAX;
    const problem = trimmed === '' || isLong ? undefined : compile(trimmed);
    if (trimmed === '') errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
    else if (isLong) errors.push(required(`${at}.valueExpression`, `must not exceed ${ANNOTATION_BYTES_MAX} bytes in length`));
    else if (problem !== undefined) errors.push(invalid(`${at}.valueExpression`, valueExpression, problem));
    if (seen.has(key)) errors.push(duplicate(`${at}.key`, key));
    seen.add(key);
  });
  return errors;
}

function goAnnotations(annotations: readonly AuditAnnotation[]): GoText {
  const type = 'admissionregistration.AuditAnnotation';
  const quoted = (text = ''): string => JSON.stringify(text);
  const items = annotations.map((item) => `${type}{Key:${quoted(item.key)}, ValueExpression:${quoted(item.valueExpression)}}`);
  return goText(`[]${type}{${items.join(', ')}}`);
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
  else if (/[\n\r]/.test(text)) errors.push(invalid(`${at}.message`, message, 'message must not contain line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, REASONS));
  return errors;
}
