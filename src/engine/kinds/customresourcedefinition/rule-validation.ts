// Whether the rules of a definition are good: their texts, that they compile, what they can cost, and where `oldSelf` can be told.
// Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, cel_validation.go (v1.33). Rule: P12.

import { UNBOUNDED } from '../../apimachinery/cel/estimate.ts';
import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import type { StructuralSchema, ValidationRule } from '../shared/structural-schema.ts';
import { declaredTypeOf, REQUEST_BYTES_MAX } from './rule-types.ts';
import { compileRule } from './rules.ts';

/** What one rule, and all rules of a version, may cost by their estimates. */
const RULE_COST_MAX = 10_000_000;
const SCHEMA_COST_MAX = 100_000_000;
const MESSAGE_LENGTH_MAX = 2_048;
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** Where a schema stands. */
interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** How often the rules of the schema are evaluated for one object at most; undefined below a list or a map without a bound of its own. */
  readonly cardinality: number | undefined;
  /** The path of the list or map within which a value cannot be told from another. */
  readonly uncorrelated: string | undefined;
}

interface Expense {
  readonly path: string;
  readonly cost: number;
}

/** Errors of all rules of a version's schema. */
export function validateRules(schema: StructuralSchema, path: string): readonly FieldError[] {
  const expenses: Expense[] = [];
  const errors = visit(schema, { path, isRoot: true, cardinality: 1, uncorrelated: undefined }, expenses);
  const total = expenses.reduce((sum, { cost }) => Math.min(UNBOUNDED, sum + cost), 0);
  if (total <= SCHEMA_COST_MAX) return errors;
  const most = [...expenses].sort((a, b) => b.cost - a.cost || (a.path < b.path ? -1 : 1)).slice(0, 4);
  const contributed = 'contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema';
  const whole = 'x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema';
  return [
    ...errors,
    ...most.map((expense) => forbidden(expense.path, contributed)),
    forbidden(path, costText(whole, total, SCHEMA_COST_MAX)),
  ];
}

function visit(schema: StructuralSchema, place: Place, expenses: Expense[]): FieldError[] {
  const { path, cardinality, uncorrelated } = place;
  const errors: FieldError[] = [];
  const below = (inner: StructuralSchema, at: string, times: number | undefined, apart: string | undefined): void => {
    const next = {
      path: at,
      isRoot: inner['x-kubernetes-embedded-resource'] === true,
      cardinality: times === undefined || cardinality === undefined ? undefined : Math.min(UNBOUNDED, cardinality * Math.max(0, times)),
      uncorrelated: uncorrelated ?? apart,
    };
    errors.push(...visit(inner, next, expenses));
  };
  const hasRules = carriesRules(schema);
  if (!hasRules) return [];
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic' ? path : undefined;
  for (const [name, property] of Object.entries(schema.properties ?? {})) below(property, `${path}.properties[${name}]`, 1, isAtomic);
  if (typeof schema.additionalProperties === 'object')
    below(schema.additionalProperties, `${path}.additionalProperties`, schema.maxProperties, isAtomic);
  if (schema.items !== undefined)
    below(schema.items, `${path}.items`, schema.maxItems, schema['x-kubernetes-list-type'] === 'map' ? undefined : path);
  return [...errors, ...validateOwn(schema, place, expenses)];
}

function carriesRules(schema: StructuralSchema): boolean {
  const { items, additionalProperties, properties = {} } = schema;
  return (
    schema['x-kubernetes-validations'] !== undefined ||
    (items !== undefined && carriesRules(items)) ||
    (typeof additionalProperties === 'object' && carriesRules(additionalProperties)) ||
    Object.values(properties).some(carriesRules)
  );
}

function validateOwn(schema: StructuralSchema, place: Place, expenses: Expense[]): readonly FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const at = (index: number): string => `${place.path}.x-kubernetes-validations[${index}]`;
  const errors = rules.flatMap((rule, index) => validateTexts(rule, at(index), schema));
  if (errors.length > 0 || rules.length === 0) return errors;
  const declared = declaredTypeOf(schema, place.isRoot);
  if (declared === undefined) return [];
  // Under a list or a map without a bound a value is there as often as a request has room for it.
  const times = place.cardinality ?? Math.floor(REQUEST_BYTES_MAX / (declared.bytesMin + 1));
  return rules.flatMap((rule, index) => {
    const path = at(index);
    const compiled = compileRule(rule, declared.type);
    const found: FieldError[] = [];
    const charge = (member: string, estimated: number, name: string): void => {
      const cost = Math.min(UNBOUNDED, estimated);
      if (cost > RULE_COST_MAX) found.push(forbidden(`${path}.${member}`, costText(name, cost, RULE_COST_MAX)));
      expenses.push({ path: `${path}.${member}`, cost });
    };
    charge('rule', compiled.costMax * times, 'estimated rule cost');
    if (compiled.problem !== undefined) found.push(invalid(`${path}.rule`, goText(dump(rule)), compiled.problem));
    if (compiled.messageProblem !== undefined)
      found.push(invalid(`${path}.messageExpression`, goText(dump(rule)), compiled.messageProblem));
    else if (compiled.message !== undefined) charge('messageExpression', compiled.messageCostMax, 'estimated messageExpression cost');
    if (compiled.usesOldSelf && place.uncorrelated !== undefined) {
      const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`;
      found.push(invalid(`${path}.rule`, rule.rule, text));
    }
    if (compiled.program !== undefined && !compiled.usesOldSelf && rule.optionalOldSelf !== undefined)
      found.push(invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    return found;
  });
}

function validateTexts(given: ValidationRule, path: string, schema: StructuralSchema): readonly FieldError[] {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = given;
  const rule = (given.rule ?? '').trim();
  const text = message.trim();
  const errors: FieldError[] = [];
  if (rule === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  else if (message !== '' && text === '') errors.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'));
  else if (text.length > MESSAGE_LENGTH_MAX)
    errors.push(invalid(`${path}.message`, `${message.slice(0, 10)}...`, 'message must have a maximum length of 2048 characters'));
  else if (text.includes('\n')) errors.push(invalid(`${path}.message`, message, 'message must not contain line breaks'));
  else if (rule.includes('\n') && text === '')
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath !== '' && fieldPath.trim() === '')
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must be non-empty if specified'));
  else if (fieldPath.includes('\n')) errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must not contain line breaks'));
  else if (fieldPath !== '' && schemaAt(schema, fieldPath) === undefined)
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must be a valid path'));
  return errors;
}

/** The schema that a path of fields leads to, as `.spec.size` or `['a.b']`; undefined where there is none. */
export function schemaAt(schema: StructuralSchema, path: string): StructuralSchema | undefined {
  let rest = path;
  let found: StructuralSchema | undefined = schema;
  while (rest !== '' && found !== undefined) {
    const step: RegExpExecArray | null = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/.exec(rest);
    if (step === null) return undefined;
    const name: string = step[1] ?? (step[2] ?? '').replace(/\\(.)/g, '$1');
    const { properties, additionalProperties }: StructuralSchema = found;
    found = properties === undefined ? (typeof additionalProperties === 'object' ? additionalProperties : undefined) : properties[name];
    rest = rest.slice(step[0].length);
  }
  return found;
}

function costText(name: string, cost: number, costMax: number): string {
  const exceeded = cost / costMax;
  const factor = exceeded > 100 ? 'more than 100x' : exceeded < 1.5 ? `${exceeded.toFixed(6)}x` : `${exceeded.toFixed(1)}x`;
  const advice =
    '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
  return `${name} exceeds budget by factor of ${factor} ${advice}`;
}

/** A rule as Go prints it. */
function dump({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: ValidationRule): string {
  const pointer = (type: string, value: unknown): string => `(*${type})(${value === undefined ? 'nil' : '0xc000000000'})`;
  const text = JSON.stringify;
  return `apiextensions.ValidationRule{Rule:${text(rule)}, Message:${text(message)}, MessageExpression:${text(messageExpression)}, Reason:${pointer('apiextensions.FieldValueErrorReason', reason)}, FieldPath:${text(fieldPath)}, OptionalOldSelf:${pointer('bool', optionalOldSelf)}}`;
}
