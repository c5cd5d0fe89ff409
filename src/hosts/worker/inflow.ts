// A stream of a host as the front reads it. What has come and was not read yet is at most the credit that was given.

import type { ByteSource } from '../../service/host.ts';

/** Bytes of all streams that may be on their way or wait in the front, as long as each has its least. */
const ALL_BYTES_MAX = 64 * 1024 * 1024;
const CREDIT_MAX = 256 * 1024;
const CREDIT_MIN = 16 * 1024;

/** The credit of one more stream beside `count` others. */
export function creditBeside(count: number): number {
  return Math.min(CREDIT_MAX, Math.max(CREDIT_MIN, Math.floor(ALL_BYTES_MAX / (count + 1))));
}

interface InflowLink {
  giveCredit(bytes: number): void;
  close(): void;
}

export class Inflow implements ByteSource {
  private readonly credit: number;
  private readonly link: InflowLink;
  private readonly pieces: Uint8Array[] = [];
  private readBytes = 0;
  private error: Error | undefined;
  private hasEnded = false;
  private isClosed = false;
  private wake: () => void = () => {};

  constructor(credit: number, link: InflowLink) {
    this.credit = credit;
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
    this.pieces.length = 0;
    this.wake();
    if (!this.hasEnded) this.link.close();
  }

  /** Credit goes back in large parts, so that a small piece costs no message. */
  private taken(piece: Uint8Array): Uint8Array {
    this.readBytes += piece.length;
    if (this.readBytes * 2 >= this.credit && !this.hasEnded) {
      this.link.giveCredit(this.readBytes);
      this.readBytes = 0;
    }
    return piece;
  }
}
