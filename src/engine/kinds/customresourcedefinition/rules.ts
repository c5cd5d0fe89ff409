// Rules of definitions, `x-kubernetes-validations`: compiled once, judged on every write. What did not change and breaks a rule is only warned about.
// Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/{compilation,validation,maplist}.go (v1.33). Rule: P12.

import {
  ALL_CALLS_COST_MAX,
  CALL_COST_MAX,
  compile,
  costMaxOf,
  KUBERNETES_FUNCTIONS,
  messageOf,
  type Program,
  run,
} from '../../apimachinery/cel/index.ts';
import { type CelType, optionalOf } from '../../apimachinery/cel/types.ts';
import { type CelValue, isFailure, NONE, some } from '../../apimachinery/cel/values.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, isJsonObject, type Json } from '../../apimachinery/meta.ts';
import type { StructuralSchema, ValidationRule } from '../shared/structural-schema.ts';
import { declaredTypeOf, valueOf } from './rule-types.ts';

export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: Program | undefined;
  readonly message: Program | undefined;
  readonly usesOldSelf: boolean;
  /** What one evaluation can cost at worst. */
  readonly costMax: number;
  readonly messageCostMax: number;
  /** Why the rule, or its messageExpression, does not compile. */
  readonly problem?: string;
  readonly messageProblem?: string;
}

/** The rules of a schema and of what is below it; undefined where there are none. */
export interface RuleNode {
  readonly schema: StructuralSchema;
  readonly isRoot: boolean;
  readonly rules: readonly CompiledRule[];
  readonly items: RuleNode | undefined;
  readonly values: RuleNode | undefined;
  readonly properties: ReadonlyMap<string, RuleNode>;
}

/** Compiles all rules of a schema. */
export function compileRules(schema: StructuralSchema, isRoot: boolean): RuleNode | undefined {
  const { items, properties = {}, additionalProperties } = schema;
  const below = (inner: StructuralSchema | undefined): RuleNode | undefined =>
    inner === undefined ? undefined : compileRules(inner, inner['x-kubernetes-embedded-resource'] === true);
  const members = new Map<string, RuleNode>();
  for (const [name, property] of Object.entries(properties)) {
    const node = below(property);
    if (node !== undefined) members.set(name, node);
  }
  const values = typeof additionalProperties === 'object' ? below(additionalProperties) : undefined;
  const own = rulesOf(schema);
  const declared = own.length === 0 ? undefined : declaredTypeOf(schema, isRoot);
  const rules = declared === undefined ? [] : own.map((rule) => compileRule(rule, declared.type));
  const node = { schema, isRoot, rules, items: below(items), values, properties: members };
  return rules.length === 0 && node.items === undefined && values === undefined && members.size === 0 ? undefined : node;
}

/** The rules of a schema itself, and those that its allOf adds. */
function rulesOf(schema: StructuralSchema): readonly ValidationRule[] {
  return [...(schema['x-kubernetes-validations'] ?? []), ...(schema.allOf ?? []).flatMap(rulesOf)];
}

/** Compiles one rule for a `self` of a type. */
export function compileRule(rule: ValidationRule, self: CelType): CompiledRule {
  const oldSelf = rule.optionalOldSelf === true ? optionalOf(self) : self;
  const environment = { functions: KUBERNETES_FUNCTIONS, variables: new Map([['self', self] as const, ['oldSelf', oldSelf] as const]) };
  const compiled: CompiledRule = { rule, program: undefined, message: undefined, usesOldSelf: false, costMax: 0, messageCostMax: 0 };
  if ((rule.rule ?? '').trim() === '') return compiled;
  const judged = compile(rule.rule, environment);
  if (!judged.ok) return { ...compiled, problem: `compilation failed: ${judged.text}` };
  const { program } = judged;
  if (program.checked.type.kind !== 'bool') return { ...compiled, problem: 'cel expression must evaluate to a bool' };
  const usesOldSelf = program.checked.variables.has('oldSelf');
  const done = { ...compiled, program, usesOldSelf, costMax: costMaxOf(program, self) };
  if ((rule.messageExpression ?? '') === '') return done;
  const worded = compile(rule.messageExpression ?? '', environment);
  if (!worded.ok) return { ...done, messageProblem: `messageExpression compilation failed: ${worded.text}` };
  if (worded.program.checked.type.kind !== 'string') return { ...done, messageProblem: 'messageExpression must evaluate to a string' };
  return { ...done, message: worded.program, messageCostMax: costMaxOf(worded.program, self) };
}

export interface RuleVerdict {
  readonly errors: readonly FieldError[];
  /** Errors of what the write did not change. */
  readonly warnings: readonly FieldError[];
}

/** Judges an object by all rules. `previous` is undefined for a new one. */
export function judgeByRules(node: RuleNode, object: Json, previous: Json | undefined): RuleVerdict {
  const judge = new Judge();
  judge.visit(node, object, { old: previous, isSame: previous !== undefined && isJsonEqual(object, previous) }, '');
  return { errors: judge.errors, warnings: judge.warnings };
}

/** What a value was before: undefined where it cannot be told. */
interface Before {
  readonly old: Json | undefined;
  /** Whether the value, or what it lies in, is as it was. */
  readonly isSame: boolean;
}

class Judge {
  readonly errors: FieldError[] = [];
  readonly warnings: FieldError[] = [];
  private budget = ALL_CALLS_COST_MAX;

  visit(node: RuleNode, value: Json | undefined, before: Before, path: string): void {
    if (value === undefined || value === null || this.budget < 0) return;
    this.judge(node, value, before, path);
    if (Array.isArray(value)) this.visitItems(node, value, before, path);
    else if (isJsonObject(value)) this.visitMembers(node, value, before, path);
  }

  private visitItems(node: RuleNode, items: readonly Json[], before: Before, path: string): void {
    if (node.items === undefined) return;
    // Only the items of a list of the type `map` can be told from each other.
    const keys = node.schema['x-kubernetes-list-type'] === 'map' ? (node.schema['x-kubernetes-list-map-keys'] ?? []) : undefined;
    const keyOf = (item: Json): string => JSON.stringify((keys ?? []).map((key) => (isJsonObject(item) ? (item[key] ?? null) : null)));
    const olds = new Map(keys === undefined || !Array.isArray(before.old) ? [] : before.old.map((item: Json) => [keyOf(item), item]));
    for (const [index, item] of items.entries()) {
      const old = olds.get(keyOf(item));
      this.visit(node.items, item, beforeOf(item, old, before, keys !== undefined), `${path}[${index}]`);
    }
  }

  private visitMembers(node: RuleNode, object: Readonly<Record<string, Json>>, before: Before, path: string): void {
    const isCorrelated = node.schema['x-kubernetes-map-type'] !== 'atomic';
    const old = isCorrelated && isJsonObject(before.old) ? before.old : {};
    for (const name of Object.keys(object).sort()) {
      const property = node.properties.get(name);
      const inner = property ?? (node.schema.properties?.[name] === undefined ? node.values : undefined);
      if (inner === undefined) continue;
      const at = property === undefined ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      this.visit(inner, object[name], beforeOf(object[name], old[name], before, isCorrelated), at);
    }
  }

  private judge(node: RuleNode, value: Json, before: Before, path: string): void {
    if (node.rules.length === 0) return;
    const field = path === '' ? '<nil>' : path;
    const type = node.schema.type ?? '';
    const exhausted = invalid(field, type, 'validation failed due to running out of cost budget, no further validation rules will be run');
    if (this.budget <= 0) {
      this.errors.push(exhausted);
      this.budget = -1;
      return;
    }
    const self = valueOf(value, node.schema, node.isRoot);
    const oldSelf = before.old === undefined || before.old === null ? undefined : valueOf(before.old, node.schema, node.isRoot);
    for (const compiled of node.rules) {
      const { rule, program, usesOldSelf } = compiled;
      const isOptional = rule.optionalOldSelf === true;
      if (program === undefined || (usesOldSelf && oldSelf === undefined && !isOptional)) continue;
      const variables = variablesOf(self, oldSelf, isOptional);
      const { result, cost } = run(program, { variable: (name) => variables.get(name), costMax: CALL_COST_MAX });
      this.budget -= cost;
      if (this.budget < 0) {
        this.errors.push(exhausted);
        return;
      }
      if (isFailure(result)) {
        const { message } = result;
        this.errors.push(invalid(field, type, failureText(message, rule)));
        if (!message.startsWith(COST_EXCEEDED)) continue;
        this.budget = -1;
        return;
      }
      if (result !== true) this.report(compiled, variables, !usesOldSelf && before.isSame, field, type);
    }
  }

  private report(compiled: CompiledRule, variables: ReadonlyMap<string, CelValue>, isSame: boolean, field: string, type: string): void {
    const { rule } = compiled;
    const path = (rule.fieldPath ?? '').replace(/^\./, '');
    const at = path === '' ? field : field === '<nil>' ? path : `${field}.${path}`;
    const text = this.worded(compiled, variables) ?? messageOrDefault(rule);
    (isSame ? this.warnings : this.errors).push(errorOf(rule, at, type, text));
  }

  private worded({ message }: CompiledRule, variables: ReadonlyMap<string, CelValue>): string | undefined {
    if (message === undefined) return undefined;
    const { result, cost } = run(message, { variable: (name) => variables.get(name), costMax: CALL_COST_MAX });
    this.budget -= cost;
    return messageOf(result);
  }
}

const COST_EXCEEDED = 'operation cancelled: actual cost limit exceeded';

function beforeOf(value: Json | undefined, old: Json | undefined, parent: Before, isCorrelated: boolean): Before {
  if (!isCorrelated || old === undefined) return { old: undefined, isSame: isCorrelated ? false : parent.isSame };
  return { old, isSame: value !== undefined && isJsonEqual(value, old) };
}

function variablesOf(self: CelValue, oldSelf: CelValue | undefined, isOptional: boolean): ReadonlyMap<string, CelValue> {
  const variables = new Map([['self', self]]);
  if (isOptional) variables.set('oldSelf', oldSelf === undefined ? NONE : some(oldSelf));
  else if (oldSelf !== undefined) variables.set('oldSelf', oldSelf);
  return variables;
}

function ruleText({ message = '', rule }: ValidationRule): string {
  return (message === '' ? rule : message).trim();
}

function messageOrDefault(rule: ValidationRule): string {
  return (rule.message ?? '') === '' ? `failed rule: ${ruleText(rule)}` : (rule.message ?? '').trim();
}

function failureText(message: string, rule: ValidationRule): string {
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`;
  if (message.startsWith(COST_EXCEEDED))
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`;
  return `${message} evaluating rule: ${ruleText(rule)}`;
}

function errorOf({ reason }: ValidationRule, field: string, type: string, text: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, text);
    case 'FieldValueRequired':
      return required(field, text);
    case 'FieldValueDuplicate':
      return duplicate(field, type);
    default:
      return invalid(field, type, text);
  }
}
