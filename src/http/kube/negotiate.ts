// Which form an answer takes. Rules: D1, D2, D5, D6, H7, section 4 of docs/contract.md (server-sent events).
// Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go and response.go (v1.33).

import { fail, failure, ok, type Result, type Status } from '../../engine/apimachinery/status.ts';
import { acceptsType, type MediaType, parseAccept } from './media-type.ts';

export type Encoding = 'json' | 'yaml' | 'protobuf';

/** How objects are shown: whole, as table rows, or their metadata only. */
export type Shape = 'object' | 'table' | 'metadata' | 'metadata-list';

export interface Format {
  readonly encoding: Encoding;
  readonly shape: Shape;
  /** Of the answered Table or PartialObjectMetadata. */
  readonly shapeVersion: 'v1' | 'v1beta1';
  /** Server-sent events; only watches. */
  readonly isEventStream: boolean;
}

export const PLAIN_JSON: Format = { encoding: 'json', shape: 'object', shapeVersion: 'v1', isEventStream: false };

const ENCODINGS: Readonly<Record<string, Encoding>> = { 'application/json': 'json', 'application/yaml': 'yaml' };
export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
const SHAPES: Readonly<Record<string, Shape>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

export interface Negotiation {
  readonly isWatch: boolean;
  readonly isCollection: boolean;
  /** Custom resources have no protobuf form. */
  readonly hasProtobuf?: boolean;
}

/**
 * Picks the first alternative that can be served. Fails: NotAcceptable.
 * Deviation: protobuf comes last, because JSON is what is stored and shared, and who takes both reads the same from either (D1).
 */
export function negotiateFormat(accept: string | null | undefined, options: Negotiation): Result<Format> {
  const alternatives = parseAccept(accept);
  for (const media of alternatives) {
    const format = formatOf(media, options.isWatch);
    if (format !== undefined) return ok(format);
  }
  if (options.hasProtobuf === true)
    for (const media of alternatives) {
      const format = media.type === PROTOBUF_TYPE ? shapeOf(media, 'protobuf', options.isWatch) : undefined;
      if (format !== undefined && format.shape !== 'table') return ok(format); // Any form but a table will do (D5).
    }
  // A type that is produced, with parameters that are not, fails later upstream than a type that is not produced at all.
  const isKnownType = alternatives.some((media) => PRODUCED_TYPES.some((type) => acceptsType(media, type)));
  return fail(isKnownType ? notAcceptable(options.isWatch) : noRepresentation(options.isCollection));
}

function formatOf(media: MediaType, isWatch: boolean): Format | undefined {
  if (media.type === 'text/event-stream') return isWatch ? { ...PLAIN_JSON, isEventStream: true } : undefined;
  const type = Object.keys(ENCODINGS).find((candidate) => acceptsType(media, candidate));
  const encoding = type === undefined ? undefined : ENCODINGS[type];
  // D2: a watch has no YAML form.
  if (encoding === undefined || (isWatch && encoding === 'yaml')) return undefined;
  return shapeOf(media, encoding, isWatch);
}

function shapeOf(media: MediaType, encoding: Encoding, isWatch: boolean): Format | undefined {
  const { as, g, v, stream } = media.parameters;
  if (stream !== undefined && !(isWatch && stream === 'watch')) return undefined;
  if (as === undefined) return { ...PLAIN_JSON, encoding };
  const shape = SHAPES[as];
  // D5, D6: another group or version of a known shape is not acceptable.
  if (shape === undefined || g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return undefined;
  return { encoding, shape, shapeVersion: v, isEventStream: false };
}

const PRODUCED_TYPES = ['application/json', 'application/yaml', PROTOBUF_TYPE];
const STREAMED_TYPES = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

/** D2: parameters that no form has. */
export function notAcceptable(isWatch: boolean): Status {
  const types = isWatch ? STREAMED_TYPES : PRODUCED_TYPES;
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${types.join(', ')}`);
}

function noRepresentation(isCollection: boolean): Status {
  const types = isCollection ? [...PRODUCED_TYPES, ...STREAMED_TYPES] : PRODUCED_TYPES;
  return failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`, {});
}

/** D6: metadata of one object asked of a list, or the other way round. */
export function wrongMetadataForm(asked: 'metadata' | 'metadata-list', typeName: string): Status {
  const subject = asked === 'metadata' ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
  const actual = asked === 'metadata' ? 'a list' : 'not a list';
  return failure(406, 'NotAcceptable', `you requested ${subject}, but the requested object is ${actual} (${typeName})`);
}
