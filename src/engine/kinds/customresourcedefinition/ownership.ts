// The types of a custom resource's fields as ownership of fields reads them (K4): every object of the schema is a type of its own, what is not
// described is a map whose keys are owned one by one. What is below an object that preserves unknown fields preserves them too.
// Upstream: apiextensions-apiserver/pkg/controller/openapi/builder, k8s.io/kube-openapi/pkg/schemaconv/openapi.go (v1.33).

import { DEDUCED_TYPE, type TypedField, type TypeTable } from '../../apimachinery/managed-fields/index.ts';
import type { Json } from '../../apimachinery/meta.ts';
import { fieldsOf } from '../fields/index.ts';
import { OWNERSHIP_TYPES } from '../fields/ownership.ts';
import type { StructuralSchema } from '../shared/structural-schema.ts';

/** The table of types of a schema; the root's name is `root`. */
export function typeTableOf(root: string, schema: StructuralSchema): TypeTable {
  const objects = new Map<string, ReadonlyMap<string, TypedField>>();
  const atomic = new Set<string>();
  const defaults = new Map<string, Json>();
  const open = new Set<string>();
  const addObject = (name: string, object: StructuralSchema, isOpen: boolean, isResource: boolean): void => {
    const fields = new Map<string, TypedField>(isResource ? OBJECT_FIELDS : []);
    const preserves = isOpen || object['x-kubernetes-preserve-unknown-fields'] === true;
    if (preserves || object.additionalProperties === true) open.add(name);
    objects.set(name, fields);
    if (object['x-kubernetes-map-type'] === 'atomic') atomic.add(name);
    for (const [field, property] of Object.entries(object.properties ?? {})) {
      if (!fields.has(field)) fields.set(field, fieldOf(`${name}.${field}`, property, preserves));
      if (property.default !== undefined) defaults.set(`${name}/${field}`, property.default);
    }
  };
  const fieldOf = (name: string, property: StructuralSchema, isOpen: boolean): TypedField => {
    const listType = property['x-kubernetes-list-type'];
    const listKeys = property['x-kubernetes-list-map-keys'];
    return {
      type: typeOf(name, property, isOpen),
      isAtomicMap: property['x-kubernetes-map-type'] === 'atomic',
      ...(listType === undefined ? {} : { listType }),
      ...(listKeys === undefined ? {} : { listKeys }),
    };
  };
  const typeOf = (name: string, property: StructuralSchema, isOpen: boolean): string => {
    const preserves = isOpen || property['x-kubernetes-preserve-unknown-fields'] === true;
    if (property.type === 'array') return `[]${typeOf(`${name}[]`, property.items ?? {}, preserves)}`;
    if (property.type !== undefined && property.type !== 'object') return property.type;
    if (property['x-kubernetes-int-or-string'] === true) return 'any';
    const { additionalProperties, properties = {} } = property;
    if (typeof additionalProperties === 'object') return `map:${typeOf(`${name}{}`, additionalProperties, preserves)}`;
    const isResource = property['x-kubernetes-embedded-resource'] === true;
    if (Object.keys(properties).length === 0 && !isResource) return DEDUCED_TYPE;
    addObject(name, property, isOpen, isResource);
    return name;
  };
  addObject(root, schema, false, true);
  return {
    fields: (type) => objects.get(type) ?? fieldsOf(type),
    undeclared: (type) => (open.has(type) ? DEDUCED_TYPE : undefined),
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
