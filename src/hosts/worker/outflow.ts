// The streams of a host on their way to the front. Each is read only while the budget has room for it, so that a reader that does not read stops its
// cursor and holds no bytes. Pieces of one turn of the event loop cross in one message: what many streams share is copied once.

import type { ByteSource } from '../../service/host.ts';
import { ownBytes, packError } from './crossing.ts';
import type { FromHost } from './messages.ts';
import { type Flow, OutflowBudget } from './outflow-budget.ts';

/** Bytes that are gathered before a message is sent, whatever else may come in this turn. */
const GATHERED_BYTES_MAX = 4 * 1024 * 1024;

interface Stream extends Flow {
  readonly id: number;
  readonly source: ByteSource;
  /** What was read and did not fit. */
  rest: Uint8Array | undefined;
  isReading: boolean;
  /** Nothing more is read; what was sent may still be under way. */
  isClosed: boolean;
}

export class Outflow {
  private readonly post: (message: FromHost) => void;
  private readonly streams = new Map<number, Stream>();
  private gathered: (readonly [id: number, bytes: Uint8Array])[] = [];
  private gatheredBytes = 0;
  private readonly budget = new OutflowBudget<Stream>();

  constructor(post: (message: FromHost) => void) {
    this.post = post;
  }

  open(id: number, source: ByteSource): void {
    const stream: Stream = { id, source, inFlight: 0, rest: undefined, isReading: false, isClosed: false };
    this.streams.set(id, stream);
    void this.flow(stream);
  }

  /** The reader has read so many bytes. */
  read(id: number, bytes: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    this.budget.add(stream, -bytes);
    if (stream.isClosed) this.forgetRead(stream);
    else void this.flow(stream);
    this.flowOn();
  }

  /** The reader has gone. */
  close(id: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    this.end(stream);
    this.budget.drop(stream);
    this.streams.delete(id);
    this.flowOn();
  }

  closeAll(): void {
    for (const id of this.streams.keys()) this.close(id);
  }

  /** Goes on with those that waited for the budget. */
  private flowOn(): void {
    for (let next = this.budget.freed(); next !== undefined; next = this.budget.freed()) void this.flow(next);
  }

  private end(stream: Stream): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    stream.source.close();
  }

  /** Forgets a stream that has ended once all of it was read. */
  private forgetRead(stream: Stream): void {
    if (stream.inFlight > 0) return;
    this.budget.drop(stream);
    this.streams.delete(stream.id);
  }

  private async flow(stream: Stream): Promise<void> {
    if (stream.isReading) return;
    stream.isReading = true;
    try {
      while (!stream.isClosed && this.budget.room(stream) > 0) {
        stream.rest ??= await stream.source.next();
        if (stream.isClosed) return;
        if (stream.rest === undefined) return this.finish(stream);
        this.send(stream, stream.rest);
      }
    } catch (error) {
      this.finish(stream, error);
    } finally {
      stream.isReading = false;
    }
  }

  private send(stream: Stream, bytes: Uint8Array): void {
    // Others may have taken the room while this one waited for its source.
    const room = this.budget.room(stream);
    if (room === 0) return;
    const isCut = bytes.length > room;
    const piece = isCut ? bytes.slice(0, room) : ownBytes(bytes);
    stream.rest = isCut ? bytes.subarray(room) : undefined;
    this.budget.add(stream, piece.length);
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
    this.forgetRead(stream);
  }

  private flush(): void {
    const pieces = this.gathered;
    this.gathered = [];
    this.gatheredBytes = 0;
    if (pieces.length > 0) this.post({ type: 'pieces', pieces });
  }
}
