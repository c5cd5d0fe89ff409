// Objects of the API as values of CEL. Objects do not change once they are stored, so each is turned into a value once.

import type { Json } from '../engine/apimachinery/meta.ts';
import { type CelMap, type CelValue, list, map } from '../engine/apimachinery/cel/values.ts';

const known = new WeakMap<object, CelValue>();

/** A value of JSON: whole numbers are ints, the others doubles. */
export function valueOf(json: unknown): CelValue {
  if (json === null || json === undefined) return null;
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json;
    case 'number':
      return Number.isSafeInteger(json) ? BigInt(json) : json;
    default:
      return known.get(json as object) ?? remember(json as Json & object);
  }
}

function remember(json: object): CelValue {
  const value = Array.isArray(json) ? list(json.map(valueOf)) : mapOf(json);
  known.set(json, value);
  return value;
}

function mapOf(json: object): CelMap {
  return map(Object.entries(json).flatMap(([key, member]) => (member === undefined ? [] : [[key, valueOf(member)] as const])));
}

/** An object with members beside its own. */
export function extendedValue(json: object, members: Readonly<Record<string, CelValue>>): CelMap {
  return map([...(valueOf(json) as CelMap).entries.values(), ...Object.entries(members)]);
}
