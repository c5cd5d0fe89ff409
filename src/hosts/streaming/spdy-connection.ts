// SPDY/3.1 as a server of kubectl needs it: streams that the client opens, data both ways, half-closed ends. What carries the bytes is not known here.
// Upstream: moby/spdystream. Rules: S10, S11.

import { emptyBlock, HeaderReader } from './spdy-headers.ts';

/** Bytes of one frame that a client may send. */
const FRAME_LENGTH_MAX = 1_048_576;
/** Streams that a client may have open. */
const STREAMS_MAX = 2_000;
/** Bytes of data in a frame of ours. */
const DATA_LENGTH = 32_768;

const CONTROL = 0x8003;
const TYPE = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const;
const FLAG_FIN = 1;
const HEADER_LENGTH = 8;

/** What carries the bytes of a connection. */
export interface ByteLink {
  /** Resolves when more can be taken. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Sends what was written, then closes. */
  end(): void;
}

export class SpdyStream {
  readonly headers: ReadonlyMap<string, string>;
  /** More is taken when it has resolved. */
  onData: (bytes: Uint8Array) => void | Promise<void> = () => {};
  /** The client sends no more on this stream; or nothing at all, `isReset`. */
  onEnd: (isReset: boolean) => void = () => {};
  private readonly id: number;
  private readonly connection: SpdyConnection;
  private isEnded = false;

  constructor(connection: SpdyConnection, id: number, headers: ReadonlyMap<string, string>) {
    this.connection = connection;
    this.id = id;
    this.headers = headers;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isEnded; at += DATA_LENGTH)
      await this.connection.send(dataFrame(this.id, bytes.subarray(at, at + DATA_LENGTH), 0));
  }

  /** Half-closes the stream. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    void this.connection.send(dataFrame(this.id, new Uint8Array(0), FLAG_FIN));
    this.connection.forget(this.id, 'ours');
  }
}

interface OpenStream {
  readonly stream: SpdyStream;
  isEndedByClient: boolean;
  isEndedByUs: boolean;
}

export class SpdyConnection {
  private readonly link: ByteLink;
  private readonly onStream: (stream: SpdyStream) => void | Promise<void>;
  private readonly headers = new HeaderReader();
  private readonly streams = new Map<number, OpenStream>();
  private unread: Buffer = Buffer.alloc(0);
  private hasReplied = false;
  private isClosed = false;

  constructor(link: ByteLink, onStream: (stream: SpdyStream) => void | Promise<void>) {
    this.link = link;
    this.onStream = onStream;
  }

  /** Takes bytes of the client; to be called again only when it has resolved. Fails: when they are not SPDY. */
  async receive(bytes: Uint8Array): Promise<void> {
    this.unread = Buffer.concat([this.unread, bytes]);
    while (this.unread.length >= HEADER_LENGTH && !this.isClosed) {
      const length = this.unread.readUIntBE(5, 3);
      if (length > FRAME_LENGTH_MAX) throw new Error('a frame is too long');
      if (this.unread.length < HEADER_LENGTH + length) return;
      const frame = this.unread.subarray(0, HEADER_LENGTH + length);
      this.unread = this.unread.subarray(HEADER_LENGTH + length);
      await this.take(frame);
    }
  }

  send(frame: Uint8Array): void | Promise<void> {
    if (!this.isClosed) return this.link.write(frame);
  }

  /** One side of a stream has ended; it is gone when both have. */
  forget(id: number, side: 'ours' | 'client'): void {
    const open = this.streams.get(id);
    if (open === undefined) return;
    if (side === 'ours') open.isEndedByUs = true;
    else open.isEndedByClient = true;
    if (open.isEndedByUs && open.isEndedByClient) this.streams.delete(id);
  }

  /** Closes the connection when what was sent is out. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.headers.close();
    this.link.end();
  }

  private async take(frame: Buffer): Promise<void> {
    const body = frame.subarray(HEADER_LENGTH);
    if ((frame[0] ?? 0) < 0x80) return this.takeData(frame.readUInt32BE(0), frame[4] ?? 0, body);
    if (frame.readUInt16BE(0) !== CONTROL) throw new Error('this is not SPDY/3');
    switch (frame.readUInt16BE(2)) {
      case TYPE.synStream:
        return this.open(body.readUInt32BE(0) & 0x7fffffff, await this.headers.read(body.subarray(10)), frame[4] ?? 0);
      case TYPE.headers:
        // Nothing is told in them that matters, but the blocks are one zlib stream.
        return void (await this.headers.read(body.subarray(4)));
      case TYPE.rstStream:
        return this.endByClient(body.readUInt32BE(0) & 0x7fffffff, true);
      case TYPE.ping:
        return this.send(Uint8Array.from(frame));
      default:
        return;
    }
  }

  private async open(id: number, headers: ReadonlyMap<string, string>, flags: number): Promise<void> {
    if (id % 2 === 0 || this.streams.has(id) || this.streams.size >= STREAMS_MAX) throw new Error(`stream ${id} cannot be opened`);
    const stream = new SpdyStream(this, id, headers);
    this.streams.set(id, { stream, isEndedByClient: false, isEndedByUs: false });
    // S11: every stream is answered.
    const replied = this.send(controlFrame(TYPE.synReply, Buffer.concat([uint32(id), emptyBlock(!this.hasReplied)])));
    this.hasReplied = true;
    // Who does not read is not read from either: each frame of ours that a client provokes is waited for.
    await replied;
    await this.onStream(stream);
    if ((flags & FLAG_FIN) !== 0) this.endByClient(id, false);
  }

  private async takeData(id: number, flags: number, bytes: Buffer): Promise<void> {
    const open = this.streams.get(id);
    if (open === undefined || open.isEndedByClient) return;
    if (bytes.length > 0) {
      // S11: credit for what is taken, before the answer can close the connection.
      const credited = this.send(controlFrame(TYPE.windowUpdate, Buffer.concat([uint32(id), uint32(bytes.length)])));
      await open.stream.onData(bytes);
      await credited;
    }
    if ((flags & FLAG_FIN) !== 0) this.endByClient(id, false);
  }

  private endByClient(id: number, isReset: boolean): void {
    const open = this.streams.get(id);
    if (open === undefined || open.isEndedByClient) return;
    this.forget(id, 'client');
    if (isReset) this.streams.delete(id);
    open.stream.onEnd(isReset);
  }
}

function dataFrame(id: number, bytes: Uint8Array, flags: number): Buffer {
  return Buffer.concat([uint32(id), flagsAndLength(flags, bytes.length), bytes]);
}

function controlFrame(type: number, body: Buffer): Buffer {
  return Buffer.concat([uint32(((CONTROL << 16) | type) >>> 0), flagsAndLength(0, body.length), body]);
}

function flagsAndLength(flags: number, length: number): Buffer {
  return uint32(flags * 0x1000000 + length);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
