// The event stream of long work, such as an advance: `progress` while it goes on, then `done`, or `error` with a problem. Only the latest progress is kept, so
// that a slow reader costs nothing; a reader who leaves stops the work.

import type { ByteSource } from '../../service/host.ts';
import { problemOfError } from '../errors.ts';
import { withAlarm } from '../watch/alarm.ts';
import { encodeFrame, KEEP_ALIVE_FRAME } from '../watch/frames.ts';

/** Wall time without progress after which a comment keeps the connection alive. */
const KEEP_ALIVE_MS = 15_000;

type Work<P, R> = (options: { signal: AbortSignal; onProgress: (progress: P) => void }) => Promise<R>;

interface Views<P, R> {
  /** Stops the work. */
  readonly signal: AbortSignal;
  describeProgress(progress: P): object;
  describeResult(result: R): object;
}

export class ProgressSource<P, R> implements ByteSource {
  private readonly work: Work<P, R>;
  private readonly views: Views<P, R>;
  private readonly abort = new AbortController();
  private running: Promise<void> | undefined;
  private progress: P | undefined;
  private last: Uint8Array | undefined;
  private hasEnded = false;
  private wake: () => void = () => {};

  constructor(work: Work<P, R>, views: Views<P, R>) {
    this.work = work;
    this.views = views;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.running ??= this.run();
    while (this.progress === undefined && this.last === undefined) {
      if (this.hasEnded) return undefined;
      const waiting = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      if ((await withAlarm(waiting, Date.now() + KEEP_ALIVE_MS)) === 'alarm') return KEEP_ALIVE_FRAME;
    }
    return this.takeFrame();
  }

  close(): void {
    this.abort.abort();
    this.hasEnded = true;
    this.wake();
  }

  private takeFrame(): Uint8Array | undefined {
    const { progress, last } = this;
    this.progress = undefined;
    if (progress !== undefined) return frame('progress', this.views.describeProgress(progress));
    this.last = undefined;
    return last;
  }

  private async run(): Promise<void> {
    const signal = AbortSignal.any([this.abort.signal, this.views.signal]);
    const onProgress = (progress: P) => {
      this.progress = progress;
      this.wake();
    };
    try {
      const result = await this.work({ signal, onProgress });
      this.last = frame('done', this.views.describeResult(result));
    } catch (error) {
      this.last = frame('error', problemOfError(error));
    }
    this.hasEnded = true;
    this.wake();
  }
}

function frame(event: string, data: object): Uint8Array {
  return encodeFrame({ event, data: JSON.stringify(data) });
}
