// Custom resources in OpenAPI documents: the schema of their definition, with what every object has (C8).
// Upstream: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go (v1.33).

import type { Kind } from '../../../engine/kinds/kind.ts';
import { mapItemOf, type StructuralSchema } from '../../../engine/kinds/shared/structural-schema.ts';
import type { Schema } from './schema.ts';

/** `example.com/v1` Widget → `com.example.v1.Widget`. */
export function customDocumentName({ group, version, kind }: Kind): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

/** The definition of a kind; `base` are the members that every object has. */
export function customDefinition(kind: Kind, schema: StructuralSchema, base: Readonly<Record<string, Schema>>): Schema {
  const { group, version } = kind;
  const described = describeStructure(schema);
  const extensions = { ...described.extensions, 'x-kubernetes-group-version-kind': [{ group, version, kind: kind.kind }] };
  return { ...described, type: 'object', properties: { ...base, ...described.properties, metadata: base['metadata'] ?? {} }, extensions };
}

function describeStructure(schema: StructuralSchema): Schema {
  const { type, format, description, items, properties, required, enum: values } = schema;
  const member = mapItemOf(schema);
  const extensions = Object.entries(schema).filter(([name]) => name.startsWith('x-kubernetes-') && name !== 'x-kubernetes-validations');
  return {
    ...(description === undefined ? {} : { description }),
    ...(type === undefined ? {} : { type: type as NonNullable<Schema['type']> }),
    ...(format === undefined ? {} : { format }),
    ...(values?.every((value) => typeof value === 'string') === true ? { enum: values as readonly string[] } : {}),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined ? {} : { items: describeStructure(items) }),
    ...(member === undefined ? {} : { additionalProperties: describeStructure(member) }),
    ...(properties === undefined ? {} : { properties: mapValues(properties) }),
    ...(extensions.length === 0 ? {} : { extensions: Object.fromEntries(extensions) }),
  };
}

function mapValues(properties: Readonly<Record<string, StructuralSchema>>): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, describeStructure(schema)]));
}
