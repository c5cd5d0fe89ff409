// Clients of the streaming subresources that show every frame: a WebSocket by messages, and SPDY over a socket or inside a WebSocket.

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { WebSocket } from 'ws';
import { SPDY_DICTIONARY } from '../../../../src/hosts/streaming/spdy-dictionary.ts';

/** What a server answered instead of an upgrade. */
export interface Refused {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

export interface MessageClient {
  readonly protocol: string;
  /** `channel:text` of each message, in order. */
  readonly messages: string[];
  readonly raw: Buffer[];
  /** Whether each message was binary. */
  readonly kinds: boolean[];
  send(channel: number, text: string): void;
  sendRaw(data: Uint8Array | string): void;
  /** The code of the close. */
  readonly closed: Promise<number>;
  close(): void;
  /** Resolves when the messages say something. */
  until(holds: (text: string) => boolean): Promise<void>;
}

/** Opens a WebSocket; the refusal when the server does not upgrade. */
export function openMessages(
  url: string,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<MessageClient | Refused> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { headers });
  const messages: string[] = [];
  const raw: Buffer[] = [];
  const kinds: boolean[] = [];
  socket.on('message', (data, isBinary) => {
    messages.push(isBinary ? `${data[0]}:${data.toString('utf8', 1)}` : data.toString('utf8'));
    raw.push(data);
    kinds.push(isBinary);
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (part: Buffer) => {
        body += part.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.rawHeaders.join(' '), body }));
    });
    socket.on('open', () =>
      resolve({
        protocol: socket.protocol,
        messages,
        raw,
        kinds,
        send: (channel, text) => socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(text)])),
        sendRaw: (data) => socket.send(data),
        closed,
        close: () => socket.close(),
        until: (holds) =>
          until(
            () => holds(messages.join('|')),
            () => messages.join('|'),
          ),
      }),
    );
  });
}

/** Waits, on the wall clock, until something holds. */
export async function until(holds: () => boolean, describe: () => string = () => ''): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`never: ${holds.toString()}; there is: ${describe()}`);
}

/** Bytes of a connection on which SPDY is spoken. */
interface Carrier {
  write(bytes: Uint8Array): void;
  onData(take: (bytes: Buffer) => void): void;
  end(): void;
}

/** Frames as text: `REPLY 1`, `DATA 3 hello`, `FIN 3`, `CREDIT 3 5`, `PING 7`. */
export class SpdyClient {
  readonly frames: string[] = [];
  isClosed = false;
  private readonly carrier: Carrier;
  private readonly deflate: Deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
  private readonly inflate: Inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  private unread: Buffer = Buffer.alloc(0);
  private inflated: Buffer = Buffer.alloc(0);

  constructor(carrier: Carrier) {
    this.carrier = carrier;
    this.inflate.on('data', (bytes: Buffer) => {
      this.inflated = Buffer.concat([this.inflated, bytes]);
    });
    carrier.onData((bytes) => this.take(bytes));
  }

  /** Opens a stream; `isLast` when nothing will be sent on it. */
  async open(id: number, headers: Readonly<Record<string, string>>, isLast = false): Promise<void> {
    const items = Object.entries(headers).flatMap(([name, value]) => [name, value]);
    const plain = Buffer.concat([uint32(items.length / 2), ...items.flatMap((item) => [uint32(item.length), Buffer.from(item)])]);
    const parts: Buffer[] = [];
    const gather = (part: Buffer) => void parts.push(part);
    this.deflate.on('data', gather);
    this.deflate.write(plain);
    await new Promise<void>((resolve) => this.deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    this.deflate.off('data', gather);
    this.control(1, Buffer.concat([uint32(id), uint32(0), Buffer.alloc(2), ...parts]), isLast ? 1 : 0);
  }

  data(id: number, text: string, isLast = false): void {
    this.raw(Buffer.concat([uint32(id), uint32((isLast ? 0x1000000 : 0) + Buffer.byteLength(text)), Buffer.from(text)]));
  }

  control(type: number, body: Buffer, flags = 0): void {
    this.raw(Buffer.concat([uint32((0x80030000 | type) >>> 0), uint32(flags * 0x1000000 + body.length), body]));
  }

  raw(bytes: Buffer): void {
    this.carrier.write(bytes);
  }

  close(): void {
    this.carrier.end();
  }

  /** What came on one stream. */
  text(id: number): string {
    return this.frames.flatMap((frame) => (frame.startsWith(`DATA ${id} `) ? [frame.slice(`DATA ${id} `.length)] : [])).join('');
  }

  /** Headers that the server has sent, in bytes: four for each block without any. */
  get headerBytes(): string {
    return this.inflated.toString('hex');
  }

  until(frame: string): Promise<void> {
    return until(
      () => this.frames.includes(frame),
      () => this.frames.join('|'),
    );
  }

  private take(bytes: Buffer): void {
    this.unread = Buffer.concat([this.unread, bytes]);
    for (;;) {
      if (this.unread.length < 8) return;
      const length = this.unread.readUIntBE(5, 3);
      if (this.unread.length < 8 + length) return;
      this.frames.push(...this.show(this.unread.subarray(0, 8 + length)));
      this.unread = this.unread.subarray(8 + length);
    }
  }

  private show(frame: Buffer): readonly string[] {
    const body = frame.subarray(8);
    if ((frame[0] ?? 0) < 0x80) {
      const id = frame.readUInt32BE(0);
      return [...(body.length > 0 ? [`DATA ${id} ${body.toString('utf8')}`] : []), ...(frame[4] === 1 ? [`FIN ${id}`] : [])];
    }
    const id = body.readUInt32BE(0);
    switch (frame.readUInt16BE(2)) {
      case 2:
        this.inflate.write(body.subarray(4));
        return [`REPLY ${id}`];
      case 6:
        return [`PING ${id}`];
      case 9:
        return [`CREDIT ${id} ${body.readUInt32BE(4)}`];
      default:
        return [`TYPE ${frame.readUInt16BE(2)}`];
    }
  }
}

/** Opens SPDY on a socket; `head` is what the server answered first. */
export async function openSpdy(
  url: string,
  protocols: string,
  headers: readonly string[] = [],
): Promise<{ readonly head: string; readonly client: SpdyClient; readonly socket: Socket }> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'Content-Length: 0', `X-Stream-Protocol-Version: ${protocols}`, ...headers];
  socket.write(`POST ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${lines.join('\r\n')}\r\n\r\n`);
  let read: Buffer = Buffer.alloc(0);
  let isOver = false;
  let take = (bytes: Buffer): void => {
    read = Buffer.concat([read, bytes]);
  };
  socket.on('data', (bytes: Buffer) => take(bytes));
  socket.on('error', () => {});
  socket.on('end', () => {
    isOver = true;
  });
  await until(() => isOver || read.includes('\r\n\r\n'));
  const isUpgraded = read.toString('latin1').startsWith('HTTP/1.1 101');
  if (!isUpgraded) await until(() => isOver);
  const at = isUpgraded ? read.indexOf('\r\n\r\n') + 4 : read.length;
  const client = new SpdyClient({
    write: (bytes) => void socket.write(bytes),
    onData(handle) {
      take = handle;
    },
    end: () => void socket.destroy(),
  });
  socket.on('close', () => {
    client.isClosed = true;
  });
  take(read.subarray(at));
  return { head: read.toString('utf8', 0, at), client, socket };
}

/**
 * Opens SPDY inside a WebSocket; messages are cut at will. The handshake and the frames are made here: the package refuses the name of the protocol,
 * which has a slash.
 */
export async function openTunnel(url: string): Promise<SpdyClient> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let read: Buffer = Buffer.alloc(0);
  const takers: ((bytes: Buffer) => void)[] = [];
  const unframe = (): void => {
    while (takers.length > 0 && read.length >= 4) {
      const isLong = read[1] === 126;
      const length = isLong ? read.readUInt16BE(2) : (read[1] ?? 0);
      const at = isLong ? 4 : 2;
      if (read.length < at + length) return;
      if (read[0] !== 0x82) throw new Error(`frame ${read[0]}`);
      const bytes = read.subarray(at, at + length);
      read = read.subarray(at + length);
      for (const take of takers) take(bytes);
    }
  };
  socket.on('data', (bytes: Buffer) => {
    read = Buffer.concat([read, bytes]);
    unframe();
  });
  await until(() => read.includes('\r\n\r\n'));
  const head = read.toString('latin1', 0, read.indexOf('\r\n\r\n'));
  if (!head.includes('\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io')) throw new Error(head);
  read = read.subarray(head.length + 4);
  const client = new SpdyClient({
    write(bytes) {
      // A binary message of at most 7 bytes, masked with zeros.
      for (let at = 0; at < bytes.length; at += 7) {
        const part = bytes.subarray(at, at + 7);
        socket.write(Buffer.concat([Uint8Array.of(0x82, 0x80 | part.length, 0, 0, 0, 0), part]));
      }
    },
    onData(handle) {
      takers.push(handle);
      unframe();
    },
    end: () => void socket.destroy(),
  });
  socket.on('close', () => {
    client.isClosed = true;
  });
  return client;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
