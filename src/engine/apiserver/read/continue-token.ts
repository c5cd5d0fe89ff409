// Continue tokens of paged lists: opaque to clients, base64 of JSON inside. Upstream: apiserver/pkg/storage/continue.go (v1.33). Rule: G6.

import { decodeBytes, encodeBase64Url } from '../../apimachinery/base64.ts';
import { readJsonText } from '../../apimachinery/json-text.ts';
import { isJsonObject } from '../../apimachinery/meta.ts';
import { badRequest, fail, ok, type Result } from '../../apimachinery/status.ts';

export interface ContinueToken {
  /** Of the first page; all pages report it. */
  readonly revision: number;
  /** Sort key of the last object sent. */
  readonly after: string;
}

const TOKEN_VERSION = 'meta.k8s.io/v1';

/** The text of a token. */
export function encodeContinue({ revision, after }: ContinueToken): string {
  return encodeBase64Url(JSON.stringify({ v: TOKEN_VERSION, rv: revision, start: after }));
}

/** Fails: BadRequest. */
export function decodeContinue(text: string): Result<ContinueToken> {
  const illegal = text.search(/[^A-Za-z0-9_-]/);
  const at = illegal >= 0 ? illegal : text.length % 4 === 1 ? text.length - 1 : -1;
  if (at >= 0) return refuse(`continue key is not valid: illegal base64 data at input byte ${at}`);
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4);
  const decoded = decodeBytes(padded);
  // One character per byte: that is how Go names a byte that JSON does not begin with.
  const read = readJsonText(decoded.ok ? decoded.bytes.map((byte) => String.fromCharCode(byte)).join('') : '');
  if (!read.ok) return refuse(`continue key is not valid: ${read.message}`);
  const token = isJsonObject(read.value) ? read.value : {};
  if (token['v'] !== TOKEN_VERSION) return refuse('continue key is not valid: server does not recognize this encoded version');
  if (typeof token['rv'] !== 'number' || token['rv'] === 0) {
    return refuse(`continue key is not valid: incorrect encoded start resourceVersion (version ${TOKEN_VERSION})`);
  }
  if (typeof token['start'] !== 'string' || token['start'] === '') {
    return refuse(`continue key is not valid: encoded start key empty (version ${TOKEN_VERSION})`);
  }
  return ok({ revision: token['rv'], after: token['start'] });
}

function refuse(problem: string): Result<never> {
  return fail(badRequest(`invalid continue token: ${problem}`));
}
