// Objects made from the field table alone: with every field that a kind has, and with none that may be left out.

import type { Json, JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { type Field, fieldsOf } from '../../src/engine/kinds/fields/index.ts';
import { apiVersionOf, type Kind } from '../../src/engine/kinds/kind.ts';

/** An object of a kind in which every field of its type, and of the types of its fields, has a value of the right type. */
export function fullObject(kind: Kind): JsonObject {
  return { ...(fullValue(kind.schema, []) as JsonObject), apiVersion: apiVersionOf(kind), kind: kind.kind };
}

/** An object of a kind with no more than its name and what the table calls required, which is empty. */
export function bareObject(kind: Kind, name: string): JsonObject {
  return { ...(bareValue(kind.schema) as JsonObject), apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name } };
}

/** Every struct that can be reached from a kind. */
export function typesOf(kind: Kind): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (type: string): void => {
    const fields = found.has(type) ? undefined : fieldsOf(type);
    if (fields === undefined) return;
    found.add(type);
    for (const field of fields.values()) visit(itemOf(field.type));
  };
  visit(kind.schema);
  return found;
}

/** The type within lists and maps. */
export function itemOf(type: string): string {
  if (type.startsWith('[]')) return itemOf(type.slice(2));
  return type.startsWith('map:') ? itemOf(type.slice('map:'.length)) : type;
}

const SCALARS: Readonly<Record<string, Json>> = {
  string: 'a',
  bytes: 'AAE=',
  bool: true,
  int32: 7,
  int64: 7,
  double: 1.5,
  quantity: '1500m',
  'int-or-string': '50%',
  time: '2026-01-01T00:00:00Z',
  'micro-time': '2026-01-01T00:00:00.000001Z',
  any: { a: 'b' },
  // Types without fields of their own, each with a value that its Go type can hold.
  'apiextensions.v1.JSONSchemaPropsOrArray': { type: 'string' },
  'apiextensions.v1.JSONSchemaPropsOrBool': true,
  'apiextensions.v1.JSONSchemaPropsOrStringArray': ['a'],
  'apiextensions.v1.CustomResourceSubresourceStatus': {},
};

function fullValue(type: string, within: readonly string[]): Json {
  if (type.startsWith('[]')) return [fullValue(type.slice(2), within)];
  if (type.startsWith('map:')) return { key: fullValue(type.slice('map:'.length), within) };
  const fields = fieldsOf(type);
  if (fields === undefined) return SCALARS[type] ?? { a: 'b' };
  return Object.fromEntries(
    [...fields.values()]
      // A type that contains itself does so once.
      .filter((field) => !within.includes(itemOf(field.type)) && itemOf(field.type) !== type)
      .map((field) => [field.name, fullField(field, [...within, type])]),
  );
}

function fullField(field: Field, within: readonly string[]): Json {
  const [value] = field.values ?? [];
  if (value === undefined) return fullValue(field.type, within);
  if (field.type.startsWith('map:')) return { key: value };
  return field.type.startsWith('[]') ? [value] : value;
}

function bareValue(type: string): Json {
  if (type.startsWith('[]')) return [];
  if (type.startsWith('map:')) return {};
  const fields = fieldsOf(type);
  if (fields === undefined) return EMPTY[type] ?? {};
  return Object.fromEntries([...fields.values()].filter((field) => field.isRequired).map((field) => [field.name, bareValue(field.type)]));
}

const EMPTY: Readonly<Record<string, Json>> = {
  ...SCALARS,
  string: '',
  bytes: '',
  bool: false,
  int32: 0,
  int64: 0,
  double: 0,
  quantity: '0',
  'int-or-string': 0,
};
