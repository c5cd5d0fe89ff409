// Bytes to JSON: request bodies of create and update, patches, delete options. What the values mean is the engine's affair.
// Upstream: apiserver/pkg/endpoints/handlers/{create,update,patch,delete}.go, negotiation.go (v1.33). Rules: D3, D4, D7, J1, L1.

import { isJsonObject, type Json, type JsonObject } from '../../engine/apimachinery/meta.ts';
import { badRequest, fail, failure, ok, type Result } from '../../engine/apimachinery/status.ts';
import { readJsonText } from '../../engine/apimachinery/json-text.ts';
import { parseMediaType } from './media-type.ts';
import { decodeProtobuf } from './protobuf/decode.ts';
import { readYamlBody } from './yaml-documents.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** A decoded body, and what strict field validation has against its text (C11). */
export interface DecodedBody<T = JsonObject> {
  readonly value: T;
  readonly strictErrors: readonly string[];
}

const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

const ALL_PATCH_TYPES: readonly PatchType[] = ['json', 'merge', 'strategic', 'apply'];
/** J1: custom resources have no merge keys. */
export const CUSTOM_PATCH_TYPES: readonly PatchType[] = ['json', 'merge', 'apply'];

const TEXT_DECODER = new TextDecoder();

/** The media type of a body of an object; a missing header means JSON. Fails: UnsupportedMediaType (D3). */
export function objectTypeOf(contentType: string | null): Result<string> {
  const { type } = parseMediaType(contentType ?? '');
  if (type === '') return ok('application/json');
  return OBJECT_TYPES.includes(type) ? ok(type) : unsupported(OBJECT_TYPES);
}

/** The kind of patch that a Content-Type names. Fails: UnsupportedMediaType (J1). */
export function patchTypeOf(contentType: string | null, accepted: readonly PatchType[] = ALL_PATCH_TYPES): Result<PatchType> {
  const { type } = parseMediaType(contentType ?? '');
  const patchType = Object.hasOwn(PATCH_TYPES, type) ? PATCH_TYPES[type] : undefined;
  if (patchType !== undefined && accepted.includes(patchType)) return ok(patchType);
  return unsupported(Object.keys(PATCH_TYPES).filter((name) => accepted.includes(PATCH_TYPES[name] as PatchType)));
}

function unsupported(accepted: readonly string[]): Result<never> {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return fail(failure(415, 'UnsupportedMediaType', message));
}

/** Decodes an object; `kind` is what the URL asks for. Fails: BadRequest (D7). */
export async function decodeObject(bytes: Uint8Array, mediaType: string, kind: string): Promise<Result<DecodedBody>> {
  switch (mediaType) {
    case 'application/vnd.kubernetes.protobuf': {
      const decoded = decodeProtobuf(bytes);
      return decoded.ok ? ok({ value: decoded.value, strictErrors: [] }) : unrecognized(bytes, kind, decoded.message);
    }
    case 'application/yaml': {
      const read = await readYamlBody(TEXT_DECODER.decode(bytes));
      if (!read.ok) return unrecognized(bytes, kind, read.message);
      return objectOnly(
        read.value,
        read.duplicates.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${read.duplicates.join('\n  ')}`],
        bytes,
        kind,
      );
    }
    default: {
      const read = readJsonText(TEXT_DECODER.decode(bytes));
      if (!read.ok) return unrecognized(bytes, kind, jsonProblem(read.message));
      return objectOnly(read.value, duplicateFields(read.duplicates), bytes, kind);
    }
  }
}

function objectOnly(value: Json, strictErrors: readonly string[], bytes: Uint8Array, kind: string): Result<DecodedBody> {
  if (isJsonObject(value)) return ok({ value, strictErrors });
  // A JSON null leaves Go's struct empty: the URL then names the kind.
  if (value === null && bytes.length > 0) return ok({ value: {}, strictErrors });
  const target = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  return unrecognized(bytes, kind, jsonProblem(`json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${target}`));
}

function jsonProblem(problem: string): string {
  return `couldn't get version/kind; json parse error: ${problem}`;
}

function duplicateFields(paths: readonly string[]): string[] {
  return paths.map((path) => `duplicate field ${JSON.stringify(path)}`);
}

function goTypeOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function unrecognized(bytes: Uint8Array, kind: string, problem: string): Result<never> {
  return fail(badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${summarize(bytes)})`));
}

const SUMMARY_BYTES_MAX = 30;

/** The beginning of a body: text when it looks like JSON, else hexadecimal digits. */
function summarize(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, SUMMARY_BYTES_MAX);
  const text = bytes[0] === 0x7b ? TEXT_DECODER.decode(head) : Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > SUMMARY_BYTES_MAX ? `${text} ...` : text;
}

/** Decodes a patch. Fails: BadRequest. */
export async function decodePatch(bytes: Uint8Array, patchType: PatchType): Promise<Result<DecodedBody<Json>>> {
  const text = TEXT_DECODER.decode(bytes);
  if (patchType === 'apply') {
    const read = await readYamlBody(text);
    if (!read.ok)
      return fail(badRequest(`error decoding YAML: ${read.message.replace(/^yaml: /, 'error converting YAML to JSON: yaml: ')}`));
    return ok({ value: read.value, strictErrors: read.duplicates.map((duplicate) => `yaml: unmarshal errors:\n  ${duplicate}`) });
  }
  const read = readJsonText(text);
  if (!read.ok) return fail(badRequest(patchType === 'strategic' ? read.message : `error decoding patch: ${read.message}`));
  return ok({ value: read.value, strictErrors: duplicateFields(read.duplicates) });
}
