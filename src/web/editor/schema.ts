// Schemas of objects, as the OpenAPI documents of a cluster have them.

export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** A step into an object: the name of a field, or `[]` for what is in a list. */
export type Path = readonly string[];

const PREFIX = '#/components/schemas/';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** The schema itself, where one stands for another; what says more about it is kept. */
export function resolve(schemas: Schemas, schema: Schema | undefined): Schema | undefined {
  const reference = schema?.$ref ?? schema?.allOf?.[0]?.$ref;
  if (schema === undefined || reference === undefined) return schema;
  const name = reference.slice(PREFIX.length);
  const target = resolve(schemas, schemas[name]);
  const description = schema.description ?? target?.description;
  return { ...target, ...(description === undefined ? {} : { description }), ...(name === QUANTITY ? { format: 'int-or-string' } : {}) };
}

/** The schema of an object by its apiVersion and kind. */
export function schemaOfKind(schemas: Schemas, apiVersion: string, kind: string): Schema | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return Object.values(schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some((one) => one.group === group && one.version === version && one.kind === kind),
  );
}

/** Where a path leads from a schema; undefined where nothing is said. */
export function schemaAt(schemas: Schemas, root: Schema | undefined, path: Path): Schema | undefined {
  return path.reduce<Schema | undefined>(
    (schema, step) => {
      if (step === '[]') return resolve(schemas, schema?.items);
      return resolve(schemas, fieldOf(schema, step));
    },
    resolve(schemas, root),
  );
}

export function fieldOf(schema: Schema | undefined, name: string): Schema | undefined {
  const more = schema?.additionalProperties;
  return schema?.properties?.[name] ?? (typeof more === 'object' ? more : undefined);
}

/** Whether fields that the schema does not name may be there. */
export function isOpen(schema: Schema): boolean {
  return (
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    (schema.properties === undefined && schema.additionalProperties === undefined) ||
    schema.additionalProperties === true
  );
}

/** A number or a text. */
export function isNumberOrText(schema: Schema): boolean {
  return schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true;
}
