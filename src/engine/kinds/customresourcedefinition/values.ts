// Validation of custom resources by their schema, in upstream's words.
// Upstream: apiextensions-apiserver/pkg/apiserver/validation/validation.go, k8s.io/kube-openapi/pkg/validation/validate (v1.33). Rule: P1.

import { duplicate, type FieldError, goText, invalid, notSupported, required, tooLong, tooMany } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, isJsonObject, type Json } from '../../apimachinery/meta.ts';
import { compilePattern, PATTERN_WORK_MAX } from '../../apimachinery/pattern.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { mapItemOf, type StructuralSchema } from '../shared/structural-schema.ts';

/** What the validation of one object may still cost. */
interface Budget {
  /** Characters times instructions of patterns. */
  patternWork: number;
}

/** Errors of a value; members by name, as upstream sorts them. What is as it was before is not judged again. */
export function validateValue(value: Json | undefined, schema: StructuralSchema, path: string, previous?: Json): FieldError[] {
  return validate(value, schema, path, { patternWork: PATTERN_WORK_MAX }, previous);
}

function validate(value: Json | undefined, schema: StructuralSchema, path: string, budget: Budget, previous?: Json): FieldError[] {
  if (value === undefined || (previous !== undefined && isJsonEqual(value, previous))) return [];
  if (value === null && schema.nullable === true) return [];
  const mistyped = checkType(value, schema, path);
  if (mistyped !== undefined) return [mistyped];
  return [
    ...checkEnum(value, schema, path),
    ...(typeof value === 'number' ? checkNumber(value, schema, path) : []),
    ...(typeof value === 'string' ? checkText(value, schema, path, budget) : []),
    ...(Array.isArray(value) ? checkList(value, schema, path, budget, previous) : []),
    ...(isJsonObject(value) ? checkObject(value, schema, path, budget, previous) : []),
    ...checkCombinations(value, schema, path, budget),
  ];
}

function checkType(value: Json, schema: StructuralSchema, path: string): FieldError | undefined {
  const found = typeOf(value);
  const { type } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (found === 'string' || found === 'integer') return undefined;
    return typeError(path, 'integer,string', found);
  }
  if (type === undefined || type === found || (type === 'number' && found === 'integer')) return undefined;
  return typeError(path, type, found);
}

function typeError(path: string, wanted: string, found: string): FieldError {
  const message = `Invalid value: "${found}": ${subject(path)} must be of type ${wanted}: "${found}"`;
  return { reason: 'FieldValueTypeInvalid', field: fieldOf(path), message };
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** `spec.size in body`. */
function subject(path: string): string {
  return `${path} in body`;
}

function fieldOf(path: string): string {
  return path === '' ? '<nil>' : path;
}

function problem(path: string, value: Json, text: string): FieldError {
  return invalid(fieldOf(path), shown(value), `${subject(path)} ${text}`);
}

function shown(value: Json): string | number | boolean | ReturnType<typeof goText> {
  return value === null ? goText('null') : typeof value === 'object' ? goText(JSON.stringify(value)) : value;
}

function checkEnum(value: Json, { enum: values }: StructuralSchema, path: string): FieldError[] {
  if (values === undefined || values.some((item) => isJsonEqual(item, value))) return [];
  const supported = values.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  return [notSupported(fieldOf(path), shown(value), supported)];
}

function checkNumber(value: number, schema: StructuralSchema, path: string): FieldError[] {
  const { minimum, maximum, multipleOf } = schema;
  const errors: FieldError[] = [];
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true && value >= maximum) errors.push(problem(path, value, `should be less than ${maximum}`));
    else if (value > maximum) errors.push(problem(path, value, `should be less than or equal to ${maximum}`));
  }
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true && value <= minimum) errors.push(problem(path, value, `should be greater than ${minimum}`));
    else if (value < minimum) errors.push(problem(path, value, `should be greater than or equal to ${minimum}`));
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    errors.push(problem(path, value, `should be a multiple of ${multipleOf}`));
  return errors;
}

function checkText(value: string, schema: StructuralSchema, path: string, budget: Budget): FieldError[] {
  const errors: FieldError[] = [];
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength) errors.push(tooLong(fieldOf(path), schema.maxLength));
  if (schema.minLength !== undefined && length < schema.minLength)
    errors.push(problem(path, value, `should be at least ${schema.minLength} chars long`));
  if (schema.pattern !== undefined) errors.push(...checkPattern(value, schema.pattern, path, budget));
  const { format } = schema;
  if (format !== undefined && FORMATS[format]?.(value) === false)
    errors.push(invalid(fieldOf(path), value, `${subject(path)} must be of type ${format}: ${JSON.stringify(value)}`));
  return errors;
}

/** The error of a value that its pattern does not match. All values of an object share one amount of work. */
function checkPattern(value: string, source: string, path: string, budget: Budget): FieldError[] {
  const compiled = compilePattern(source);
  if (!compiled.ok) return [problem(path, value, `should match '${source}, but pattern is invalid: ${compiled.error}'`)];
  budget.patternWork -= (value.length + 1) * compiled.pattern.size;
  if (budget.patternWork < 0) return [problem(path, value, `is more than can be matched with '${source}'`)];
  return compiled.pattern.test(value) ? [] : [problem(path, value, `should match '${source}'`)];
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text),
  'date-time': (text) => parseTime(text) !== undefined,
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  ipv4: (text) => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256),
};

function checkList(values: readonly Json[], schema: StructuralSchema, path: string, budget: Budget, previous?: Json): FieldError[] {
  const errors: FieldError[] = [];
  const { items } = schema;
  const olds = itemsByKey(previous, schema);
  if (items !== undefined)
    values.forEach((item, index) => errors.push(...validate(item, items, `${path}[${index}]`, budget, olds.get(itemKey(item, schema)))));
  if (schema.minItems !== undefined && values.length < schema.minItems)
    errors.push(problem(path, values.length, `should have at least ${schema.minItems} items`));
  if (schema.maxItems !== undefined && values.length > schema.maxItems) errors.push(tooMany(fieldOf(path), values.length, schema.maxItems));
  return [...errors, ...checkListType(values, schema, path)];
}

/** Only the items of a list of the type `map` can be found again. */
function itemsByKey(previous: Json | undefined, schema: StructuralSchema): ReadonlyMap<string, Json> {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(previous)) return new Map();
  return new Map(previous.map((item: Json) => [itemKey(item, schema), item]));
}

function itemKey(item: Json, schema: StructuralSchema): string {
  return JSON.stringify((schema['x-kubernetes-list-map-keys'] ?? []).map((name) => (isJsonObject(item) ? (item[name] ?? null) : null)));
}

/** Sets and maps have no element twice. */
function checkListType(values: readonly Json[], schema: StructuralSchema, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  return values.flatMap((item, index) => {
    const key: Json =
      listType === 'set' ? item : Object.fromEntries(keys.map((name) => [name, isJsonObject(item) ? (item[name] ?? null) : null]));
    const text = JSON.stringify(key);
    if (seen.has(text)) return [duplicate(`${path}[${index}]`, shown(key))];
    seen.add(text);
    return [];
  });
}

function checkObject(
  value: Readonly<Record<string, Json>>,
  schema: StructuralSchema,
  path: string,
  budget: Budget,
  previous?: Json,
): FieldError[] {
  const errors: FieldError[] = [];
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties)
    errors.push(problem(path, count, `should have at least ${schema.minProperties} properties`));
  if (schema.maxProperties !== undefined && count > schema.maxProperties) errors.push(tooMany(fieldOf(path), count, schema.maxProperties));
  for (const name of schema.required ?? []) if (value[name] === undefined) errors.push(required(at(name)));
  const item = mapItemOf(schema);
  for (const name of Object.keys(value).sort()) {
    const inner = schema.properties?.[name] ?? item;
    const old = isJsonObject(previous) && schema['x-kubernetes-map-type'] !== 'atomic' ? previous[name] : undefined;
    if (inner !== undefined) errors.push(...validate(value[name], inner, at(name), budget, old));
  }
  return errors;
}

function checkCombinations(value: Json, { allOf, anyOf, oneOf, not }: StructuralSchema, path: string, budget: Budget): FieldError[] {
  const name = JSON.stringify(path);
  const wrong = (text: string): FieldError => invalid(fieldOf(path), shown(value), `${name} must ${text}`);
  const isValid = (schema: StructuralSchema): boolean => validate(value, schema, path, budget).length === 0;
  const errors = (allOf ?? []).flatMap((schema) => validate(value, schema, path, budget));
  if (errors.length > 0) errors.push(wrong('validate all the schemas (allOf)'));
  if (anyOf !== undefined && !anyOf.some(isValid)) errors.push(wrong('validate at least one schema (anyOf)'));
  const valid = (oneOf ?? []).filter(isValid).length;
  if (oneOf !== undefined && valid !== 1) {
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
    errors.push(wrong(`validate one and only one schema (oneOf). ${found}`));
  }
  if (not !== undefined && isValid(not)) errors.push(wrong('not validate the schema (not)'));
  return errors;
}
