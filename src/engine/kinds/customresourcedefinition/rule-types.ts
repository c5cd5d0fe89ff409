// What the rules of a definition see: the CEL type of a schema with the sizes that it allows, and the CEL value of a stored value.
// Upstream: k8s.io/apiserver/pkg/cel/common/{schemas,values}.go, pkg/cel/{escaping,limits}.go (v1.33).

import { decodeBytes } from '../../apimachinery/base64.ts';
import { KEYWORDS } from '../../apimachinery/cel/keywords.ts';
import { parseDuration, parseTimestamp } from '../../apimachinery/cel/library/times.ts';
import { BOOL, BYTES, type CelType, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } from '../../apimachinery/cel/types.ts';
import { type CelValue, isFailure } from '../../apimachinery/cel/values.ts';
import type { Json } from '../../apimachinery/meta.ts';
import { mapItemOf, type StructuralSchema } from '../shared/structural-schema.ts';

/** Bytes of a request: nothing in an object is larger. */
export const REQUEST_BYTES_MAX = 3 * 1024 * 1024;
const DURATION_BYTES_MAX = 32;
const DATE_BYTES = 12;
const TIME_BYTES_MIN = 22;
const TIME_BYTES_MAX = 38;

export interface DeclaredType {
  readonly type: CelType;
  /** Bytes of the smallest value, as JSON. */
  readonly bytesMin: number;
}

/** The type of a schema; undefined for what rules do not see. */
export function declaredTypeOf(given: StructuralSchema, isRoot: boolean, name = 'selfType'): DeclaredType | undefined {
  const { maxLength } = given;
  if (given['x-kubernetes-int-or-string'] === true) {
    const elementsMax = maxLength === undefined ? REQUEST_BYTES_MAX - 2 : maxLength * 4;
    return { type: { ...DYN, elementsMax }, bytesMin: 1 };
  }
  const schema = isRoot ? withObjectMembers(given) : given;
  switch (schema.type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? mapType(schema, schema.additionalProperties, name)
        : objectType(schema, name);
    case 'string':
      return textType(schema);
    case 'boolean':
      return { type: BOOL, bytesMin: 4 };
    case 'number':
      return { type: DOUBLE, bytesMin: 1 };
    case 'integer':
      return { type: INT, bytesMin: 1 };
    default:
      return undefined;
  }
}

function listType({ items, maxItems }: StructuralSchema, name: string): DeclaredType | undefined {
  const element = items === undefined ? undefined : declaredTypeOf(items, items['x-kubernetes-embedded-resource'] === true, `${name}.@idx`);
  if (element === undefined) return undefined;
  const elementsMax = maxItems ?? Math.floor((REQUEST_BYTES_MAX - 2) / (element.bytesMin + 1));
  return { type: listOf(element.type, Math.max(0, elementsMax)), bytesMin: 2 };
}

function mapType({ maxProperties }: StructuralSchema, values: StructuralSchema, name: string): DeclaredType | undefined {
  const value = declaredTypeOf(values, values['x-kubernetes-embedded-resource'] === true, `${name}.@elem`);
  if (value === undefined) return undefined;
  const elementsMax = maxProperties ?? Math.floor((REQUEST_BYTES_MAX - 2) / (value.bytesMin + 6));
  return { type: mapOf({ ...STRING, elementsMax: 0 }, value.type, Math.max(0, elementsMax)), bytesMin: 2 };
}

function objectType(schema: StructuralSchema, name: string): DeclaredType {
  const fields = new Map<string, CelType>();
  let bytesMin = 2;
  for (const [property, inner] of Object.entries(schema.properties ?? {})) {
    const declared = declaredTypeOf(inner, inner['x-kubernetes-embedded-resource'] === true, `${name}.${property}`);
    if (declared === undefined) continue;
    const escaped = escapeName(property);
    if (escaped !== undefined) fields.set(escaped, declared.type);
    if (schema.required?.includes(property) === true && inner.default === undefined) bytesMin += property.length + declared.bytesMin + 4;
  }
  return { type: { kind: 'object', name, fields }, bytesMin };
}

function textType({ format, maxLength, enum: values }: StructuralSchema): DeclaredType {
  const unbounded = REQUEST_BYTES_MAX - 2;
  switch (format) {
    case 'byte':
      return { type: { ...BYTES, elementsMax: maxLength ?? unbounded }, bytesMin: 2 };
    case 'duration':
      return { type: { ...DURATION, elementsMax: DURATION_BYTES_MAX }, bytesMin: 4 };
    case 'date':
      return { type: { ...TIMESTAMP, elementsMax: DATE_BYTES }, bytesMin: DATE_BYTES };
    case 'date-time':
      return { type: { ...TIMESTAMP, elementsMax: TIME_BYTES_MAX }, bytesMin: TIME_BYTES_MIN };
    default: {
      const longest = Math.max(0, ...(values ?? []).map((value) => (typeof value === 'string' ? value.length : 0)));
      const elementsMax = maxLength !== undefined ? maxLength * 4 : values !== undefined && values.length > 0 ? longest : unbounded;
      return { type: { ...STRING, elementsMax }, bytesMin: 2 };
    }
  }
}

const TEXT: StructuralSchema = { type: 'string' };
const OBJECT_PROPERTIES: Readonly<Record<string, StructuralSchema>> = {
  apiVersion: TEXT,
  kind: TEXT,
  metadata: { type: 'object', properties: { name: TEXT, generateName: TEXT } },
};

/** Every object has these, whatever its schema says; a schema that says all of them itself may say more. */
function withObjectMembers(schema: StructuralSchema): StructuralSchema {
  const { apiVersion, kind, metadata } = schema.properties ?? {};
  const { name, generateName } = metadata?.properties ?? {};
  if ([apiVersion, kind, name, generateName].every((property) => property?.type === 'string')) return schema;
  return { ...schema, properties: { ...schema.properties, ...OBJECT_PROPERTIES } };
}

/** The name under which an expression selects a property; undefined where none can. */
export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  if (KEYWORDS.has(name)) return `__${name}__`;
  return name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__');
}

/** The value that an expression sees. */
export function valueOf(json: Json, given: StructuralSchema, isRoot: boolean): CelValue {
  if (json === null || typeof json === 'boolean') return json;
  if (typeof json === 'number') return given.type === 'number' || !Number.isInteger(json) ? json : BigInt(json);
  if (typeof json === 'string') return textOf(json, given);
  if (Array.isArray(json)) {
    const items = given.items ?? {};
    const listType = given['x-kubernetes-list-type'];
    const values = json.map((item: Json) => valueOf(item, items, items['x-kubernetes-embedded-resource'] === true));
    if (listType === 'set') return { kind: 'list', items: values, listType };
    if (listType !== 'map') return { kind: 'list', items: values };
    return {
      kind: 'list',
      items: values,
      listType,
      mapKeys: (given['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeName(key) ?? key),
    };
  }
  const schema = isRoot ? withObjectMembers(given) : given;
  const item = mapItemOf(schema);
  const members = Object.entries(json as Readonly<Record<string, Json>>);
  if (item !== undefined && schema.properties === undefined)
    return { kind: 'map', entries: new Map(members.map(([key, member]) => [`s${key}`, [key, valueOf(member, item, false)] as const])) };
  const fields = new Map<string, CelValue>();
  for (const [key, member] of members) {
    const property = schema.properties?.[key];
    const escaped = escapeName(key);
    if (escaped !== undefined && property !== undefined)
      fields.set(escaped, valueOf(member, property, property['x-kubernetes-embedded-resource'] === true));
  }
  return { kind: 'object', fields };
}

function textOf(text: string, { format, type }: StructuralSchema): CelValue {
  if (type !== 'string') return text;
  if (format === 'byte') {
    const decoded = decodeBytes(text);
    return decoded.ok ? { kind: 'bytes', bytes: decoded.bytes } : text;
  }
  const parsed =
    format === 'duration'
      ? parseDuration(text)
      : format === 'date-time'
        ? parseTimestamp(text)
        : format === 'date'
          ? parseTimestamp(`${text}T00:00:00Z`)
          : text;
  return isFailure(parsed) ? text : parsed;
}
