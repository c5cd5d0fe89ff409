// One watcher: what it has to see first, then a cursor over the change log, read at the reader's own pace. Nothing is queued for a watcher:
// it holds its position, and bytes are made, or taken from the change's memo, when the reader asks for them.

import type { ByteSource } from '../../service/host.ts';
import { type ClusterService, type LoggedChange, ServiceError, type WatchCursor } from '../../service/ports.ts';
import { withAlarm } from './alarm.ts';
import { joinFrames } from './frames.ts';

/** Bytes of first frames put together in one piece before the reader gets them. */
const PIECE_BYTES_MAX = 256 * 1024;

/** What makes one watch different from another. */
export interface WatchView {
  /** Frames of what is there when the watch begins. */
  readonly first: Iterator<Uint8Array>;
  /** Changes after this revision follow. */
  readonly after: number;
  /** Makes changes ready that come next, before any of them is encoded; false ends the stream. */
  prepare?(changes: readonly LoggedChange[]): Promise<boolean>;
  /** The bytes of a change; undefined when the watcher does not see it. */
  encode(change: LoggedChange): Uint8Array | undefined;
  /** The last bytes of a watcher whose position is no longer retained. */
  encodeGone(detail: string): Uint8Array;
  /** Something to say from time to time: the wall instant of the next time, and the bytes. */
  readonly reminder: { nextMs(nowMs: number, deadlineMs: number): number; encode(): Uint8Array };
  readonly timeoutSeconds: number | undefined;
}

/** Begins a watch; `client` is who watches, as he names himself. Fails: cluster-not-found, limit-exceeded; a position that is no longer retained is told in the stream. */
export function openWatch(service: ClusterService, cluster: string, view: WatchView, client?: string): ByteSource {
  try {
    return new WatchSource(service.watch(cluster, view.after, client), view);
  } catch (error) {
    if (!isGone(error)) throw error;
    return endingSource(view.encodeGone(error.detail));
  }
}

/** A stream of one piece. */
export function endingSource(bytes: Uint8Array): ByteSource {
  const pieces = [bytes];
  return { next: async () => pieces.shift(), close: () => {} };
}

class WatchSource implements ByteSource {
  private readonly cursor: WatchCursor;
  private readonly view: WatchView;
  private readonly deadlineMs: number;
  private reminderMs: number;
  private pending: Promise<Uint8Array | undefined> | undefined;
  private hasEnded = false;

  constructor(cursor: WatchCursor, view: WatchView) {
    const nowMs = Date.now();
    this.cursor = cursor;
    this.view = view;
    this.deadlineMs = view.timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : nowMs + view.timeoutSeconds * 1000;
    this.reminderMs = view.reminder.nextMs(nowMs, this.deadlineMs);
  }

  async next(): Promise<Uint8Array | undefined> {
    try {
      return await this.read();
    } catch (error) {
      if (!isGone(error) || this.hasEnded) throw error;
      this.hasEnded = true;
      return this.view.encodeGone(error.detail);
    }
  }

  close(): void {
    this.hasEnded = true;
    this.cursor.close();
  }

  private async read(): Promise<Uint8Array | undefined> {
    const first = this.takeFirst();
    if (first !== undefined) return first;
    while (!this.hasEnded) {
      this.pending ??= this.readChanges();
      const bytes = await withAlarm(this.pending, Math.min(this.deadlineMs, this.reminderMs));
      if (bytes === 'alarm') {
        if (Date.now() >= this.deadlineMs) return undefined;
        if (Date.now() >= this.reminderMs) return this.remind();
        continue;
      }
      this.pending = undefined;
      return bytes;
    }
    return undefined;
  }

  /** The bytes of the next changes that the watcher sees; for those that it does not see no alarm is set anew. */
  private async readChanges(): Promise<Uint8Array | undefined> {
    for (;;) {
      const changes = await this.cursor.next();
      if (changes === undefined || (await this.view.prepare?.(changes)) === false) return undefined;
      const bytes = this.encodeAll(changes);
      if (bytes === undefined) continue;
      this.cursor.served();
      return bytes;
    }
  }

  private takeFirst(): Uint8Array | undefined {
    const frames: Uint8Array[] = [];
    for (let length = 0; length < PIECE_BYTES_MAX && !this.hasEnded; ) {
      const frame = this.view.first.next();
      if (frame.done === true) break;
      frames.push(frame.value);
      length += frame.value.length;
    }
    return frames.length === 0 ? undefined : joinFrames(frames);
  }

  private encodeAll(changes: readonly LoggedChange[]): Uint8Array | undefined {
    const frames: Uint8Array[] = [];
    for (const change of changes) {
      const frame = this.view.encode(change);
      if (frame !== undefined) frames.push(frame);
    }
    return frames.length === 0 ? undefined : joinFrames(frames);
  }

  private remind(): Uint8Array {
    this.reminderMs = this.view.reminder.nextMs(Date.now(), this.deadlineMs);
    return this.view.reminder.encode();
  }
}

function isGone(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'gone';
}

/** Bytes made once per change and name, whoever asks for them. */
export function sharedBytes(change: LoggedChange, name: string, encode: () => Uint8Array): Uint8Array {
  let bytes = change.memo.get(name);
  if (bytes === undefined) {
    bytes = encode();
    change.memo.set(name, bytes);
  }
  return bytes;
}
