// A worker thread that does one piece of work after another, so that only the first waits for the thread to begin. While it has nothing to do, it keeps no
// process alive.

import { type MessagePort, Worker } from 'node:worker_threads';
import { type Entry, YOUNG_MEGABYTES } from './worker/entry.ts';

/** What a thread says: that it is there, something on the way, or that a piece of work is done. */
type Said<Part, Answer> = { readonly hasBegun: true } | { readonly part: Part } | { readonly answer: Answer };

interface Waiting<Part, Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly onPart: (part: Part) => void;
}

export class WarmThread<Work, Part, Answer> {
  private readonly worker: Worker;
  private waiting: Waiting<Part, Answer> | undefined;
  private hasEnded = false;
  /** Resolves when the thread can work. Fails: with what ended it. */
  readonly begun: Promise<void>;

  constructor({ url, options }: Entry, settings: { readonly name: string; readonly heapMegabytesMax?: number }) {
    const { name, heapMegabytesMax } = settings;
    const oldLimit = heapMegabytesMax === undefined ? {} : { maxOldGenerationSizeMb: heapMegabytesMax };
    this.worker = new Worker(url, { ...options, resourceLimits: { ...oldLimit, maxYoungGenerationSizeMb: YOUNG_MEGABYTES }, name });
    this.begun = new Promise((resolve, reject) => {
      this.worker.once('message', () => resolve());
      this.worker.once('error', reject);
      this.worker.once('exit', reject);
    });
    this.worker.on('message', (said: Said<Part, Answer>) => {
      if ('hasBegun' in said) return;
      if ('part' in said) this.waiting?.onPart(said.part);
      else this.settle(({ resolve }) => resolve(said.answer));
    });
    this.worker.once('error', (error) => this.leave(error));
    this.worker.once('exit', () => this.leave(new Error(`the thread ${name} ended without an answer`)));
    // Somebody may wait for it to begin.
    void this.begun.then(
      () => this.rest(),
      () => {},
    );
  }

  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Does a piece of work; the one before must be done. Fails: with what ended the thread. */
  do(work: Work, onPart: (part: Part) => void = () => {}): Promise<Answer> {
    if (this.waiting !== undefined || this.hasEnded) throw new Error('the thread is not free');
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject, onPart };
      this.worker.ref();
      this.worker.postMessage(work, []);
    });
  }

  /** Ends the thread; who waits for it learns why. */
  end(error: unknown = new Error('the thread was ended')): void {
    this.leave(error);
    void this.worker.terminate();
  }

  private leave(error: unknown): void {
    this.hasEnded = true;
    this.settle(({ reject }) => reject(error));
  }

  private settle(how: (waiting: Waiting<Part, Answer>) => void): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    this.rest();
    how(waiting);
  }

  /** With nothing to do it keeps no process alive. */
  private rest(): void {
    if (this.waiting === undefined) this.worker.unref();
  }
}

/** The other side: does what it is told, in a thread. An error ends the thread. */
export function serveThread<Work, Part, Answer>(
  port: MessagePort | null,
  work: (work: Work, tell: (part: Part) => void) => Promise<Answer> | Answer,
): void {
  const tell = (part: Part): void => port?.postMessage({ part }, []);
  port?.on('message', async (message: Work) => port.postMessage({ answer: await work(message, tell) }, []));
  port?.postMessage({ hasBegun: true }, []);
}
