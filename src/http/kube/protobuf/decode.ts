// Request bodies in Kubernetes' protobuf envelope, as typed clients from 0.32 on and kubectl from 1.32 on send them (D4, W1).
// Upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go (v1.33).

import type { Json, JsonObject } from '../../../engine/apimachinery/meta.ts';
import { readJsonText } from '../../../engine/apimachinery/json-text.ts';
import type { Field } from '../../../engine/kinds/fields/index.ts';
import { isInlined, type Layout, layoutOf, messageName } from './layout.ts';
import { readFields, type WireField } from './wire.ts';

export type Protobuf = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly message: string };

/** `k8s` and a zero: what an enveloped object begins with. */
export const ENVELOPE_PREFIX = [0x6b, 0x38, 0x73, 0x00];

/** Messages inside messages, as deep as JSON bodies may be; what comes after recurses too. */
const DEPTH_MAX = 500;

/** Decodes an enveloped object to the JSON that the same client would have sent. */
export function decodeProtobuf(body: Uint8Array): Protobuf {
  if (!ENVELOPE_PREFIX.every((byte, index) => body[index] === byte)) {
    return { ok: false, message: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]' };
  }
  const envelope = readFields(body.subarray(4));
  const type = typeMetaOf(envelope);
  if (envelope === undefined || type === undefined) return { ok: false, message: 'proto: illegal wireType in the envelope' };
  const message = messageName(type.apiVersion, type.kind);
  if (message === undefined) return { ok: false, message: `no kind "${type.kind}" is registered for version "${type.apiVersion}"` };
  const value = decodeMessage(message, bytesOf(envelope, 2) ?? new Uint8Array(), 0);
  if (value === undefined) return { ok: false, message: `proto: ${type.kind}: unexpected end of data or illegal wireType` };
  return { ok: true, value: { kind: type.kind, apiVersion: type.apiVersion, ...(value as JsonObject) } };
}

function typeMetaOf(envelope: readonly WireField[] | undefined): { apiVersion: string; kind: string } | undefined {
  const fields = readFields(bytesOf(envelope ?? [], 1) ?? new Uint8Array());
  return fields && { apiVersion: textOf(bytesOf(fields, 1)), kind: textOf(bytesOf(fields, 2)) };
}

/** Types whose JSON form is not an object of the fields of their message (D4.5). Undefined: malformed bytes. */
const SPECIAL: Readonly<Record<string, (fields: readonly WireField[], depth: number) => Json | undefined>> = {
  time: (fields) => timeOf(fields, 0),
  'micro-time': (fields) => timeOf(fields, 6),
  quantity: (fields) => textOf(bytesOf(fields, 1)),
  'int-or-string': (fields) => (varintOf(fields, 1) === 1n ? textOf(bytesOf(fields, 3)) : Number(BigInt.asIntN(32, varintOf(fields, 2)))),
  any: rawJsonOf,
  'apiextensions.v1.JSON': rawJsonOf,
  'apiextensions.v1.JSONSchemaPropsOrArray': (fields, depth) =>
    bytesOf(fields, 1) === undefined ? schemasOf(fields, depth) : schemaOf(fields, 1, depth),
  'apiextensions.v1.JSONSchemaPropsOrBool': (fields, depth) =>
    bytesOf(fields, 2) === undefined ? varintOf(fields, 1) !== 0n : schemaOf(fields, 2, depth),
  'apiextensions.v1.JSONSchemaPropsOrStringArray': (fields, depth) =>
    bytesOf(fields, 1) === undefined ? textsOf(fields, 2) : schemaOf(fields, 1, depth),
  '[]string': (fields) => textsOf(fields, 1),
};

const SCHEMA = 'apiextensions.v1.JSONSchemaProps';

function schemaOf(fields: readonly WireField[], number: number, depth: number): Json | undefined {
  const bytes = bytesOf(fields, number);
  return bytes === undefined ? undefined : decodeMessage(SCHEMA, bytes, depth + 1);
}

function schemasOf(fields: readonly WireField[], depth: number): Json | undefined {
  const schemas: Json[] = [];
  for (const { number, bytes } of fields) {
    if (number !== 2) continue;
    const schema = bytes === undefined ? undefined : decodeMessage(SCHEMA, bytes, depth + 1);
    if (schema === undefined) return undefined;
    schemas.push(schema);
  }
  return schemas;
}

function decodeMessage(type: string, bytes: Uint8Array, depth: number): Json | undefined {
  const fields = depth > DEPTH_MAX ? undefined : readFields(bytes);
  if (fields === undefined) return undefined;
  const special = SPECIAL[type];
  return special === undefined ? decodeSlots(layoutOf(type), fields, depth) : special(fields, depth);
}

function decodeSlots(layout: Layout, fields: readonly WireField[], depth: number): JsonObject | undefined {
  const object: Record<string, Json> = {};
  for (const wire of fields) {
    const slot = layout.get(wire.number);
    if (slot === undefined) continue;
    if (!(isInlined(slot) ? addInlined(object, slot, wire, depth) : addField(object, slot, wire, depth))) return undefined;
  }
  return dropEmpty(object, layout);
}

function addInlined(object: Record<string, Json>, layout: Layout, { bytes }: WireField, depth: number): boolean {
  const fields = bytes === undefined ? undefined : readFields(bytes);
  const inlined = fields === undefined ? undefined : decodeSlots(layout, fields, depth + 1);
  if (inlined !== undefined) Object.assign(object, inlined);
  return inlined !== undefined;
}

function addField(object: Record<string, Json>, field: Field, wire: WireField, depth: number): boolean {
  const { name, type } = field;
  if (type.startsWith('map:')) return addEntry(object, field, wire, depth);
  const isList = type.startsWith('[]');
  const value = decodeValue(isList ? type.slice('[]'.length) : type, wire, depth);
  if (value === undefined) return false;
  if (isList) {
    const values = (object[name] ?? []) as Json[];
    values.push(value);
    object[name] = values;
  } else object[name] = value;
  return true;
}

/** A map is a repeated message of key and value. */
function addEntry(object: Record<string, Json>, field: Field, wire: WireField, depth: number): boolean {
  const entry = wire.bytes === undefined ? undefined : readFields(wire.bytes);
  if (entry === undefined) return false;
  const value = decodeValue(
    field.type.slice('map:'.length),
    entry.find((part) => part.number === 2) ?? { number: 2, bytes: new Uint8Array() },
    depth,
  );
  if (value === undefined) return false;
  const map = (object[field.name] ?? {}) as Record<string, Json>;
  // A key may be called like what objects inherit.
  Object.defineProperty(map, textOf(bytesOf(entry, 1)), { value, enumerable: true, configurable: true, writable: true });
  object[field.name] = map;
  return true;
}

function decodeValue(type: string, wire: WireField, depth: number): Json | undefined {
  switch (type) {
    case 'string':
      return wire.bytes === undefined ? undefined : textOf(wire.bytes);
    case 'bytes':
      return wire.bytes === undefined ? undefined : base64Of(wire.bytes);
    case 'bool':
      return wire.varint === undefined ? undefined : wire.varint !== 0n;
    case 'int32':
      return wire.varint === undefined ? undefined : Number(BigInt.asIntN(32, wire.varint));
    case 'int64':
      return wire.varint === undefined ? undefined : Number(BigInt.asIntN(64, wire.varint));
    case 'double':
      return wire.double;
    default:
      return wire.bytes === undefined ? undefined : decodeMessage(type, wire.bytes, depth + 1);
  }
}

/** D4.4: the encoder writes every field, the JSON form omits empty ones. */
function dropEmpty(object: Record<string, Json>, layout: Layout): JsonObject {
  for (const slot of layout.values()) {
    if (isInlined(slot)) continue;
    const value = object[slot.name];
    if (value === undefined) continue;
    if (value === null || (slot.omitsEmpty && !slot.isPointer && isEmpty(value))) delete object[slot.name];
  }
  return object;
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const ZERO_TIME_SECONDS = -62_135_596_800;

function timeOf(fields: readonly WireField[], decimals: number): Json {
  const seconds = Number(BigInt.asIntN(64, varintOf(fields, 1)));
  const nanos = Number(BigInt.asIntN(32, varintOf(fields, 2)));
  // Go's zero time, the first instant of the year 1, is written as no seconds at all.
  if ((seconds === 0 && nanos === 0) || seconds <= ZERO_TIME_SECONDS || seconds > 253_402_300_799) return null;
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return decimals === 0 ? `${text}Z` : `${text}.${String(nanos).padStart(9, '0').slice(0, decimals)}Z`;
}

function rawJsonOf(fields: readonly WireField[]): Json | undefined {
  const text = textOf(bytesOf(fields, 1));
  if (text === '') return null;
  const read = readJsonText(text);
  return read.ok ? read.value : undefined;
}

function textsOf(fields: readonly WireField[], number: number): Json {
  return fields.filter((field) => field.number === number).map((field) => textOf(field.bytes));
}

function bytesOf(fields: readonly WireField[], number: number): Uint8Array | undefined {
  return fields.findLast((field) => field.number === number)?.bytes;
}

function varintOf(fields: readonly WireField[], number: number): bigint {
  return fields.findLast((field) => field.number === number)?.varint ?? 0n;
}

const TEXT_DECODER = new TextDecoder();

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : TEXT_DECODER.decode(bytes);
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
