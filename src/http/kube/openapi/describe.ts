// What the OpenAPI documents say, built from the registry of kinds and the field table (C4-C8).
// Upstream: generated documents under api/openapi-spec (v1.33). Omits types that no kind reaches, and upstream's prose.

import { compareText } from '../../../engine/apimachinery/text.ts';
import { type Field, fieldsOf } from '../../../engine/kinds/fields/index.ts';
import { OWNERSHIP_TYPES } from '../../../engine/kinds/fields/ownership.ts';
import { apiVersionOf, type Kind } from '../../../engine/kinds/kind.ts';
import type { StructuralSchema } from '../../../engine/kinds/shared/structural-schema.ts';
import { type BaseMembers, customDefinition, customDocumentName } from './custom.ts';
import { DESCRIPTIONS } from './descriptions.ts';
import type { ApiDescription, GroupVersionKind, Operation, Schema } from './schema.ts';

/** The kinds in one description: the v2 document. */
export function describeApi(kinds: readonly Kind[]): ApiDescription {
  return describeKinds(kinds, kinds, 2);
}

/** `all` are the kinds that their types may contain. */
function describeKinds(kinds: readonly Kind[], all: readonly Kind[], version: 2 | 3): ApiDescription {
  const paths = Object.fromEntries(kinds.flatMap((kind) => pathsOf(kind)));
  return { paths, definitions: definitionsOf(kinds, all, version) };
}

/** The kinds of one group and version: a v3 document. */
export function describeGroupVersion(kinds: readonly Kind[], group: string, version: string): ApiDescription {
  return describeKinds(
    kinds.filter((kind) => kind.group === group && kind.version === version),
    kinds,
    3,
  );
}

const DRY_RUN = { dryRun: 'string' } as const;
const WRITE = { ...DRY_RUN, fieldManager: 'string', fieldValidation: 'string' } as const;
const DELETE = { ...DRY_RUN, gracePeriodSeconds: 'integer', propagationPolicy: 'string' } as const;
const LIST = {
  continue: 'string',
  fieldSelector: 'string',
  labelSelector: 'string',
  limit: 'integer',
  resourceVersion: 'string',
  resourceVersionMatch: 'string',
  timeoutSeconds: 'integer',
  watch: 'boolean',
} as const;

function pathsOf(kind: Kind): readonly (readonly [string, readonly Operation[]])[] {
  const gvk = gvkOf(kind);
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`;
  const collection = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const item = `${collection}/{name}`;
  const list = allowed(kind, 'list', { method: 'get', gvk, queryParameters: LIST });
  const paths: readonly (readonly [string, readonly Operation[]])[] = [
    [collection, [...list, ...allowed(kind, 'create', { method: 'post', gvk, queryParameters: WRITE }), ...deleteCollection(kind, gvk)]],
    ...(kind.namespaced ? [[`${root}/${kind.plural}`, list] as const] : []),
    [
      item,
      [
        ...allowed(kind, 'get', { method: 'get', gvk, queryParameters: {} }),
        ...allowed(kind, 'update', { method: 'put', gvk, queryParameters: WRITE }),
        ...allowed(kind, 'patch', { method: 'patch', gvk, queryParameters: { ...WRITE, force: 'boolean' } }),
        ...allowed(kind, 'delete', { method: 'delete', gvk, queryParameters: DELETE }),
      ],
    ],
    ...(kind.hasStatus ? [[`${item}/status`, readAndWrite(gvk)] as const] : []),
    ...(kind.scale === undefined ? [] : [[`${item}/scale`, readAndWrite(SCALE)] as const]),
  ];
  return paths.filter(([, operations]) => operations.length > 0);
}

function allowed(kind: Kind, verb: string, operation: Operation): readonly Operation[] {
  return kind.withoutVerbs?.includes(verb) === true ? [] : [operation];
}

function readAndWrite(gvk: GroupVersionKind): readonly Operation[] {
  return [
    { method: 'get', gvk, queryParameters: {} },
    { method: 'put', gvk, queryParameters: WRITE },
    { method: 'patch', gvk, queryParameters: { ...WRITE, force: 'boolean' } },
  ];
}

function deleteCollection(kind: Kind, gvk: GroupVersionKind): readonly Operation[] {
  if (kind.withoutVerbs?.includes('deletecollection') === true) return [];
  return [{ method: 'delete', gvk, queryParameters: { ...DELETE, ...LIST } }];
}

function gvkOf({ group, version, kind }: Kind): GroupVersionKind {
  return { group, version, kind };
}

const SCALE: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const SCALE_TYPE = 'autoscaling.v1.Scale';

/** The types that the kinds reach, by their names in documents. */
function definitionsOf(kinds: readonly Kind[], all: readonly Kind[], version: 2 | 3): Readonly<Record<string, Schema>> {
  const kindOf = new Map([...all.map((kind) => [kind.schema, gvkOf(kind)] as const), [SCALE_TYPE, SCALE]]);
  const custom = kinds.flatMap((kind) => (kind.structure === undefined ? [] : [customEntry(kind, kind.structure.schema, version)]));
  const types = reachableTypes([
    ...kinds.map((kind) => kind.schema),
    ...(kinds.some((kind) => kind.scale !== undefined) ? [SCALE_TYPE] : []),
    ...(custom.length === 0 ? [] : [OBJECT_META]),
  ]);
  const definitions = types.map((type) => [documentName(type), objectSchema(type, kindOf.get(type))] as const);
  const used = new Set(types.flatMap((type) => [...(fieldsOf(type)?.values() ?? [])].map((field) => elementType(field.type))));
  const references = new Set(Array.from(used, (type) => SCALARS[type]?.reference));
  const scalars = Object.entries(SCALAR_DEFINITIONS).filter(([name]) => references.has(name));
  // C5: every reference must lead somewhere, also to what is free in form.
  const free = [...used].filter((type) => !Object.hasOwn(SCALARS, type) && fieldsOf(type) === undefined);
  const forms = free.map((type): [string, Schema] => [documentName(type), ANY_VALUE.test(type) ? {} : { type: 'object' }]);
  return Object.fromEntries([...definitions, ...scalars, ...forms, ...custom].sort(([a], [b]) => compareText(a, b)));
}

/** Types without fields that hold any JSON, not only objects. */
const ANY_VALUE = /\.JSON(?:SchemaPropsOr\w+)?$/;

const OBJECT_META = 'meta.v1.ObjectMeta';

function customEntry(kind: Kind, schema: StructuralSchema, version: 2 | 3): readonly [string, Schema] {
  const description = (name: string): string => DESCRIPTIONS[`*.${name}`] ?? '';
  const base: BaseMembers = {
    apiVersion: { description: description('apiVersion'), type: 'string' },
    kind: { description: description('kind'), type: 'string' },
    metadata: { description: description('metadata'), reference: documentName(OBJECT_META) },
  };
  return [customDocumentName(kind), customDefinition(kind, schema, base, version)];
}

function reachableTypes(roots: readonly string[]): readonly string[] {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    const fields = fieldsOf(type);
    if (fields === undefined || reached.has(type)) continue;
    reached.add(type);
    for (const field of fields.values()) waiting.push(elementType(field.type));
  }
  return [...reached].sort();
}

/** `T` of `T`, `[]T` and `map:T`. */
function elementType(type: string): string {
  if (type.startsWith('[]')) return elementType(type.slice(2));
  return type.startsWith('map:') ? elementType(type.slice('map:'.length)) : type;
}

function objectSchema(type: string, gvk: GroupVersionKind | undefined): Schema {
  const fields = [...(fieldsOf(type)?.values() ?? [])];
  const required = fields.filter((field) => field.isRequired).map((field) => field.name);
  return {
    ...describe(shortName(type)),
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(type, field)])),
    ...extensionsOf({
      // C5: how clients find the type of a kind.
      ...(gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': [gvk] }),
      ...(OWNERSHIP_TYPES.isAtomic(type) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    }),
  };
}

function fieldSchema(type: string, field: Field): Schema {
  const extensions = extensionsOf({
    ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.listKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.listKeys }),
    ...(field.isAtomicMap ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.isGranularMap ? { 'x-kubernetes-map-type': 'granular' } : {}),
    ...(field.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
    ...(field.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
  });
  const description = DESCRIPTIONS[`${shortName(type)}.${field.name}`] ?? DESCRIPTIONS[`*.${field.name}`];
  return {
    ...(description === undefined ? {} : { description }),
    ...valuesSchema(field),
    ...extensions,
  };
}

function extensionsOf(extensions: Readonly<Record<string, unknown>>): Pick<Schema, 'extensions'> {
  return Object.keys(extensions).length === 0 ? {} : { extensions };
}

/** The schema of a field's type, with the values that it or its items may have. */
function valuesSchema({ type, values }: Field): Schema {
  const schema = typeSchema(type);
  if (values === undefined) return schema;
  const { items, additionalProperties } = schema;
  if (items !== undefined) return { ...schema, items: { ...items, enum: values } };
  if (additionalProperties !== undefined) return { ...schema, additionalProperties: { ...additionalProperties, enum: values } };
  return { ...schema, enum: values };
}

/** The schema of a type name of the field table. */
function typeSchema(type: string): Schema {
  if (type.startsWith('[]')) return { type: 'array', items: typeSchema(type.slice(2)) };
  if (type.startsWith('map:')) return { type: 'object', additionalProperties: typeSchema(type.slice('map:'.length)) };
  const scalar = Object.hasOwn(SCALARS, type) ? SCALARS[type] : undefined;
  return scalar ?? { reference: documentName(type) };
}

const API = 'io.k8s.apimachinery.pkg';
const QUANTITY = `${API}.api.resource.Quantity`;
const INT_OR_STRING = `${API}.util.intstr.IntOrString`;
const TIME = `${API}.apis.meta.v1.Time`;
const MICRO_TIME = `${API}.apis.meta.v1.MicroTime`;

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
  quantity: { reference: QUANTITY },
  'int-or-string': { reference: INT_OR_STRING },
  time: { reference: TIME },
  'micro-time': { reference: MICRO_TIME },
};

const SCALAR_DEFINITIONS: Readonly<Record<string, Schema>> = {
  [QUANTITY]: { ...describe('Quantity'), type: 'string' },
  [INT_OR_STRING]: { ...describe('IntOrString'), type: 'string', format: 'int-or-string' },
  [TIME]: { ...describe('Time'), type: 'string', format: 'date-time' },
  [MICRO_TIME]: { ...describe('MicroTime'), type: 'string', format: 'date-time' },
};

function describe(type: string): Pick<Schema, 'description'> {
  const description = DESCRIPTIONS[type];
  return description === undefined ? {} : { description };
}

/** `core.v1.Pod` → `Pod`. */
function shortName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

/** `core.v1.Pod` → `io.k8s.api.core.v1.Pod`. */
function documentName(type: string): string {
  if (type.startsWith('aggregator.')) return `io.k8s.kube-aggregator.pkg.apis.${type.slice('aggregator.'.length)}`;
  if (type.startsWith('apiextensions.')) return `io.k8s.apiextensions-apiserver.pkg.apis.${type}`;
  return type.startsWith('meta.v1.') ? `${API}.apis.${type}` : `io.k8s.api.${type}`;
}
