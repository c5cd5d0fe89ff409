// Custom resources in OpenAPI documents: the schema of their definition (C17), with what every object has (C8).
// Upstream: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go (v1.33).

import type { Kind } from '../../../engine/kinds/kind.ts';
import { mapItemOf, type StructuralSchema } from '../../../engine/kinds/shared/structural-schema.ts';
import type { Schema } from './schema.ts';

/** `example.com/v1` Widget → `com.example.v1.Widget`. */
export function customDocumentName({ group, version, kind }: Kind): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

/** Members that every object has. */
export type BaseMembers = Readonly<Record<'apiVersion' | 'kind' | 'metadata', Schema>>;

/**
 * The definition of a kind. Version 2 says nothing of objects that may hold more than they say: its readers would refuse what is not said.
 * Upstream: builder.go buildKubeNative, pkg/controller/openapi/v2/conversion.go.
 */
export function customDefinition(kind: Kind, schema: StructuralSchema, base: BaseMembers, version: 2 | 3): Schema {
  const { group } = kind;
  const named = { 'x-kubernetes-group-version-kind': [{ group, version: kind.version, kind: kind.kind }] };
  if (version === 2 && schema['x-kubernetes-preserve-unknown-fields'] === true) return { type: 'object', extensions: named };
  const described = describeStructure(schema, base, version);
  const extensions = { ...described.extensions, ...named };
  return { ...described, type: 'object', properties: { ...base, ...described.properties, metadata: base.metadata }, extensions };
}

function describeStructure(given: StructuralSchema, base: BaseMembers, version: 2 | 3): Schema {
  const schema = version === 2 ? withoutOpenParts(given) : given;
  const { type, format, description, items, properties, required, enum: values } = schema;
  const member = mapItemOf(schema);
  const inner = (part: StructuralSchema): Schema => describeStructure(part, base, version);
  const extensions = Object.entries(schema).filter(([name]) => name.startsWith('x-kubernetes-'));
  const constraints = Object.entries(schema).filter(([name]) => CONSTRAINTS.has(name));
  const junctions = version === 2 ? {} : junctionsOf(schema, inner);
  const described: Schema = {
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type: type as NonNullable<Schema['type']> }),
    ...(format === undefined ? {} : { format }),
    ...(values === undefined ? {} : { enum: values }),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(member === undefined ? {} : { additionalProperties: inner(member) }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, inner) }),
    ...(constraints.length === 0 ? {} : { constraints: Object.fromEntries(constraints) }),
    ...(Object.keys(junctions).length === 0 ? {} : { junctions }),
    ...(extensions.length === 0 ? {} : { extensions: Object.fromEntries(extensions) }),
  };
  const isOpen = version === 2 && schema['x-kubernetes-preserve-unknown-fields'] === true;
  return schema['x-kubernetes-embedded-resource'] === true && !isOpen ? embedded(described, base) : described;
}

/** What a schema says of values beside their form. Upstream: pkg/apiserver/schema/kubeopenapi.go. */
const CONSTRAINTS: ReadonlySet<string> = new Set([
  'title',
  'default',
  'nullable',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'maxProperties',
  'minProperties',
]);

function junctionsOf(schema: StructuralSchema, inner: (part: StructuralSchema) => Schema): NonNullable<Schema['junctions']> {
  const { allOf, anyOf, oneOf, not } = schema;
  return {
    ...(allOf === undefined ? {} : { allOf: allOf.map(inner) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(inner) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(inner) }),
    ...(not === undefined ? {} : { not: inner(not) }),
  };
}

/** An object within an object has what every object has. */
function embedded(described: Schema, base: BaseMembers): Schema {
  const required = [...new Set([...(described.required ?? []), 'kind', 'apiVersion'])];
  return { ...described, required, properties: { ...described.properties, ...base } };
}

/** What readers of version 2 take: nothing of what may be null or hold anything, and lists only with their items. */
function withoutOpenParts(schema: StructuralSchema): StructuralSchema {
  const { type, items, properties, required, nullable: _, ...rest } = schema;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.nullable === true) return rest;
  if (preserves) return type === 'object' || type === 'array' || type === undefined ? rest : { ...rest, type };
  const kept = required?.filter((name) => properties?.[name]?.nullable !== true);
  const isUntyped = type === undefined || (type === 'array' && items === undefined);
  return {
    ...rest,
    ...(isUntyped ? {} : { type }),
    ...(items === undefined ? {} : { items }),
    ...(properties === undefined ? {} : { properties }),
    ...(kept === undefined || kept.length === 0 ? {} : { required: kept }),
  };
}

function mapValues(
  properties: Readonly<Record<string, StructuralSchema>>,
  describe: (schema: StructuralSchema) => Schema,
): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, describe(schema)]));
}
