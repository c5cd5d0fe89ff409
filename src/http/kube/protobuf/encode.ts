// Objects in Kubernetes' protobuf envelope: the counterpart of decode.ts, for clients that accept nothing else (D2, D4).
// Upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go (v1.33). Unlike upstream's, messages leave out
// fields that are not there instead of writing their zero values; readers cannot tell the two apart.

import { isJsonObject, type Json, type JsonObject } from '../../../engine/apimachinery/meta.ts';
import { parseTime } from '../../../engine/apimachinery/time.ts';
import type { Field } from '../../../engine/kinds/fields/index.ts';
import { ENVELOPE_PREFIX } from './decode.ts';
import { isInlined, type Layout, layoutOf, messageName } from './layout.ts';
import { WireWriter } from './wire.ts';

/** Whether the kind has a protobuf form; a list has one if its items do. */
export function hasProtobufForm(apiVersion: string, kind: string): boolean {
  return messageName(apiVersion, kind) !== undefined || itemMessageOf(apiVersion, kind) !== undefined;
}

/** Encodes an object or a list; undefined when its kind has no protobuf form. */
export function encodeProtobuf(object: JsonObject): Uint8Array<ArrayBuffer> | undefined {
  const apiVersion = String(object['apiVersion'] ?? '');
  const kind = String(object['kind'] ?? '');
  const message = messageName(apiVersion, kind);
  if (message !== undefined) return inEnvelope(apiVersion, kind, encodeMessage(message, object));
  const list = listEncoder(object);
  for (const item of (object['items'] ?? []) as readonly Json[]) list?.add(item);
  return list?.finish();
}

/** Takes the items of a list one by one. */
export interface ListEncoder {
  add(item: Json): void;
  finish(): Uint8Array<ArrayBuffer>;
}

/** Encodes a list item by item; undefined when its kind has no protobuf form. All lists are laid out alike. */
export function listEncoder(list: JsonObject): ListEncoder | undefined {
  const apiVersion = String(list['apiVersion'] ?? '');
  const kind = String(list['kind'] ?? '');
  const itemMessage = itemMessageOf(apiVersion, kind);
  if (itemMessage === undefined) return undefined;
  const writer = new WireWriter().delimited(1, encodeMessage('meta.v1.ListMeta', list['metadata'] ?? {}));
  return {
    add: (item) => void writer.delimited(2, encodeMessage(itemMessage, item)),
    finish: () => inEnvelope(apiVersion, kind, writer),
  };
}

function inEnvelope(apiVersion: string, kind: string, raw: WireWriter): Uint8Array<ArrayBuffer> {
  const type = new WireWriter().delimited(1, apiVersion).delimited(2, kind);
  const envelope = new WireWriter().delimited(1, type).delimited(2, raw).delimited(3, '').delimited(4, '').finish();
  const bytes = new Uint8Array(ENVELOPE_PREFIX.length + envelope.length);
  bytes.set(ENVELOPE_PREFIX);
  bytes.set(envelope, ENVELOPE_PREFIX.length);
  return bytes;
}

function itemMessageOf(apiVersion: string, kind: string): string | undefined {
  return kind.endsWith('List') ? messageName(apiVersion, kind.slice(0, -'List'.length)) : undefined;
}

/** Types whose JSON form is not an object of the fields of their message (D4.5). */
const SPECIAL: Readonly<Record<string, (value: Json) => WireWriter>> = {
  time: encodeTime,
  'micro-time': encodeTime,
  quantity: (value) => new WireWriter().delimited(1, String(value)),
  'int-or-string': (value) =>
    typeof value === 'string' ? new WireWriter().varint(1, 1).delimited(3, value) : new WireWriter().varint(1, 0).varint(2, Number(value)),
  any: encodeRawJson,
  'apiextensions.v1.JSON': encodeRawJson,
  'apiextensions.v1.JSONSchemaPropsOrArray': (value) =>
    Array.isArray(value) ? encodeEach(2, value, encodeSchema) : new WireWriter().delimited(1, encodeSchema(value)),
  'apiextensions.v1.JSONSchemaPropsOrBool': (value) =>
    isJsonObject(value)
      ? new WireWriter().varint(1, 1).delimited(2, encodeSchema(value))
      : new WireWriter().varint(1, value === true ? 1 : 0),
  'apiextensions.v1.JSONSchemaPropsOrStringArray': (value) =>
    Array.isArray(value) ? encodeEach(2, value, String) : new WireWriter().delimited(1, encodeSchema(value)),
  '[]string': (value) => encodeEach(1, value as readonly Json[], String),
};

function encodeSchema(value: Json): WireWriter {
  return encodeMessage('apiextensions.v1.JSONSchemaProps', value);
}

function encodeEach(number: number, values: readonly Json[], encode: (value: Json) => string | WireWriter): WireWriter {
  const writer = new WireWriter();
  for (const value of values) writer.delimited(number, encode(value));
  return writer;
}

function encodeRawJson(value: Json): WireWriter {
  return new WireWriter().delimited(1, JSON.stringify(value));
}

function encodeTime(value: Json): WireWriter {
  const text = String(value);
  const ms = parseTime(text);
  if (ms === undefined) return new WireWriter();
  // Finer than what instants have: the digits stand in the text.
  const nanos = Number((/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0').slice(0, 9));
  return new WireWriter().varint(1, Math.floor(ms / 1000)).varint(2, nanos);
}

function encodeMessage(type: string, value: Json): WireWriter {
  const special = SPECIAL[type];
  if (special !== undefined) return special(value);
  return isJsonObject(value) ? encodeSlots(layoutOf(type), value) : new WireWriter();
}

function encodeSlots(layout: Layout, object: JsonObject): WireWriter {
  const writer = new WireWriter();
  for (const [number, slot] of layout) {
    if (isInlined(slot)) writer.delimited(number, encodeSlots(slot, object));
    else encodeField(writer, number, slot, object);
  }
  return writer;
}

function encodeField(writer: WireWriter, number: number, { name, type }: Field, object: JsonObject): void {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined || value === null) return;
  if (type.startsWith('map:')) {
    for (const [key, item] of Object.entries(value as JsonObject)) {
      const entry = new WireWriter().delimited(1, key);
      encodeValue(entry, 2, type.slice('map:'.length), item as Json);
      writer.delimited(number, entry);
    }
  } else if (type.startsWith('[]')) for (const item of value as readonly Json[]) encodeValue(writer, number, type.slice('[]'.length), item);
  else encodeValue(writer, number, type, value);
}

function encodeValue(writer: WireWriter, number: number, type: string, value: Json): void {
  switch (type) {
    case 'string':
      writer.delimited(number, String(value));
      break;
    case 'bytes':
      writer.delimited(number, bytesOfBase64(String(value)));
      break;
    case 'bool':
      writer.varint(number, value === true ? 1 : 0);
      break;
    case 'int32':
    case 'int64':
      writer.varint(number, Number(value));
      break;
    case 'double':
      writer.double(number, Number(value));
      break;
    default:
      writer.delimited(number, encodeMessage(type, value));
  }
}

function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
