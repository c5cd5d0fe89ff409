// Bodies of requests to the service API: their length, encoding, media type and, for JSON, their syntax with line and column.

import { type ProblemItem, refuse } from '../errors.ts';
import { readBody } from '../kube/body.ts';
import { readJsonText } from '../../engine/apimachinery/json-text.ts';

/** Bodies of the service API may be this long: 8 MiB. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** Text as it came. */
export interface RawBody {
  readonly mediaType: string;
  readonly text: string;
}

/** The body as a value; undefined when there is none. */
export async function readJsonBody(request: Request, bytesMax: number): Promise<unknown> {
  const { mediaType, text } = await readText(request, bytesMax);
  if (text.trim() === '') return undefined;
  if (mediaType !== 'application/json') refuseMediaType(mediaType, ['application/json']);
  return parseJson(text);
}

/** Parses JSON. Fails: malformed-body, also for members that are given twice. */
export function parseJson(text: string): unknown {
  const read = readJsonText(text);
  if (!read.ok) {
    const position = positionOf(text, read.offset);
    const errors: ProblemItem[] = [{ in: 'body', message: read.message, ...position }];
    refuse('malformed-body', `The body is not JSON: line ${position.line}, column ${position.column}: ${read.message}`, errors);
  }
  if (read.duplicates.length > 0) {
    const errors = read.duplicates.map((path) => ({ in: 'body' as const, field: path, message: 'given more than once' }));
    refuse('malformed-body', `given more than once: ${read.duplicates.join(', ')}`, errors);
  }
  return read.value;
}

/** The body as text of one of the media types. */
export async function readTextBody(request: Request, mediaTypes: readonly string[], bytesMax: number): Promise<RawBody> {
  const { mediaType, text } = await readText(request, bytesMax);
  if (mediaType === '' && text.trim() === '') return { mediaType: mediaTypes[0] as string, text };
  if (!mediaTypes.includes(mediaType)) refuseMediaType(mediaType, mediaTypes);
  return { mediaType, text };
}

/** Line and column, from 1, of an offset. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

async function readText(request: Request, bytesMax: number): Promise<RawBody> {
  const mediaType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const bytes = await readBody(request, bytesMax);
  if (!bytes.ok && bytes.status.code !== 413) return refuse('malformed-body', 'The connection ended before the body did.');
  if (!bytes.ok) return refuse('body-too-large', `The body is larger than ${bytesMax} bytes.`);
  try {
    return { mediaType, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.value) };
  } catch {
    return refuse('malformed-body', 'The body is not UTF-8.');
  }
}

function refuseMediaType(mediaType: string, accepted: readonly string[]): never {
  const given = mediaType === '' ? 'The content type is missing' : `The content type ${mediaType} is not supported here`;
  return refuse('unsupported-media-type', `${given}; send Content-Type: ${accepted.join(' or ')}.`, [
    { in: 'header', field: 'Content-Type', message: `must be ${accepted.join(' or ')}` },
  ]);
}
