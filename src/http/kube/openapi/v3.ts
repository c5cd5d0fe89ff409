// The OpenAPI v3 documents, one per group and version, and their index (A4, C6-C8).
// Upstream: k8s.io/kube-openapi/pkg/handler3/handler.go, apiserver's generated documents (v1.33).

import type { ApiDescription, Operation, Schema } from './schema.ts';

/** The document of one group and version as JSON data. */
export function describeOpenApiV3(api: ApiDescription): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.33.0' },
    paths: Object.fromEntries(Object.entries(api.paths).map(([path, operations]) => [path, pathItem(path, operations)])),
    components: { schemas: Object.fromEntries(Object.entries(api.definitions).map(([name, schema]) => [name, schemaObject(schema)])) },
  };
}

function pathItem(path: string, operations: readonly Operation[]): Readonly<Record<string, unknown>> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationObject(operation)])),
    ...(parameters.length === 0 ? {} : { parameters }),
  };
}

function operationObject(operation: Operation): Readonly<Record<string, unknown>> {
  return {
    parameters: Object.entries(operation.queryParameters).map(([name, type]) => ({ name, in: 'query', schema: { type } })),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-group-version-kind': operation.gvk,
  };
}

function schemaObject(schema: Schema): Readonly<Record<string, unknown>> {
  const { reference, items, additionalProperties, properties, constraints, junctions, extensions, ...plain } = schema;
  return {
    ...plain,
    ...constraints,
    ...Object.fromEntries(Object.entries(junctions ?? {}).map(([name, parts]) => [name, junction(parts)])),
    // A reference with siblings would lose them: OpenAPI 3.0 wants them beside `allOf`.
    ...(reference === undefined ? {} : { allOf: [{ $ref: `#/components/schemas/${reference}` }] }),
    ...(items === undefined ? {} : { items: schemaObject(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: schemaObject(additionalProperties) }),
    ...(properties === undefined ? {} : { properties: mapSchemas(properties) }),
    ...extensions,
  };
}

function junction(parts: Schema | readonly Schema[]): unknown {
  return Array.isArray(parts) ? parts.map(schemaObject) : schemaObject(parts as Schema);
}

function mapSchemas(properties: Readonly<Record<string, Schema>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, schemaObject(schema)]));
}
