// The types of a custom resource's fields as ownership of fields reads them (K4): every object of the schema is a type of its own, what is not
// described is a map whose keys are owned one by one.
// Upstream: apiextensions-apiserver/pkg/controller/openapi/builder (v1.33), structured-merge-diff's deduced type.

import { DEDUCED_TYPE, type TypedField, type TypeTable } from '../../apimachinery/managed-fields/index.ts';
import type { Json } from '../../apimachinery/meta.ts';
import { fieldsOf } from '../fields/index.ts';
import { OWNERSHIP_TYPES } from '../fields/ownership.ts';
import { mapItemOf, type StructuralSchema } from '../shared/structural-schema.ts';

/** The table of types of a schema; the root's name is `root`. */
export function typeTableOf(root: string, schema: StructuralSchema): TypeTable {
  const objects = new Map<string, ReadonlyMap<string, TypedField>>();
  const atomic = new Set<string>();
  const defaults = new Map<string, Json>();
  const addObject = (name: string, object: StructuralSchema, known: readonly (readonly [string, TypedField])[]): void => {
    const fields = new Map<string, TypedField>(known);
    objects.set(name, fields);
    if (object['x-kubernetes-map-type'] === 'atomic') atomic.add(name);
    for (const [field, property] of Object.entries(object.properties ?? {})) {
      if (!fields.has(field)) fields.set(field, fieldOf(`${name}.${field}`, property));
      if (property.default !== undefined) defaults.set(`${name}/${field}`, property.default);
    }
  };
  const fieldOf = (name: string, property: StructuralSchema): TypedField => {
    const listType = property['x-kubernetes-list-type'];
    const listKeys = property['x-kubernetes-list-map-keys'];
    return {
      type: typeOf(name, property),
      isAtomicMap: property['x-kubernetes-map-type'] === 'atomic',
      ...(listType === undefined ? {} : { listType }),
      ...(listKeys === undefined ? {} : { listKeys }),
    };
  };
  const typeOf = (name: string, property: StructuralSchema): string => {
    if (property.type === 'array') return `[]${typeOf(`${name}[]`, property.items ?? {})}`;
    if (property.type !== 'object') return property.type ?? 'any';
    const item = mapItemOf(property);
    if (item !== undefined) return `map:${typeOf(`${name}{}`, item)}`;
    if (property.properties === undefined) return DEDUCED_TYPE;
    addObject(name, property, []);
    return name;
  };
  addObject(root, schema, OBJECT_FIELDS);
  return {
    fields: (type) => objects.get(type) ?? fieldsOf(type),
    isAtomic: (type) => atomic.has(type) || OWNERSHIP_TYPES.isAtomic(type),
    isPlainStruct: (type, field) => type === root && field === 'metadata',
    isAlwaysWritten: (type, field) => !objects.has(type) && OWNERSHIP_TYPES.isAlwaysWritten(type, field),
    keyDefault: (itemType, key) => defaults.get(`${itemType}/${key}`),
  };
}

const OBJECT_FIELDS: readonly (readonly [string, TypedField])[] = [
  ['apiVersion', { type: 'string', isAtomicMap: false }],
  ['kind', { type: 'string', isAtomicMap: false }],
  ['metadata', { type: 'meta.v1.ObjectMeta', isAtomicMap: false }],
];
