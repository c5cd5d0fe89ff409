// What a patch gets whose result cannot be decoded: 422, where a body gets 400 (C13).
// Upstream: apiserver/pkg/endpoints/handlers/patch.go, apimachinery/pkg/runtime/converter.go (v1.33).

import { compareText } from '../../apimachinery/text.ts';
import { invalid } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, isJsonObject, type Json } from '../../apimachinery/meta.ts';
import { invalidObject, type Status } from '../../apimachinery/status.ts';
import type { ApiRequest } from '../request-types.ts';

const NO_KIND = { group: '', plural: '', kind: '' };

/** The Status of a patch whose result has a problem; `base` is what was patched. */
export function invalidPatch(request: ApiRequest, base: Json, patched: Json, problem: string): Status {
  const isStrategic = request.patchType === 'strategic' || request.patchType === undefined;
  const value = isStrategic ? goValue(request.body ?? null) : JSON.stringify(inDecodedOrder(patched, base));
  const status = invalidObject(NO_KIND, '', [invalid('patch', value, isStrategic ? unstructuredProblem(problem) : problem)]);
  // No object is named, not even by an empty kind.
  const causes = status.details?.causes ?? [];
  return { ...status, details: { causes } };
}

/** A JSON value as Go prints a map: keys sorted, nothing quoted. */
function goValue(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => goValue(item)).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : String(value);
  return `map[${sortedEntries(value)
    .map(([name, item]) => `${name}:${goValue(item)}`)
    .join(' ')}]`;
}

/** The patch libraries sort the members of what they touch. */
function inDecodedOrder(value: Json, base: Json): Json {
  if (isJsonEqual(value, base) || !isJsonObject(value)) return value;
  const before = isJsonObject(base) ? base : {};
  return Object.fromEntries(sortedEntries(value).map(([name, item]) => [name, inDecodedOrder(item, before[name] ?? null)]));
}

function sortedEntries(value: Readonly<Record<string, Json>>): [string, Json][] {
  return Object.entries(value).sort(([a], [b]) => compareText(a, b));
}

const MISTYPED = /^json: cannot unmarshal (\w+)(?: (\S+))? into Go struct field \S+ of type (\S+)$/;

/** A strategic patch is decoded from maps, which have words of their own for a wrong type. */
function unstructuredProblem(problem: string): string {
  const [, found = '', number = '', type = ''] = MISTYPED.exec(problem) ?? [];
  if (type === '') return problem;
  const kind = { array: 'slice', object: 'map', number: number.includes('.') ? 'float64' : 'int64' }[found] ?? found;
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  return type.includes('.') ? `cannot restore struct from: ${kind}` : `unrecognized type: ${type}`;
}
