// Watch events as bytes. Each change is encoded once per form; all watchers of that form share the buffer. Rules: H1, H6, H10, D6.

import type { Status } from '../../engine/apimachinery/status.ts';
import { inVersion } from '../../engine/apiserver/read/encoded-object.ts';
import { tableViewOf } from '../../engine/apiserver/read/table.ts';
import type { WatchEvent } from '../../engine/apiserver/read/watch.ts';
import { apiVersionOf, type Kind } from '../../engine/kinds/kind.ts';
import { encodeFrame, watchEventData } from '../watch/frames.ts';
import { eventIdOf } from '../watch/position.ts';
import { metadataJson } from './encode.ts';
import { type Format, PROTOBUF_TYPE } from './negotiate.ts';
import { encodeProtobuf } from './protobuf/encode.ts';
import { WireWriter } from './protobuf/wire.ts';
import { encodeTable, type IncludeObject } from './table.ts';

/** How a stream shows its events. */
export interface WatchForm {
  readonly kind: Kind;
  readonly format: Format;
  readonly include: IncludeObject;
  /** What the ids of server-sent events say beside the revision. */
  readonly stream?: string | undefined;
}

const TEXT_ENCODER = new TextEncoder();

export const PROTOBUF_STREAM_TYPE = `${PROTOBUF_TYPE};stream=watch`;

/** The bytes of an event. `hasColumns`: the first of a table stream carries the columns (H10). */
export function encodeEvent(form: WatchForm, event: WatchEvent, hasColumns: boolean): Uint8Array {
  const shown = { ...event, ...inVersion(form.kind, event) };
  return frame(form, event.type, objectText(form, shown, hasColumns), event.object.metadata.resourceVersion, event.timeMs);
}

/** The name under which a change's memo keeps the bytes. */
export function memoKey(form: WatchForm, event: WatchEvent): string {
  const { encoding, shape, shapeVersion, isEventStream } = form.format;
  return `kube ${apiVersionOf(form.kind)} ${form.kind.structure?.generation ?? 0} ${event.type} ${encoding} ${shape} ${shapeVersion} ${form.include} ${isEventStream}`;
}

function objectText(form: WatchForm, event: WatchEvent, hasColumns: boolean): string {
  const { shape, shapeVersion } = form.format;
  switch (shape) {
    case 'object':
      return event.json;
    case 'metadata':
    case 'metadata-list':
      return metadataJson(event.object, shapeVersion);
    case 'table': {
      const options = { view: tableViewOf(form.kind), version: shapeVersion, include: form.include, nowMs: event.timeMs, hasColumns };
      return encodeTable([event], { resourceVersion: event.object.metadata.resourceVersion }, options);
    }
  }
}

/** H6: says how far the stream is, without an object. */
export function encodeBookmark(form: WatchForm, revision: number, timeMs: number): Uint8Array {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null };
  const object = { kind: form.kind.kind, apiVersion: apiVersionOf(form.kind), metadata };
  return frame(form, 'BOOKMARK', JSON.stringify(object), String(revision), timeMs);
}

/** H3, H10: a failure in mid-stream; it stays a Status in every form. */
export function encodeErrorEvent(form: WatchForm, status: Status, timeMs: number): Uint8Array {
  return frame(form, 'ERROR', JSON.stringify(status), undefined, timeMs);
}

function frame(form: WatchForm, type: string, object: string, id: string | undefined, timeMs: number): Uint8Array {
  if (form.format.encoding === 'protobuf') return protobufFrame(type, object);
  if (!form.format.isEventStream) return TEXT_ENCODER.encode(`{"type":"${type}","object":${object}}\n`);
  // The frames are those of the service's own watch (docs/contract.md, section 4).
  return encodeFrame({
    ...(id === undefined ? {} : { id: eventIdOf(id, form.stream) }),
    event: type,
    data: watchEventData(type, timeMs, object),
  });
}

/**
 * A WatchEvent without an envelope, whose object has one; before it its length in four bytes, the highest first.
 * Upstream: apimachinery/pkg/runtime/serializer/protobuf (LengthDelimitedFramer).
 */
function protobufFrame(type: string, object: string): Uint8Array {
  const bytes = encodeProtobuf(JSON.parse(object)) ?? TEXT_ENCODER.encode(object);
  const event = new WireWriter().delimited(1, type).delimited(2, new WireWriter().delimited(1, bytes)).finish();
  const framed = new Uint8Array(4 + event.length);
  new DataView(framed.buffer).setUint32(0, event.length);
  framed.set(event, 4);
  return framed;
}
