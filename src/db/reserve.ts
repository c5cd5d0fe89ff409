// Room on the disk that is given up when there is no other, so that what makes room can always be written.

import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

/** Enough for a WAL of the directory that takes some rows away. */
const RESERVE_BYTES = 256 * 1_024;

export class Reserve {
  private readonly file: string;

  /** Takes the room, when there is some. */
  constructor(file: string) {
    this.file = file;
    this.take();
  }

  /** Runs what makes room; when it fails for want of room, once more with the reserve, and with what else can be given up. */
  spend(body: () => void, giveUp = (): void => {}): void {
    try {
      body();
    } catch (error) {
      if (!isFull(error)) throw error;
      giveUp();
      rmSync(this.file, { force: true });
      body();
    }
    this.take();
  }

  private take(): void {
    try {
      if (statSync(this.file, { throwIfNoEntry: false })?.size === RESERVE_BYTES) return;
      const handle = openSync(this.file, 'w');
      try {
        // Written, because a file system need not keep room for what is only long.
        writeSync(handle, Buffer.alloc(RESERVE_BYTES, 1));
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    } catch {
      // What there is will do: it is taken again after the next deletion, or at the next start.
    }
  }
}

function isFull(error: unknown): boolean {
  return /FULL|ENOSPC|EDQUOT|SHMSIZE/.test(String((error as { code?: unknown }).code));
}
