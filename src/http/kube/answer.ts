// Builds responses: JSON or YAML text, Status bodies, plain text, Warning headers. Rules: A7, A8, A11, D2, E1.

import type { Status } from '../../engine/apimachinery/status.ts';
import { finishInTurns } from '../../service/in-turns.ts';
import { type EncodedBody, encodeListBody, type ListBody } from './list-body.ts';
import { type Encoding, type Format, PLAIN_JSON, PROTOBUF_TYPE } from './negotiate.ts';
import { encodeProtobuf } from './protobuf/encode.ts';
import { withReason } from '../reasons.ts';
import { writeYamlText } from './yaml-text.ts';

const CONTENT_TYPES: Readonly<Record<Encoding, string>> = { json: 'application/json', yaml: 'application/yaml', protobuf: PROTOBUF_TYPE };

export interface AnswerOptions {
  readonly code?: number | undefined;
  readonly format?: Format | undefined;
  readonly warnings?: readonly string[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Answers an API object given as JSON text. */
export function answerJsonText(json: string, options: AnswerOptions = {}): Response {
  return answerBody(encodeBody(json, (options.format ?? PLAIN_JSON).encoding), options);
}

/** Answers a list, encoded in turns. */
export async function answerListBody<T>(list: ListBody<T>, options: AnswerOptions = {}): Promise<Response> {
  return answerBody(await finishInTurns(encodeListBody(list, (options.format ?? PLAIN_JSON).encoding)), options);
}

function answerBody({ encoding, body }: EncodedBody, options: AnswerOptions): Response {
  const headers: Record<string, string> = { 'Content-Type': CONTENT_TYPES[encoding], 'Cache-Control': 'no-cache, private' };
  if (options.warnings !== undefined && options.warnings.length > 0) headers['Warning'] = warningHeader(options.warnings);
  // A9: makes clients try again.
  if (options.retryAfterSeconds !== undefined) headers['Retry-After'] = String(options.retryAfterSeconds);
  return new Response(body, { status: options.code ?? 200, headers });
}

/** What has no protobuf form stays JSON, whose Content-Type says so. */
function encodeBody(json: string, encoding: Encoding): EncodedBody {
  if (encoding === 'json') return { encoding, body: json };
  if (encoding === 'yaml') return { encoding, body: writeYamlText(JSON.parse(json)) };
  const bytes = encodeProtobuf(JSON.parse(json));
  return bytes === undefined ? { encoding: 'json', body: json } : { encoding, body: bytes };
}

/** Answers a Status with its own code; successes without a code are 200 (E6). */
export function answerStatus(status: Status, options: { format?: Format; warnings?: readonly string[] } = {}): Response {
  // N4: a Status is never shown as a table.
  const response = answerJsonText(JSON.stringify(status), {
    ...options,
    code: status.code ?? 200,
    retryAfterSeconds: status.details?.retryAfterSeconds,
  });
  return status.message === undefined ? response : withReason(response, status.message);
}

/** Answers plain text. */
export function answerText(text: string, code = 200): Response {
  return new Response(text, {
    status: code,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache, private', 'X-Content-Type-Options': 'nosniff' },
  });
}

/** A11: paths outside the API. */
export function answerNotFoundPage(): Response {
  return answerText('404 page not found\n', 404);
}

/** A8: `299 - "text"`, several joined as one list, as HTTP allows. */
export function warningHeader(warnings: readonly string[]): string {
  return warnings.map((text) => `299 - "${headerText(text).replace(/["\\]/g, '\\$&')}"`).join(', ');
}

const TEXT_ENCODER = new TextEncoder();

/** UTF-8 bytes as the one-byte characters that header values consist of; control characters become spaces. */
function headerText(text: string): string {
  let bytes = '';
  for (const byte of TEXT_ENCODER.encode(text)) bytes += byte < 0x20 || byte === 0x7f ? ' ' : String.fromCharCode(byte);
  return bytes;
}
