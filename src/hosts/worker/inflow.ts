// A stream of a host as the front reads it. The host is told what was read, and sends no more than its budget allows.

import type { ByteSource } from '../../service/host.ts';
import { LEAST_BYTES } from './outflow-budget.ts';

/** Bytes that are read before the host is told, so that a small piece costs no message. */
const READ_BYTES = LEAST_BYTES / 2;

interface InflowLink {
  /** Bytes were read. */
  read(bytes: number): void;
  /** Nothing more is read. */
  close(): void;
}

export class Inflow implements ByteSource {
  private readonly link: InflowLink;
  private readonly pieces: Uint8Array[] = [];
  private readBytes = 0;
  private error: Error | undefined;
  private hasEnded = false;
  private isClosed = false;
  private wake: () => void = () => {};

  constructor(link: InflowLink) {
    this.link = link;
  }

  push(bytes: Uint8Array): void {
    this.pieces.push(bytes);
    this.wake();
  }

  /** Nothing more comes; with an error the reader is told once it has read the rest. */
  end(error?: Error): void {
    this.hasEnded = true;
    this.error = error;
    if (this.pieces.length === 0) this.tell();
    this.wake();
  }

  async next(): Promise<Uint8Array | undefined> {
    while (!this.isClosed) {
      const piece = this.pieces.shift();
      if (piece !== undefined) return this.taken(piece);
      if (this.error !== undefined) throw this.error;
      if (this.hasEnded) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return undefined;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const hasRest = this.pieces.length > 0;
    this.pieces.length = 0;
    this.wake();
    if (!this.hasEnded || hasRest) this.link.close();
  }

  private taken(piece: Uint8Array): Uint8Array {
    this.readBytes += piece.length;
    if (this.readBytes >= READ_BYTES || (this.hasEnded && this.pieces.length === 0)) this.tell();
    return piece;
  }

  private tell(): void {
    if (this.readBytes > 0) this.link.read(this.readBytes);
    this.readBytes = 0;
  }
}
