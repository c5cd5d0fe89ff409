// Bytes of a socket as the text of the engine, and back.

import { bytesToText, incompleteTail, textToBytes } from '../../../engine/cluster/index.ts';

const CHUNK = 8_192;

/** Bytes as a string with one character a byte. */
export function binaryOf(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return binary;
}

/** Decodes a stream of bytes; a character cut in two by a message waits for its rest. */
export class StreamDecoder {
  private rest = '';

  decode(bytes: Uint8Array): string {
    const binary = this.rest + binaryOf(bytes);
    const cut = binary.length - incompleteTail(binary);
    this.rest = binary.slice(cut);
    return bytesToText(binary.slice(0, cut));
  }

  /** What is left at the end of the stream. */
  end(): string {
    const { rest } = this;
    this.rest = '';
    return bytesToText(rest);
  }
}

/** The bytes of a text. */
export function encodeText(text: string): Uint8Array {
  const binary = textToBytes(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
