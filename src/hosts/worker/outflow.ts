// The streams of a host on their way to the front. Each is read only while there is credit for it, so that a reader that does not read stops its
// cursor and holds no bytes. Pieces of one turn of the event loop cross in one message: what many streams share is copied once.

import type { ByteSource } from '../../service/host.ts';
import { ownBytes, packError } from './crossing.ts';
import type { FromHost } from './messages.ts';

/** Bytes that are gathered before a message is sent, whatever else may come in this turn. */
const GATHERED_BYTES_MAX = 4 * 1024 * 1024;

interface Stream {
  readonly id: number;
  readonly source: ByteSource;
  credit: number;
  /** What was read and did not fit. */
  rest: Uint8Array | undefined;
  isReading: boolean;
  isClosed: boolean;
}

export class Outflow {
  private readonly post: (message: FromHost) => void;
  private readonly streams = new Map<number, Stream>();
  private gathered: (readonly [id: number, bytes: Uint8Array])[] = [];
  private gatheredBytes = 0;

  constructor(post: (message: FromHost) => void) {
    this.post = post;
  }

  open(id: number, source: ByteSource, credit: number): void {
    const stream: Stream = { id, source, credit, rest: undefined, isReading: false, isClosed: false };
    this.streams.set(id, stream);
    void this.flow(stream);
  }

  addCredit(id: number, bytes: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    stream.credit += bytes;
    void this.flow(stream);
  }

  close(id: number): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.end(stream);
  }

  closeAll(): void {
    for (const stream of this.streams.values()) this.end(stream);
  }

  private end(stream: Stream): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.streams.delete(stream.id);
    stream.source.close();
  }

  private async flow(stream: Stream): Promise<void> {
    if (stream.isReading) return;
    stream.isReading = true;
    try {
      while (stream.credit > 0 && !stream.isClosed) {
        const bytes = stream.rest ?? (await stream.source.next());
        if (stream.isClosed) return;
        if (bytes === undefined) return this.finish(stream);
        this.send(stream, bytes);
      }
    } catch (error) {
      this.finish(stream, error);
    } finally {
      stream.isReading = false;
    }
  }

  private send(stream: Stream, bytes: Uint8Array): void {
    const isCut = bytes.length > stream.credit;
    const piece = isCut ? bytes.slice(0, stream.credit) : ownBytes(bytes);
    stream.rest = isCut ? bytes.subarray(stream.credit) : undefined;
    stream.credit -= piece.length;
    if (this.gathered.length === 0) setImmediate(() => this.flush());
    this.gathered.push([stream.id, piece]);
    this.gatheredBytes += piece.length;
    if (this.gatheredBytes >= GATHERED_BYTES_MAX) this.flush();
  }

  private finish(stream: Stream, error?: unknown): void {
    if (stream.isClosed) return;
    this.flush();
    this.post({ type: 'stream-end', id: stream.id, ...(error === undefined ? {} : { error: packError(error) }) });
    this.end(stream);
  }

  private flush(): void {
    const pieces = this.gathered;
    this.gathered = [];
    this.gatheredBytes = 0;
    if (pieces.length > 0) this.post({ type: 'pieces', pieces });
  }
}
