// Evaluates the expressions of a policy for one request and one parameter.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/validating/validator.go, plugin/cel/{condition,composition}.go,
// plugin/webhook/matchconditions/matcher.go (v1.33). Rule: U7.

import type { AuthorizerAnswer, AuthorizerQuestion } from '../../../apimachinery/cel/declarations.ts';
import { ALL_CALLS_COST_MAX, CALL_COST_MAX, CONDITIONS_COST_MAX, messageOf, type Program, run } from '../../../apimachinery/cel/index.ts';
import { freeValueOf } from '../../../apimachinery/cel/json.ts';
import { AUTHORIZER_VALUE, resourceCheckOf } from '../../../apimachinery/cel/library/kubernetes.ts';
import { parseTimestamp } from '../../../apimachinery/cel/library/times.ts';
import { type CelResult, type CelValue, fail, isFailure, list, map } from '../../../apimachinery/cel/values.ts';
import type { Json, KubeObject } from '../../../apimachinery/meta.ts';
import type { Kind } from '../../../kinds/kind.ts';
import { admissionEnvironment, compileAdmission } from '../../../kinds/shared/admission-cel.ts';
import type { MatchCondition } from '../../../kinds/shared/admission-match.ts';
import type { ValidatingAdmissionPolicy, Validation } from '../../../kinds/validatingadmissionpolicy/types.ts';
import { variableTypes } from '../../../kinds/validatingadmissionpolicy/validation.ts';
import type { AdmissionAttributes, ObjectKind } from './matching.ts';

export interface Inputs {
  readonly attributes: AdmissionAttributes;
  /** Undefined where the policy has none. */
  readonly params: KubeObject | undefined;
  readonly namespace: KubeObject | undefined;
  readonly authorize: ((question: AuthorizerQuestion) => AuthorizerAnswer) | undefined;
}

/** Why a request is refused. */
export interface Denial {
  readonly message: string;
  readonly reason: string;
  /** The actions of the binding do not count. */
  readonly isUnconditional?: boolean;
}

type Compile = (expression: string, hasAuthorizer: boolean) => Program | string;

/** Compiled expressions of a policy's specification, kept as long as it is. */
const compiled = new WeakMap<object, Compile>();

function compilerOf(policy: ValidatingAdmissionPolicy): Compile {
  const known = compiled.get(policy.spec);
  if (known !== undefined) return known;
  const variables = variableTypes(policy);
  const programs = new Map<string, Program | string>();
  const compile: Compile = (expression, hasAuthorizer) => {
    const key = `${hasAuthorizer ? 'a' : ''}:${expression}`;
    const found = programs.get(key);
    if (found !== undefined) return found;
    const environment = admissionEnvironment({ hasParams: policy.spec.paramKind !== undefined, hasAuthorizer, variables });
    const result = compileAdmission(expression, environment, []);
    const program = result.ok ? result.program : result.problem;
    programs.set(key, program);
    return program;
  };
  compiled.set(policy.spec, compile);
  return compile;
}

/** What the validations of a policy refuse. Undefined where its match conditions do not hold. */
export function evaluatePolicy(policy: ValidatingAdmissionPolicy, inputs: Inputs): readonly Denial[] | undefined {
  const evaluation = new PolicyEvaluation(policy, inputs);
  const isMatched = evaluation.matches();
  if (typeof isMatched !== 'boolean') return evaluation.failed(isMatched);
  return isMatched ? evaluation.denials() : undefined;
}

/** Whether the match conditions of a webhook hold, or why that cannot be said. */
export function conditionsHold(matchConditions: readonly MatchCondition[], inputs: Inputs): boolean | string {
  return new PolicyEvaluation({ spec: { matchConditions } } as ValidatingAdmissionPolicy, inputs).matches();
}

class PolicyEvaluation {
  private readonly policy: ValidatingAdmissionPolicy;
  private readonly inputs: Inputs;
  private readonly compile: Compile;

  constructor(policy: ValidatingAdmissionPolicy, inputs: Inputs) {
    this.policy = policy;
    this.inputs = inputs;
    this.compile = compilerOf(policy);
  }

  /** What a failure means: nothing, or a refusal without a reason of its own. */
  failed(message: string, more: Partial<Denial> = {}): readonly Denial[] {
    return this.policy.spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: '', ...more }];
  }

  /** Whether all conditions hold. One that does not wins over those that fail. */
  matches(): boolean | string {
    const conditions = this.policy.spec.matchConditions ?? [];
    // Conditions know nothing of the namespace.
    const inputs = { ...this.inputs, namespace: undefined };
    const results = new Expressions(this.policy, inputs, this.compile, CONDITIONS_COST_MAX).run(conditions, true);
    if (typeof results === 'string') return results;
    if (results.some((result) => result === false)) return false;
    const errors = [...new Set(results.filter(isFailure).map(({ message }) => message))];
    if (errors.length === 0) return true;
    return errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`;
  }

  /** U7: validations and their messages share a budget, annotations have one of their own and may not ask the authorizer. */
  denials(): readonly Denial[] {
    const { validations = [] } = this.policy.spec;
    const expressions = new Expressions(this.policy, this.inputs, this.compile, ALL_CALLS_COST_MAX);
    const results = expressions.run(validations, true);
    if (typeof results === 'string') return this.failed(results);
    const texts = expressions.next().run(
      validations.map(({ messageExpression = '' }) => ({ expression: messageExpression })),
      false,
    );
    const found = validations.flatMap((validation, index) => this.judge(validation, results[index] ?? null, texts, index));
    const annotations = this.annotations();
    return typeof annotations === 'string' ? this.failed(annotations) : [...found, ...annotations];
  }

  private judge(
    { expression, message = '', reason = 'Invalid' }: Validation,
    result: CelResult,
    texts: readonly CelResult[] | string,
    index: number,
  ): readonly Denial[] {
    if (isFailure(result)) return this.failed(result.message);
    if (typeof texts === 'string') return this.failed(`failed messageExpression: ${texts}`);
    if (result === true) return [];
    const text = messageOf(texts[index] ?? null) ?? message.trim();
    return [{ message: text === '' ? `failed expression: ${expression.trim()}` : text, reason }];
  }

  /** Annotations go to no log here. One that fails refuses, whatever the actions of the binding are; a string is why none could be made. */
  private annotations(): readonly Denial[] | string {
    const { auditAnnotations = [] } = this.policy.spec;
    const inputs = { ...this.inputs, authorize: undefined };
    const results = new Expressions(this.policy, inputs, this.compile, ALL_CALLS_COST_MAX).run(
      auditAnnotations.map(({ valueExpression }) => ({ expression: valueExpression })),
      true,
    );
    if (typeof results === 'string') return results;
    return results.filter(isFailure).flatMap(({ message }) => this.failed(message, { isUnconditional: true }));
  }
}

const EXHAUSTED = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** A list of expressions that is evaluated with one budget; a variable of the policy is evaluated once for all of them. */
class Expressions {
  private readonly policy: ValidatingAdmissionPolicy;
  private readonly inputs: Inputs;
  private readonly compile: Compile;
  private readonly known = new Map<string, CelResult>();
  private budget: number;

  constructor(policy: ValidatingAdmissionPolicy, inputs: Inputs, compile: Compile, budget: number) {
    this.policy = policy;
    this.inputs = inputs;
    this.compile = compile;
    this.budget = budget;
  }

  /** Another list, with what is left of the budget. */
  next(): Expressions {
    return new Expressions(this.policy, this.inputs, this.compile, this.budget);
  }

  /** What each expression gives, null where there is none, or why nothing more is evaluated. */
  run(items: readonly { readonly expression: string }[], hasAuthorizer: boolean): readonly CelResult[] | string {
    const results: CelResult[] = [];
    for (const { expression } of items) {
      const program = expression === '' ? undefined : this.compile(expression, hasAuthorizer);
      if (program === undefined) results.push(null);
      else if (typeof program === 'string') results.push(fail(`compilation error: ${program}`));
      else {
        const result = this.evaluate(program);
        if (this.budget < 0) return EXHAUSTED;
        results.push(isFailure(result) ? fail(`expression '${expression}' resulted in error: ${result.message}`) : result);
      }
    }
    return results;
  }

  private evaluate(program: Program): CelResult {
    const { authorize } = this.inputs;
    const { result, cost } = run(program, {
      variable: (name) => this.variable(name),
      costMax: CALL_COST_MAX,
      ...(authorize === undefined ? {} : { authorize }),
    });
    this.budget -= cost;
    return result;
  }

  /** Values are made when they are first read. */
  private variable(name: string): CelResult | undefined {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const value = this.make(name);
    if (value !== undefined) this.known.set(name, value);
    return value;
  }

  private make(name: string): CelResult | undefined {
    const { attributes, params, namespace, authorize } = this.inputs;
    switch (name) {
      case 'object':
        return objectValue(attributes.object);
      case 'oldObject':
        return objectValue(attributes.oldObject);
      case 'params':
        return objectValue(params);
      case 'request':
        return requestValue(attributes);
      case 'namespaceObject':
        return namespace === undefined ? null : namespaceValue(namespace);
      case 'authorizer':
        return authorize === undefined ? undefined : AUTHORIZER_VALUE;
      case 'authorizer.requestResource':
        if (authorize === undefined) return undefined;
        return resourceCheckOf({
          group: attributes.kind.group,
          resource: attributes.kind.plural,
          subresource: attributes.subresource,
          namespace: attributes.namespace ?? '',
          name: attributes.name,
        });
      default: {
        const variable = (this.policy.spec.variables ?? []).find((item) => `variables.${item.name}` === name);
        return variable === undefined ? undefined : this.composed(variable);
      }
    }
  }

  private composed({ name, expression }: { readonly name: string; readonly expression: string }): CelResult {
    const program = this.compile(expression, true);
    if (typeof program === 'string') return fail(`composited variable "${name}" fails to compile: ${program}`);
    const result = this.evaluate(program);
    return isFailure(result) ? fail(`composited variable "${name}" fails to evaluate: ${result.message}`) : result;
  }
}

function objectValue(object: KubeObject | undefined): CelValue {
  return object === undefined ? null : freeValueOf(object as Json);
}

function fields(members: Readonly<Record<string, CelValue | undefined>>): CelValue {
  return {
    kind: 'object',
    fields: new Map(Object.entries(members).filter((entry): entry is [string, CelValue] => entry[1] !== undefined)),
  };
}

function requestValue({ kind, view = kind, objectKind, ...rest }: AdmissionAttributes): CelValue {
  const { name, namespace, subresource, operation, user, isDryRun } = rest;
  const gvk = (of: ObjectKind): CelValue => fields({ group: of.group, version: of.version, kind: of.kind });
  const gvr = (of: Kind): CelValue => fields({ group: of.group, version: of.version, resource: of.plural });
  const extra = map(Object.entries(user.extra ?? {}).map(([key, values]) => [key, list(values)] as const));
  return fields({
    kind: gvk(objectKind ?? view),
    resource: gvr(view),
    subResource: subresource === '' ? undefined : subresource,
    requestKind: gvk(objectKind ?? kind),
    requestResource: gvr(kind),
    requestSubResource: subresource === '' ? undefined : subresource,
    name,
    namespace: namespace ?? '',
    operation,
    userInfo: fields({ username: user.username, uid: user.uid, groups: list(user.groups), extra }),
    dryRun: isDryRun,
    options: map([]),
  });
}

function namespaceValue({ metadata, spec, status }: KubeObject): CelValue {
  const texts = (value: object | undefined): CelValue | undefined => (value === undefined ? undefined : freeValueOf(value as Json));
  const time = (text: string | undefined): CelValue | undefined => {
    const parsed = text === undefined ? undefined : parseTimestamp(text);
    return parsed === undefined || isFailure(parsed) ? undefined : parsed;
  };
  const { finalizers } = (spec ?? {}) as { finalizers?: object };
  const { phase } = (status ?? {}) as { phase?: string };
  return fields({
    metadata: fields({
      name: metadata.name,
      labels: texts(metadata.labels),
      annotations: texts(metadata.annotations),
      UID: metadata.uid,
      creationTimestamp: time(metadata.creationTimestamp),
      deletionTimestamp: time(metadata.deletionTimestamp),
      resourceVersion: metadata.resourceVersion,
      finalizers: texts(metadata.finalizers),
    }),
    spec: fields({ finalizers: texts(finalizers) }),
    status: fields({ phase }),
  });
}
