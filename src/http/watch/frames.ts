// Server-sent events, as the WHATWG HTML standard frames them: an optional id, the event's name, one data line per line of text.

import { formatInstant } from '../../engine/apimachinery/time.ts';

const TEXT_ENCODER = new TextEncoder();

export const EVENT_STREAM_TYPE = 'text/event-stream';

/** A comment that clients ignore; it keeps idle connections alive. */
export const KEEP_ALIVE_FRAME = TEXT_ENCODER.encode(': still here\n\n');

export interface Frame {
  /** What a client sends as Last-Event-ID when it comes back; a frame without one leaves the client's position as it is. */
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/** The bytes of one event. */
export function encodeFrame({ id, event, data }: Frame): Uint8Array {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  const dataLines = data.includes('\n') || data.includes('\r') ? data.split(/\r\n|\n|\r/).join('\ndata: ') : data;
  return TEXT_ENCODER.encode(`${idLine}event: ${event}\ndata: ${dataLines}\n\n`);
}

/** The data of a watch event (docs/contract.md, section 4); `json` is the object or the Table as JSON text. */
export function watchEventData(type: string, timeMs: number, json: string): string {
  return `{"type":"${type}","time":"${formatInstant(timeMs)}","object":${json}}`;
}

/** Frames in one piece; a single one is passed on as it is, so that shared bytes stay shared. */
export function joinFrames(frames: readonly Uint8Array[]): Uint8Array {
  const [first] = frames;
  if (first !== undefined && frames.length === 1) return first;
  const bytes = new Uint8Array(frames.reduce((length, frame) => length + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}
