// The schema of a built-in type, as its OpenAPI definition says it and as type checking of expressions sees it.
// Upstream: k8s.io/apiserver/pkg/cel/openapi/resolver/{definitions,refs}.go, pkg/generated/openapi (v1.33).

import { fieldsOf } from '../fields/index.ts';
import type { StructuralSchema } from './structural-schema.ts';

const SIMPLE: Readonly<Record<string, StructuralSchema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer' },
  int64: { type: 'integer' },
  double: { type: 'number' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  'micro-time': { type: 'string', format: 'date-time' },
  'int-or-string': { 'x-kubernetes-int-or-string': true },
  // One of a string and a number, for which expressions have no type: they do not see it.
  quantity: {},
  any: { type: 'object' },
};

/** All of it; a type within itself is an object of which nothing is known. */
export function schemaOfType(type: string, around: readonly string[] = []): StructuralSchema {
  const simple = SIMPLE[type];
  if (simple !== undefined) return simple;
  if (type.startsWith('[]')) return { type: 'array', items: schemaOfType(type.slice(2), around) };
  if (type.startsWith('map:')) return { type: 'object', additionalProperties: schemaOfType(type.slice(4), around) };
  const fields = around.includes(type) ? undefined : fieldsOf(type);
  if (fields === undefined) return { type: 'object' };
  const inner = [...around, type];
  const properties = Object.fromEntries([...fields.values()].map((field) => [field.name, schemaOfType(field.type, inner)]));
  return { type: 'object', properties };
}
