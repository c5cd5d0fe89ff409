// Request bodies in Kubernetes' protobuf envelope, as typed clients from 0.32 on and kubectl from 1.32 on send them (D4, W1).
// Upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go (v1.33).

import type { Json, JsonObject } from '../../../engine/apimachinery/meta.ts';
import { PROTOBUF_MESSAGES } from './messages.ts';
import { readFields, type WireField } from './wire.ts';

export type Protobuf = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly message: string };

const ENVELOPE_PREFIX = [0x6b, 0x38, 0x73, 0x00];

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
  const value = decodeMessage(message, bytesOf(envelope, 2) ?? new Uint8Array());
  if (value === undefined) return { ok: false, message: `proto: ${type.kind}: unexpected end of data or illegal wireType` };
  return { ok: true, value: { kind: type.kind, apiVersion: type.apiVersion, ...(value as JsonObject) } };
}

function typeMetaOf(envelope: readonly WireField[] | undefined): { apiVersion: string; kind: string } | undefined {
  const fields = readFields(bytesOf(envelope ?? [], 1) ?? new Uint8Array());
  return fields && { apiVersion: textOf(bytesOf(fields, 1)), kind: textOf(bytesOf(fields, 2)) };
}

/** `core.v1.Pod`, `apps.v1.ReplicaSet`: the group up to its first dot (D4.3). */
function messageName(apiVersion: string, kind: string): string | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const name = `${group?.split('.')[0]}.${version}.${kind}`;
  if (Object.hasOwn(PROTOBUF_MESSAGES, name)) return name;
  // Options such as DeleteOptions exist in every group.
  const shared = `meta.v1.${kind}`;
  return Object.hasOwn(PROTOBUF_MESSAGES, shared) ? shared : undefined;
}

/** Whether upstream has such a kind, as far as the table of messages knows. */
export function isKnownMessage(apiVersion: string, kind: string): boolean {
  const name = messageName(apiVersion, kind);
  return name !== undefined && !name.startsWith('meta.v1.');
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRepeated: boolean;
  readonly isPointer: boolean;
  readonly isInlined: boolean;
  readonly omitsEmpty: boolean;
}

const layouts = new Map<string, ReadonlyMap<number, Field>>();

function layoutOf(message: string): ReadonlyMap<number, Field> {
  let layout = layouts.get(message);
  if (layout === undefined) {
    layout = parseLayout(PROTOBUF_MESSAGES[message] ?? '');
    layouts.set(message, layout);
  }
  return layout;
}

function parseLayout(text: string): ReadonlyMap<number, Field> {
  const rows = text.split(', ').filter((row) => row !== '');
  return new Map(
    rows.map((row) => {
      const [number = '', name = '', type = '', flags = ''] = row.split(' ');
      const has = (flag: string) => flags.includes(flag);
      return [Number(number), { name, type, isRepeated: has('r'), isPointer: has('p'), isInlined: has('i'), omitsEmpty: has('e') }];
    }),
  );
}

/** Messages whose JSON form is not an object of their fields (D4.5). Undefined: malformed bytes. */
const SPECIAL: Readonly<Record<string, (fields: readonly WireField[]) => Json | undefined>> = {
  'meta.v1.Time': (fields) => timeOf(fields, 0),
  'meta.v1.MicroTime': (fields) => timeOf(fields, 6),
  'meta.v1.Duration': (fields) => Number(BigInt.asIntN(64, varintOf(fields, 1))),
  'api.resource.Quantity': (fields) => textOf(bytesOf(fields, 1)),
  'util.intstr.IntOrString': (fields) =>
    varintOf(fields, 1) === 1n ? textOf(bytesOf(fields, 3)) : Number(BigInt.asIntN(32, varintOf(fields, 2))),
  'meta.v1.FieldsV1': rawJsonOf,
  'runtime.RawExtension': rawJsonOf,
  'authentication.v1.ExtraValue': textsOf,
  'authorization.v1.ExtraValue': textsOf,
};

function decodeMessage(message: string, bytes: Uint8Array): Json | undefined {
  const fields = readFields(bytes);
  if (fields === undefined) return undefined;
  const special = SPECIAL[message];
  if (special !== undefined) return special(fields);
  const layout = layoutOf(message);
  const object: Record<string, Json> = {};
  for (const wire of fields) {
    const field = layout.get(wire.number);
    if (field !== undefined && !addField(object, field, wire)) return undefined;
  }
  return dropEmpty(object, layout);
}

function addField(object: Record<string, Json>, field: Field, wire: WireField): boolean {
  if (field.type.startsWith('map:')) return addEntry(object, field, wire);
  const value = decodeValue(field.type, wire);
  if (value === undefined) return false;
  if (field.isInlined) Object.assign(object, value);
  else if (field.isRepeated) object[field.name] = [...((object[field.name] as readonly Json[] | undefined) ?? []), value];
  else object[field.name] = value;
  return true;
}

/** A map is a repeated message of key and value. */
function addEntry(object: Record<string, Json>, field: Field, wire: WireField): boolean {
  const entry = wire.bytes === undefined ? undefined : readFields(wire.bytes);
  if (entry === undefined) return false;
  const value = decodeValue(
    field.type.slice('map:'.length),
    entry.find((part) => part.number === 2) ?? { number: 2, bytes: new Uint8Array() },
  );
  if (value === undefined) return false;
  object[field.name] = { ...(object[field.name] as JsonObject | undefined), [textOf(bytesOf(entry, 1))]: value };
  return true;
}

function decodeValue(type: string, wire: WireField): Json | undefined {
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
    default:
      return wire.bytes === undefined ? undefined : decodeMessage(type, wire.bytes);
  }
}

/** D4.4: the encoder writes every field, the JSON form omits empty ones. */
function dropEmpty(object: Record<string, Json>, layout: ReadonlyMap<number, Field>): JsonObject {
  for (const field of layout.values()) {
    const value = object[field.name];
    if (value === undefined) continue;
    if (value === null || (field.omitsEmpty && !field.isPointer && isEmpty(value))) delete object[field.name];
  }
  return object;
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function timeOf(fields: readonly WireField[], decimals: number): Json {
  const seconds = Number(BigInt.asIntN(64, varintOf(fields, 1)));
  const nanos = Number(BigInt.asIntN(32, varintOf(fields, 2)));
  // The zero time of Go is written as an absent or very negative number of seconds.
  if (seconds <= 0 || seconds > 253_402_300_799) return null;
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return decimals === 0 ? `${text}Z` : `${text}.${String(nanos).padStart(9, '0').slice(0, decimals)}Z`;
}

function rawJsonOf(fields: readonly WireField[]): Json | undefined {
  const text = textOf(bytesOf(fields, 1));
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function textsOf(fields: readonly WireField[]): Json {
  return fields.filter((field) => field.number === 1).map((field) => textOf(field.bytes));
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
