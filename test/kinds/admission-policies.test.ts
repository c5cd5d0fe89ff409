// What ValidatingAdmissionPolicies and their bindings must be, as tables.

import { describe, expect, it } from 'vitest';
import { validatingAdmissionPolicyKind } from '../../src/engine/kinds/validatingadmissionpolicy/index.ts';
import type { ValidatingAdmissionPolicy } from '../../src/engine/kinds/validatingadmissionpolicy/types.ts';
import {
  type ValidatingAdmissionPolicyBinding,
  validatingAdmissionPolicyBindingKind,
} from '../../src/engine/kinds/validatingadmissionpolicybinding/index.ts';

const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const GOOD = { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'true' }] };

function problemsOf(spec: object): readonly string[] {
  const policy = { metadata: { name: 'p' }, spec: { ...GOOD, ...spec } } as unknown as ValidatingAdmissionPolicy;
  return validatingAdmissionPolicyKind.validate(policy).map(({ field, message }) => `${field}: ${message}`);
}

function bindingProblems(spec: object): readonly string[] {
  const whole = { policyName: 'p', validationActions: ['Audit'], ...spec };
  const binding = { metadata: { name: 'b' }, spec: whole } as unknown as ValidatingAdmissionPolicyBinding;
  return validatingAdmissionPolicyBindingKind.validate(binding).map(({ field, message }) => `${field}: ${message}`);
}

const annotation = (key: string, valueExpression = `'v'`): object => ({ key, valueExpression });
const rules = (...resources: readonly string[]): object => ({ matchConstraints: { resourceRules: [{ ...RULE, resources }] } });
const AT_RESOURCES = 'spec.matchConstraints.resourceRules[0].resources';
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe('U7 audit annotations', () => {
  it.each<[string, object]>([
    ['alone', { validations: [], auditAnnotations: [annotation('k')] }],
    ['that may be null', { auditAnnotations: [annotation('k', `object.x == 1 ? dyn('a') : dyn(null)`), annotation('l', 'null')] }],
    [
      'with variables and the authorizer',
      { variables: [{ name: 'v', expression: '1' }], auditAnnotations: [annotation('k', 'string(variables.v)')] },
    ],
    ['of the longest expression', { auditAnnotations: [annotation('k', ` '${'x'.repeat(5118)}'`)] }],
    ['twenty of them', { auditAnnotations: Array.from({ length: 20 }, (_, index) => annotation(`k${index}`)) }],
  ])('U7 it is good %s', (_title, spec) => expect(problemsOf(spec)).toEqual([]));

  it.each<[object, readonly string[]]>([
    [
      { validations: [] },
      [
        'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
        'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
      ],
    ],
    [
      { auditAnnotations: [annotation('')] },
      [
        'spec.auditAnnotations[0].key: Invalid value: "p/": name part must be non-empty',
        `spec.auditAnnotations[0].key: Invalid value: "p/": ${QUALIFIED}`,
      ],
    ],
    [
      { auditAnnotations: [annotation('k'.repeat(64))] },
      [`spec.auditAnnotations[0].key: Invalid value: "p/${'k'.repeat(64)}": name part must be no more than 63 characters`],
    ],
    [
      { auditAnnotations: [annotation('a/k')] },
      [
        `spec.auditAnnotations[0].key: Invalid value: "p/a/k": a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ],
    ],
    [{ auditAnnotations: [annotation('k'), annotation('k')] }, ['spec.auditAnnotations[1].key: Duplicate value: "k"']],
    [
      { auditAnnotations: [annotation('k', ' ')] },
      ['spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified'],
    ],
    [
      { auditAnnotations: [annotation('k', `'${'é'.repeat(2560)}'`)] },
      ['spec.auditAnnotations[0].valueExpression: Required value: must not exceed 5120 bytes in length'],
    ],
    [
      { auditAnnotations: [annotation('k', '1')] },
      ['spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type]'],
    ],
  ])('U7 %j is refused', (spec, problems) => expect(problemsOf(spec)).toEqual(problems));

  it('U7 more than twenty are refused', () => {
    const [problem = ''] = problemsOf({ auditAnnotations: Array.from({ length: 21 }, (_, index) => annotation(`k${index}`)) });
    expect(problem).toMatch(
      /^spec\.auditAnnotations: Invalid value: \[\]admissionregistration\.AuditAnnotation\{admissionregistration\.AuditAnnotation\{Key:"k0", ValueExpression:"'v'"\}, /,
    );
    expect(problem).toMatch(/: must not have more than 20 auditAnnotations$/);
  });
});

describe('U7 policies', () => {
  it.each<[string, object]>([
    ['with an expression of two lines', { validations: [{ expression: 'true &&\ntrue' }] }],
    ['with resources and subresources', rules('pods', 'pods/exec', 'deployments/*', '*/scale')],
    ['with all resources', rules('*/*')],
    [
      'with parameters',
      { paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' }, matchConditions: [{ name: 'a', expression: 'params.x == 1' }] },
    ],
  ])('U7 it is good %s', (_title, spec) => expect(problemsOf(spec)).toEqual([]));

  it.each<[object, string]>([
    [{ failurePolicy: 'Try' }, 'spec.failurePolicy: Unsupported value: "Try": supported values: "Fail", "Ignore"'],
    [
      { paramKind: { apiVersion: 'a/b/c', kind: 'K' } },
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    ],
    [{ paramKind: { apiVersion: 'a/', kind: 'K' } }, 'spec.paramKind.apiVersion: Invalid value: "a/": version must be specified'],
    [
      { paramKind: { apiVersion: 'v1', kind: '1K' } },
      `spec.paramKind.kind: Invalid value: "1K": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
    ],
    [{ matchConstraints: { resourceRules: [] } }, 'spec.matchConstraints.resourceRules: Required value'],
    [
      { matchConstraints: { resourceRules: [RULE], objectSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } },
      "spec.matchConstraints.objectSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
    [
      { matchConstraints: { resourceRules: [{ ...RULE, resourceNames: ['a', 'a'] }] } },
      'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"',
    ],
    [
      { matchConstraints: { resourceRules: [RULE], excludeResourceRules: [{ ...RULE, resourceNames: ['a/b'] }] } },
      `spec.matchConstraints.excludeResourceRules[0].resourceNames[0]: Invalid value: "a/b": may not contain '/'`,
    ],
    [
      { matchConstraints: { resourceRules: [{ ...RULE, operations: ['*', 'CREATE'] }] } },
      `spec.matchConstraints.resourceRules[0].operations: Invalid value: []admissionregistration.OperationType{"*", "CREATE"}: if '*' is present, must not specify other operations`,
    ],
    [rules('pods/*', 'pods/exec'), `${AT_RESOURCES}[1]: Invalid value: "pods/exec": if 'pods/*' is present, must not specify pods/exec`],
    [
      rules('*/scale', 'deployments/scale'),
      `${AT_RESOURCES}[1]: Invalid value: "deployments/scale": if '*/scale' is present, must not specify deployments/scale`,
    ],
    [
      rules('*/*', 'pods'),
      `${AT_RESOURCES}: Invalid value: []string{"*/*", "pods"}: if '*/*' is present, must not specify other resources`,
    ],
    [
      rules('*', 'pods'),
      `${AT_RESOURCES}: Invalid value: []string{"*", "pods"}: if '*' is present, must not specify other resources without subresources`,
    ],
    [
      {
        matchConditions: [
          { name: 'a', expression: 'true' },
          { name: 'a', expression: 'true' },
        ],
      },
      'spec.matchConditions[1].name: Duplicate value: "a"',
    ],
    [
      { matchConditions: [{ name: 'a', expression: ' 1 ' }] },
      'spec.matchConditions[0].expression: Invalid value: "1": must evaluate to bool',
    ],
    [{ variables: [{ name: 'in', expression: '1' }] }, 'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier'],
    [{ variables: [{ name: ' ', expression: '1' }] }, 'spec.variables[0].name: Required value: name is not specified'],
    [
      { validations: [{ expression: 'true', message: 'a\rb' }] },
      'spec.validations[0].message: Invalid value: "a\\rb": message must not contain line breaks',
    ],
    [
      { validations: [{ expression: 'true', reason: 'Unauthorized' }] },
      'spec.validations[0].reason: Unsupported value: "Unauthorized": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  ])('U7 %j is refused', (spec, problem) => expect(problemsOf(spec)).toEqual([problem]));

  it('U7 has 64 conditions at most', () => {
    const matchConditions = Array.from({ length: 65 }, (_, index) => ({ name: `c${index}`, expression: 'true' }));
    expect(problemsOf({ matchConditions })).toEqual(['spec.matchConditions: Too many: 65: must have at most 64 items']);
  });
});

describe('U7 bindings', () => {
  const paramRef = { name: 'x', parameterNotFoundAction: 'Deny' };
  it.each<[string, object]>([
    ['that only notes', {}],
    ['that notes and refuses', { validationActions: ['Deny', 'Audit'], paramRef }],
    ['with parameters by labels', { paramRef: { selector: {}, parameterNotFoundAction: 'Allow' } }],
  ])('U7 it is good %s', (_title, spec) => expect(bindingProblems(spec)).toEqual([]));

  it.each<[object, readonly string[]]>([
    [{ policyName: '' }, ['spec.policyName: Required value']],
    [{ validationActions: [] }, ['spec.validationActions: Required value: at least one validation action is required']],
    [{ validationActions: ['Audit', 'Audit'] }, ['spec.validationActions[1]: Duplicate value: "Audit"']],
    [{ validationActions: ['Log'] }, ['spec.validationActions[0]: Unsupported value: "Log": supported values: "Audit", "Deny", "Warn"']],
    [
      { validationActions: ['Deny', 'Warn'] },
      [
        'spec.validationActions: Invalid value: []admissionregistration.ValidationAction{"Deny", "Warn"}: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ],
    ],
    [
      { paramRef: { ...paramRef, selector: {} } },
      [
        'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      ],
    ],
    [{ paramRef: { ...paramRef, name: 'a%b' } }, [`spec.paramRef.name: Invalid value: "a%b": may not contain '%'`]],
    [{ paramRef: { name: 'x' } }, ['spec.paramRef.parameterNotFoundAction: Required value']],
    [
      { matchResources: { excludeResourceRules: [{ ...RULE, apiVersions: [] }] } },
      ['spec.matchResources.excludeResourceRules[0].apiVersions: Required value'],
    ],
    [
      { matchResources: { matchPolicy: 'Any' } },
      ['spec.matchResources.matchPolicy: Unsupported value: "Any": supported values: "Equivalent", "Exact"'],
    ],
  ])('U7 %j is refused', (spec, problems) => expect(bindingProblems(spec)).toEqual(problems));
});
