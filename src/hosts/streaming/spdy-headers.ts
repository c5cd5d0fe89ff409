// The header blocks of one direction of a SPDY connection: one zlib stream for the whole connection (S10). The blocks of this server hold no
// headers, so that they are always the same bytes and nothing is compressed.

import { createInflate, type Inflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';

/** Bytes of the headers of one stream; those of kubectl have less than 200. */
const HEADERS_LENGTH_MAX = 8_192;

/** Two bytes that say deflate and a dictionary, then the Adler-32 of the dictionary. */
const ZLIB_START = Buffer.from('78bbe3c6a7c2', 'hex');
/** A stored block with a count of 0, then the empty block of a flush, at which decoders hand on what they have. */
const NO_HEADERS = Buffer.from(['000400fbff', '00000000', '000000ffff'].join(''), 'hex');

/** The next block without headers. */
export function emptyBlock(isFirst: boolean): Buffer {
  return isFirst ? Buffer.concat([ZLIB_START, NO_HEADERS]) : NO_HEADERS;
}

/** Reads header blocks, in their order. */
export class HeaderReader {
  private readonly inflate: Inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  private parts: Buffer[] = [];
  private length = 0;
  private error: Error | undefined;

  constructor() {
    this.inflate.on('data', (part: Buffer) => {
      this.length += part.length;
      if (this.length <= HEADERS_LENGTH_MAX) this.parts.push(part);
    });
    this.inflate.on('error', (error) => {
      this.error = error;
    });
  }

  /** Fails: when the block is none, or too long. */
  async read(block: Uint8Array): Promise<ReadonlyMap<string, string>> {
    this.parts = [];
    this.length = 0;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => reject(error);
      this.inflate.once('error', fail);
      this.inflate.write(block, () => {
        this.inflate.off('error', fail);
        resolve();
      });
    });
    if (this.error !== undefined) throw this.error;
    if (this.length > HEADERS_LENGTH_MAX) throw new Error('the headers of a stream are too long');
    return parseHeaders(Buffer.concat(this.parts));
  }

  close(): void {
    this.inflate.destroy();
  }
}

function parseHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = bytes.readUInt32BE(at);
    const value = bytes.toString('utf8', at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  for (let left = bytes.readUInt32BE(0); left > 0; left -= 1) {
    const name = text().toLowerCase();
    headers.set(name, text());
  }
  return headers;
}
