// The OpenAPI v2 document, in JSON and in its protobuf form, the only one that kubectl accepts (C2-C5, W2). Clients up to 1.26 validate and
// explain with it (C16); patches of built-in kinds do not need it (C9).
// Upstream: github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto. Field numbers are those of C4.

import { WireWriter } from '../protobuf/wire.ts';
import type { ApiDescription, Operation, Schema } from './schema.ts';

export const OPENAPI_V2_MEDIA_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** How clients ask for it; kubectl does so with a sign that no media type may have. */
export const OPENAPI_V2_MEDIA_TYPES: readonly string[] = [
  OPENAPI_V2_MEDIA_TYPE,
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
];

/** The document as JSON data. */
export function describeOpenApiV2(api: ApiDescription): Readonly<Record<string, unknown>> {
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.33.0' },
    paths: mapValues(api.paths, (operations) =>
      Object.fromEntries(operations.map((operation) => [operation.method, operationObject(operation)])),
    ),
    definitions: mapValues(api.definitions, schemaObject),
  };
}

function operationObject({ queryParameters, gvk }: Operation): Readonly<Record<string, unknown>> {
  return {
    parameters: Object.entries(queryParameters).map(([name, type]) => ({ name, in: 'query', type, uniqueItems: true })),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-group-version-kind': gvk,
  };
}

function schemaObject(schema: Schema): Readonly<Record<string, unknown>> {
  const { reference, items, additionalProperties, properties, constraints, junctions: _, extensions, ...plain } = schema;
  return {
    ...plain,
    ...constraints,
    ...(reference === undefined ? {} : { $ref: `#/definitions/${reference}` }),
    ...(items === undefined ? {} : { items: schemaObject(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: schemaObject(additionalProperties) }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, schemaObject) }),
    ...extensions,
  };
}

function mapValues<T>(values: Readonly<Record<string, T>>, map: (value: T) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** Encodes a description as a gnostic `Document`. */
export function encodeOpenApiV2(api: ApiDescription): Uint8Array {
  const info = new WireWriter().delimited(1, 'Kubernetes').delimited(2, 'v1.33.0');
  const paths = new WireWriter();
  for (const [path, operations] of Object.entries(api.paths)) {
    paths.delimited(2, new WireWriter().delimited(1, path).delimited(2, encodePathItem(operations)));
  }
  const definitions = new WireWriter();
  for (const [name, schema] of Object.entries(api.definitions)) definitions.delimited(1, namedSchema(name, schema));
  return new WireWriter().delimited(1, '2.0').delimited(2, info).delimited(8, paths).delimited(9, definitions).finish();
}

const METHOD_NUMBERS: Readonly<Record<Operation['method'], number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function encodePathItem(operations: readonly Operation[]): WireWriter {
  const item = new WireWriter();
  for (const operation of operations) item.delimited(METHOD_NUMBERS[operation.method], encodeOperation(operation));
  return item;
}

function encodeOperation(operation: Operation): WireWriter {
  const writer = new WireWriter();
  for (const [name, type] of Object.entries(operation.queryParameters)) {
    const query = new WireWriter().delimited(2, 'query').delimited(4, name).delimited(6, type);
    writer.delimited(8, new WireWriter().delimited(1, new WireWriter().delimited(2, new WireWriter().delimited(3, query))));
  }
  writer.delimited(9, new WireWriter());
  return writer.delimited(13, namedAny('x-kubernetes-group-version-kind', operation.gvk));
}

function namedSchema(name: string, schema: Schema): WireWriter {
  return new WireWriter().delimited(1, name).delimited(2, encodeSchema(schema));
}

function encodeSchema(schema: Schema): WireWriter {
  const writer = new WireWriter();
  if (schema.reference !== undefined) writer.delimited(1, `#/definitions/${schema.reference}`);
  if (schema.format !== undefined) writer.delimited(2, schema.format);
  if (schema.description !== undefined) writer.delimited(4, schema.description);
  encodeConstraints(writer, schema.constraints ?? {});
  for (const name of schema.required ?? []) writer.delimited(19, name);
  for (const value of schema.enum ?? []) writer.delimited(20, any(value));
  if (schema.additionalProperties !== undefined)
    writer.delimited(21, new WireWriter().delimited(1, encodeSchema(schema.additionalProperties)));
  if (schema.type !== undefined) writer.delimited(22, new WireWriter().delimited(1, schema.type));
  if (schema.items !== undefined) writer.delimited(23, new WireWriter().delimited(1, encodeSchema(schema.items)));
  if (schema.properties !== undefined) writer.delimited(25, encodeProperties(schema.properties));
  for (const [name, value] of Object.entries(schema.extensions ?? {})) writer.delimited(31, namedAny(name, value));
  return writer;
}

const CONSTRAINT_NUMBERS: Readonly<Record<string, number>> = {
  title: 3,
  default: 5,
  multipleOf: 6,
  maximum: 7,
  exclusiveMaximum: 8,
  minimum: 9,
  exclusiveMinimum: 10,
  maxLength: 11,
  minLength: 12,
  pattern: 13,
  maxItems: 14,
  minItems: 15,
  uniqueItems: 16,
  maxProperties: 17,
  minProperties: 18,
};
const DOUBLES: readonly string[] = ['multipleOf', 'maximum', 'minimum'];

function encodeConstraints(writer: WireWriter, constraints: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(constraints)) {
    const number = CONSTRAINT_NUMBERS[name];
    if (number === undefined) continue;
    if (name === 'default') writer.delimited(number, any(value));
    else if (typeof value === 'string') writer.delimited(number, value);
    else if (DOUBLES.includes(name)) writer.double(number, Number(value));
    else writer.varint(number, Number(value));
  }
}

function encodeProperties(properties: Readonly<Record<string, Schema>>): WireWriter {
  const writer = new WireWriter();
  for (const [name, schema] of Object.entries(properties)) writer.delimited(1, namedSchema(name, schema));
  return writer;
}

/** An extension. */
function namedAny(name: string, value: unknown): WireWriter {
  return new WireWriter().delimited(1, name).delimited(2, any(value));
}

/** Any value as YAML text, of which JSON is a part. */
function any(value: unknown): WireWriter {
  return new WireWriter().delimited(2, JSON.stringify(value));
}
