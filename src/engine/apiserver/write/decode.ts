// Decodes a JSON body into a private copy, by the field table: unknown fields are dropped and named, types are checked in Go's words, null
// means absent, required scalars that are missing are empty, quantities become canonical.
// Upstream: apimachinery/pkg/runtime/serializer/json, sigs.k8s.io/json (v1.33). Rules: C11-C15, F9, F12, O14, P4 (quantity text).

import { decodeBytes } from '../../apimachinery/base64.ts';
import { canonicalQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { isJsonObject, type Json } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { OBJECT_MEMBERS, pruneContent } from '../../kinds/customresourcedefinition/content.ts';
import { fieldsOf, filledFieldsOf, zeroesOf } from '../../kinds/fields/index.ts';
import type { StructuralSchema } from '../../kinds/shared/structural-schema.ts';

export interface Decoded {
  readonly value: Record<string, unknown>;
  /** `unknown field "spec.foo"`, in the order met. */
  readonly unknown: readonly string[];
}

export type DecodeResult = { readonly ok: true; readonly value: Decoded } | { readonly ok: false; readonly error: string };

/** Unknown fields named at most. */
const UNKNOWN_MAX = 100;

interface Walk {
  readonly unknown: string[];
  error: string | null;
}

/** Decodes `body` as the type `schema` of the field table. The error is what follows `cannot be handled as a <Kind>: `. */
export function decodeBody(body: Json, schema: string): DecodeResult {
  const walk: Walk = { unknown: [], error: null };
  if (!isJsonObject(body)) return { ok: false, error: `json: cannot unmarshal ${jsonType(body)} into Go value of type ${schema}` };
  const value = decodeObject(walk, body, schema, { path: '', plain: '', owner: goStruct(schema) }) as Record<string, unknown>;
  return walk.error === null ? { ok: true, value: { value, unknown: walk.unknown } } : { ok: false, error: walk.error };
}

/** Decodes `body` as a custom resource: its metadata by the field table, the rest by its schema. */
export function decodeCustom(body: Json, schema: StructuralSchema): DecodeResult {
  if (!isJsonObject(body))
    return { ok: false, error: `json: cannot unmarshal ${jsonType(body)} into Go value of type map[string]interface {}` };
  const walk: Walk = { unknown: [], error: null };
  const { metadata, ...content } = body;
  const decoded = metadata === undefined ? undefined : decodeObject(walk, metadata, 'meta.v1.ObjectMeta', METADATA_PLACE);
  const unknown: string[] = [];
  const value = pruneContent(content, schema, unknown, '', OBJECT_MEMBERS) as Record<string, unknown>;
  if (walk.error !== null) return { ok: false, error: walk.error };
  if (decoded !== undefined) value['metadata'] = decoded;
  return { ok: true, value: { value, unknown: [...walk.unknown, ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`)] } };
}

interface Place {
  /** With list indices, for unknown fields. */
  readonly path: string;
  /** Without indices, for type errors. */
  readonly plain: string;
  /** The innermost Go struct. */
  readonly owner: string;
}

function decodeObject(walk: Walk, body: Json, schema: string, place: Place): unknown {
  const fields = fieldsOf(schema);
  // Types without fields of their own, as those of schemas of custom resources, are free in form.
  if (fields === undefined) return body;
  if (!isJsonObject(body)) return mistyped(walk, body, place, schema);
  const result: Record<string, unknown> = {};
  for (const name of MEMBER_ORDER) if (Object.hasOwn(body, name)) decodeField(walk, body, name, schema, place, result);
  for (const name of Object.keys(body)) if (!MEMBER_ORDER.includes(name)) decodeField(walk, body, name, schema, place, result);
  for (const { name, type } of filledFieldsOf(schema)) if (result[name] === undefined) result[name] = decodeObject(walk, {}, type, place);
  // F12: what is required and missing is there, empty.
  for (const [name, zero] of zeroesOf(schema)) result[name] ??= zero;
  return result;
}

const METADATA_PLACE: Place = { path: 'metadata', plain: 'metadata', owner: 'ObjectMeta' };

const MEMBER_ORDER = ['kind', 'apiVersion', 'metadata', 'spec', 'status'];

function decodeField(
  walk: Walk,
  body: Readonly<Record<string, Json>>,
  name: string,
  schema: string,
  place: Place,
  result: Record<string, unknown>,
): void {
  const value = body[name];
  const field = fieldsOf(schema)?.get(name);
  const path = place.path === '' ? name : `${place.path}.${name}`;
  if (field === undefined) {
    if (walk.unknown.length < UNKNOWN_MAX) walk.unknown.push(`unknown field ${JSON.stringify(path)}`);
    return;
  }
  if (value === undefined || value === null) return;
  const plain = place.plain === '' ? name : `${place.plain}.${name}`;
  const decoded = decodeValue(walk, value, field.type, { path, plain, owner: goStruct(schema) });
  if (decoded === undefined || (!field.isRequired && isEmptyCollection(field.type, decoded))) return;
  result[name] = decoded;
}

/** F9: lists and maps without elements are stored as if they were not there. */
function isEmptyCollection(type: string, value: unknown): boolean {
  if (type.startsWith('[]')) return (value as readonly unknown[]).length === 0;
  return type.startsWith('map:') && Object.keys(value as object).length === 0;
}

function decodeValue(walk: Walk, value: Json, type: string, place: Place): unknown {
  if (walk.error !== null) return undefined;
  if (type.startsWith('[]')) return decodeList(walk, value, type, place);
  if (type.startsWith('map:')) return decodeMap(walk, value, type.slice('map:'.length), place);
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : mistyped(walk, value, place, 'string');
    case 'bytes':
      return typeof value === 'string' ? decodeBase64Field(walk, value) : mistyped(walk, value, place, '[]uint8');
    case 'bool':
      return typeof value === 'boolean' ? value : mistyped(walk, value, place, 'bool');
    case 'int32':
    case 'int64':
      return decodeInteger(walk, value, type, place);
    case 'double':
      return typeof value === 'number' ? value : mistyped(walk, value, place, 'float64');
    case 'int-or-string':
      return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
        ? value
        : mistyped(walk, value, place, 'int32');
    case 'quantity':
      return decodeQuantity(walk, value);
    case 'time':
    case 'micro-time':
      return decodeTime(walk, value);
    case 'any':
      return value;
    default:
      return SCHEMA_UNIONS.has(type) ? decodeSchemaUnion(walk, value, type) : decodeObject(walk, value, type, place);
  }
}

const SCHEMA = 'apiextensions.v1.JSONSchemaProps';
const SCHEMA_UNIONS: ReadonlySet<string> = new Set([`${SCHEMA}OrArray`, `${SCHEMA}OrBool`, `${SCHEMA}OrStringArray`]);

/** A schema in the schema of a custom resource, or what may stand in its place. What is neither is as absent, but for a boolean. */
function decodeSchemaUnion(walk: Walk, value: Json, type: string): unknown {
  if (isJsonObject(value)) return decodeSchema(walk, value);
  if (type === `${SCHEMA}OrBool`) return typeof value === 'boolean' ? value : decodeSchema(walk, value);
  if (!Array.isArray(value)) return undefined;
  const items: readonly Json[] = value;
  return items.map((item) => (type === `${SCHEMA}OrStringArray` ? (item ?? '') : decodeSchema(walk, item ?? {})));
}

/** Go decodes it by itself: fields that it does not know are not told of, and the place in an error begins here. */
function decodeSchema(walk: Walk, value: Json): unknown {
  const inner: Walk = { unknown: [], error: null };
  const decoded = decodeObject(inner, value, SCHEMA, { path: '', plain: '', owner: goStruct(SCHEMA) });
  walk.error ??= inner.error;
  return decoded;
}

/** Go's decoder wants whole base64; what it stores has no line breaks. */
function decodeBase64Field(walk: Walk, text: string): string {
  const decoded = decodeBytes(text);
  if (!decoded.ok) walk.error ??= decoded.error;
  return text.replace(/[\r\n]/g, '');
}

function decodeList(walk: Walk, value: Json, type: string, place: Place): unknown {
  const item = type.slice(2);
  if (!Array.isArray(value)) return mistyped(walk, value, place, `[]${goType(item)}`);
  return value.map((element: Json, index) =>
    decodeValue(walk, element ?? emptyOf(item), item, { ...place, path: `${place.path}[${index}]` }),
  );
}

function emptyOf(type: string): Json {
  return type === 'string' ? '' : type.startsWith('int') ? 0 : {};
}

function decodeMap(walk: Walk, value: Json, type: string, place: Place): unknown {
  if (!isJsonObject(value)) return mistyped(walk, value, place, `map[string]${goType(type)}`);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const decoded = decodeValue(walk, item ?? emptyOf(type), type, { ...place, path: `${place.path}.${key}` });
    if (decoded !== undefined) result[key] = decoded;
  }
  return result;
}

const INT32_MAX = 2_147_483_647;

function decodeInteger(walk: Walk, value: Json, type: 'int32' | 'int64', place: Place): unknown {
  if (typeof value !== 'number') return mistyped(walk, value, place, type);
  const isFitting =
    Number.isInteger(value) && (type === 'int64' ? Number.isSafeInteger(value) : value <= INT32_MAX && value >= -INT32_MAX - 1);
  return isFitting ? value : mistyped(walk, value, place, type, `number ${String(value)}`);
}

const QUANTITY_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function decodeQuantity(walk: Walk, value: Json): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string') {
    const canonical = parseQuantity(text).ok ? canonicalQuantity(text) : undefined;
    if (canonical !== undefined) return canonical;
  }
  walk.error ??= QUANTITY_TEXT;
  return undefined;
}

function decodeTime(walk: Walk, value: Json): unknown {
  if (typeof value === 'string' && parseTime(value) !== undefined) return value;
  if (typeof value !== 'string') walk.error ??= `json: cannot unmarshal ${jsonType(value)} into Go value of type string`;
  walk.error ??= `parsing time ${JSON.stringify(JSON.stringify(value))} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(String(value))} as "2006"`;
  return undefined;
}

/** A value of the wrong type, in the words of Go's decoder (C15). */
function mistyped(walk: Walk, value: Json, place: Place, type: string, found = jsonType(value)): undefined {
  walk.error ??= `json: cannot unmarshal ${found} into Go struct field ${place.owner}.${place.plain} of type ${goType(type)}`;
  return undefined;
}

function jsonType(value: Json): string {
  return Array.isArray(value) ? 'array' : typeof value === 'object' ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** `core.v1.Container` → `v1.Container`; scalars as they are. */
function goType(type: string): string {
  if (type === 'bytes') return '[]uint8';
  if (type === 'double') return 'float64';
  if (type.startsWith('[]')) return `[]${goType(type.slice(2))}`;
  if (type.startsWith('map:')) return `map[string]${goType(type.slice('map:'.length))}`;
  const parts = type.split('.');
  return parts.length >= 3 ? `${parts.at(-2) ?? ''}.${parts.at(-1) ?? ''}` : type;
}

function goStruct(schema: string): string {
  return schema.split('.').at(-1) ?? schema;
}
