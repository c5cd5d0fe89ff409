// Content of custom resources by their schema: what is unknown is dropped and named, what is missing gets its default.
// Upstream: apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}/algorithm.go (v1.33). Rules: C11, C12.

import { cloneJson, isJsonObject, type Json } from '../../apimachinery/meta.ts';
import { mapItemOf, memberSchemaOf, type StructuralSchema } from '../shared/structural-schema.ts';

/** Unknown fields named at most. */
const UNKNOWN_MAX = 100;

/** A private copy without unknown fields; their paths are added to `unknown`. `known` are members that need no schema. */
export function pruneContent(
  value: Json,
  schema: StructuralSchema,
  unknown: string[],
  path = '',
  known: ReadonlySet<string> = NO_NAMES,
): Json {
  if (Array.isArray(value)) {
    const items = itemSchemaOf(schema);
    return value.map((item: Json, index) => pruneContent(item, items, unknown, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return value;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const own = schema['x-kubernetes-embedded-resource'] === true ? OBJECT_MEMBERS : known;
  const pruned: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const inner = memberSchemaOf(schema, name);
    if (own.has(name) || (inner === undefined && keepsUnknown)) pruned[name] = cloneJson(member);
    else if (inner !== undefined) pruned[name] = pruneContent(member, inner, unknown, at);
    else if (unknown.length < UNKNOWN_MAX) unknown.push(at);
  }
  return pruned;
}

/** A list that preserves says so of its items, whatever they say. */
function itemSchemaOf({ items = {}, 'x-kubernetes-preserve-unknown-fields': preserves }: StructuralSchema): StructuralSchema {
  return preserves === true ? { ...items, 'x-kubernetes-preserve-unknown-fields': true } : items;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Members that every object has, whatever its schema says. */
export const OBJECT_MEMBERS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Fills in defaults, in place. A null that may not be one counts as missing where there is a default. */
export function defaultContent(value: unknown, schema: StructuralSchema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) defaultContent(item, schema.items);
    return;
  }
  if (!isJsonObject(value)) return;
  const object = value as Record<string, Json>;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isMissing = object[name] === undefined || (object[name] === null && property.nullable !== true);
    if (isMissing && property.default !== undefined) object[name] = cloneJson(property.default);
    defaultContent(object[name], property);
  }
  const item = mapItemOf(schema);
  if (item !== undefined)
    for (const [name, member] of Object.entries(object)) if (schema.properties?.[name] === undefined) defaultContent(member, item);
}
