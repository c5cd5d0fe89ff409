// Validation of Secrets, in upstream's order and words. Upstream: pkg/apis/core/validation/validation.go (ValidateSecret, v1.33).
// Rules: P10, D9, I9.

import { base64ByteCount, decodeBase64 } from '../../apimachinery/base64.ts';
import { type FieldError, forbidden, goText, invalid, required, tooLong } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, isJsonObject, type Json } from '../../apimachinery/meta.ts';
import { configKeyProblems } from '../../apimachinery/names.ts';
import { ACCOUNT_NAME, ACCOUNT_TOKEN } from './account-token.ts';
import type { Secret } from './types.ts';

/** D9: bytes of all values together. */
const DATA_BYTES_MAX = 1_048_576;

/** Errors of a Secret whose `stringData` is merged. */
export function validateSecret(secret: Secret): FieldError[] {
  const errors: FieldError[] = [];
  const data = secret.data ?? {};
  for (const key of Object.keys(data).sort())
    for (const problem of configKeyProblems(key)) errors.push(invalid(`data[${key}]`, key, problem));
  const bytes = Object.values(data).reduce((sum, value) => sum + base64ByteCount(value), 0);
  if (bytes > DATA_BYTES_MAX) errors.push(tooLong('data', DATA_BYTES_MAX));
  errors.push(...validateType(secret));
  return errors;
}

/** An immutable Secret keeps its data, and every Secret its type (I9). */
export function validateSecretUpdate(secret: Secret, previous: Secret): FieldError[] {
  const errors: FieldError[] = [];
  if (secret.type !== previous.type) errors.push(invalid('type', secret.type, 'field is immutable'));
  if (previous.immutable !== true) return errors;
  const text = 'field is immutable when `immutable` is set';
  if (secret.immutable !== true) errors.push(forbidden('immutable', text));
  if (!isJsonEqual(secret.data ?? {}, previous.data ?? {})) errors.push(forbidden('data', text));
  return errors;
}

/** What the well-known types must hold. */
function validateType(secret: Secret): FieldError[] {
  const data = secret.data ?? {};
  const need = (...keys: readonly string[]): FieldError[] =>
    keys.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`));
  switch (secret.type) {
    case ACCOUNT_TOKEN: {
      const isNamed = (secret.metadata.annotations?.[ACCOUNT_NAME] ?? '') !== '';
      return isNamed ? [] : [required(`metadata.annotations[${ACCOUNT_NAME}]`)];
    }
    case 'kubernetes.io/dockercfg':
      return validateDocker(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateDocker(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      return data['username'] === undefined && data['password'] === undefined ? need('username', 'password') : [];
    case 'kubernetes.io/ssh-auth':
      return (data['ssh-privatekey'] ?? '') === '' ? [required('data[ssh-privatekey]')] : [];
    case 'kubernetes.io/tls':
      return need('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function validateDocker(data: Readonly<Record<string, string>>, key: string): FieldError[] {
  const value = data[key];
  if (value === undefined) return [required(`data[${key}]`)];
  const problem = jsonObjectProblem(decodeBase64(value));
  // The value itself is never shown.
  return problem === undefined ? [] : [invalid(`data[${key}]`, goText('"<secret contents redacted>"'), problem)];
}

/** Why a text is no JSON object, in Go's words as far as they do not depend on the place of the error. */
function jsonObjectProblem(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 'unexpected end of JSON input';
  const value = parseJson(trimmed);
  if (value === undefined) return `invalid character ${quoteCharacter(trimmed)} looking for beginning of value`;
  if (value === null || isJsonObject(value)) return undefined;
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}

function parseJson(text: string): Json | undefined {
  // The parser reports by throwing; an unreadable text is the client's mistake and becomes a value here.
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function quoteCharacter(text: string): string {
  return `'${text.charAt(0)}'`;
}
