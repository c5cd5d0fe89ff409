// A host in a worker thread, as the front uses it: calls become messages, numbered where an answer is awaited.

import { Worker } from 'node:worker_threads';
import { type Host, type HostAnswer, type HostEvents, HostLostError, type HostRequest, type HostStats } from '../../service/host.ts';
import type { ClusterInfo, ForkMade, ForkRequest, Replay, Replayed, RewindRequest, Rewound } from '../../service/ports.ts';
import type { DirectoryRow } from '../../service/storage.ts';
import { unpackError } from './crossing.ts';
import { workerEntry, YOUNG_MEGABYTES } from './entry.ts';
import { Inflow } from './inflow.ts';
import type { AnswerHead, FromHost, Question, ToHost, WorkerStart } from './messages.ts';
import { Pulse } from './pulse.ts';
import { RemotePlan } from './remote-plan.ts';
import { Watchdog } from './watchdog.ts';

export interface WorkerHostOptions extends Omit<WorkerStart, 'running' | 'pulse'> {
  /** Megabytes that the thread's heap may have. */
  readonly heapMegabytesMax: number;
  /** Wall time without a turn of the thread's event loop after which the thread is ended. */
  readonly silenceMsMax: number;
  /** Whether the thread begins some time after the start also when nobody has asked for it; others stay away, with the memory that they would take. */
  readonly beginsUnasked: boolean;
  /** The module that the thread runs instead of its own. */
  readonly sources?: URL;
  /** Called with what an operator should know. */
  readonly onError: (message: string, error: unknown) => void;
  /** Learns of failures that are the service's own. */
  readonly onFailure: (error: unknown, requestId?: string) => void;
}

/** Wall time after which a thread begins that nobody has asked yet: the service is ready before it, and whoever comes then finds the thread there. */
const UNASKED_MS = 1_000;
/** Wall time that a host gets to store what is left. */
const CLOSE_WITHIN_MS = 10_000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class WorkerHost implements Host {
  /** Undefined until it begins, and what waits for it. */
  private worker: Worker | undefined;
  private readonly outbox: ToHost[] = [];
  private readonly beginning: NodeJS.Timeout | undefined;
  private readonly pulse = new Pulse();
  private readonly options: WorkerHostOptions;
  private readonly running: readonly DirectoryRow[];
  /** A thread that replaces one that ended again and again waits, whoever asks. */
  private readonly isPaused: boolean;
  private readonly events: HostEvents;
  private readonly pending = new Map<number, Pending>();
  private readonly streams = new Map<number, Inflow>();
  private readonly plans = new Map<number, RemotePlan>();
  private watchdog: Watchdog | undefined;
  private lastId = 0;
  private isOver = false;
  /** Why the thread ends, as far as it said so. */
  private cause: unknown;

  constructor(options: WorkerHostOptions, running: readonly DirectoryRow[], events: HostEvents, afterMs = 0) {
    this.options = options;
    this.events = events;
    this.running = running;
    this.isPaused = afterMs > 0;
    if (!this.isPaused && running.length > 0) this.begin();
    else if (this.isPaused || options.beginsUnasked) this.beginning = setTimeout(() => this.begin(), this.isPaused ? afterMs : UNASKED_MS);
  }

  private begin(): void {
    const { options, running } = this;
    clearTimeout(this.beginning);
    const { folder, limits, bodyBytesMax, clusterBytesMax, durability, checksAnswers, webhookHosts } = options;
    const { buffer: pulse } = this.pulse;
    const workerData: WorkerStart = {
      folder,
      limits,
      bodyBytesMax,
      clusterBytesMax,
      durability,
      checksAnswers,
      webhookHosts,
      running,
      pulse,
    };
    const entry = workerEntry(options.sources);
    const worker = new Worker(entry.url, {
      ...entry.options,
      workerData,
      name: 'orrery-host',
      resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytesMax, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    worker.on('message', (message: FromHost) => this.receive(message));
    worker.on('error', (error) => {
      this.cause = error;
    });
    worker.on('exit', (code) => {
      this.cause ??= new Error(`the thread of the host ended with code ${code}`);
      this.lose();
    });
    this.watchdog = new Watchdog(this.pulse, options.silenceMsMax, () =>
      this.end(new Error(`the host was ended, because its event loop did not turn for ${options.silenceMsMax} ms`)),
    );
    this.worker = worker;
    for (const message of this.outbox.splice(0)) worker.postMessage(message, []);
  }

  know(row: DirectoryRow): void {
    this.post({ type: 'know', row });
  }

  create(row: DirectoryRow): Promise<ClusterInfo> {
    return this.ask({ verb: 'create', row }) as Promise<ClusterInfo>;
  }

  fork(name: string, request: ForkRequest): Promise<ForkMade> {
    return this.ask({ verb: 'fork', name, request }) as Promise<ForkMade>;
  }

  replay(row: DirectoryRow, replay: Replay): Promise<Replayed> {
    return this.ask({ verb: 'replay', row, replay }) as Promise<Replayed>;
  }

  rewind(name: string, request: RewindRequest): Promise<Rewound> {
    return this.ask({ verb: 'rewind', name, request }) as Promise<Rewound>;
  }

  async remove(name: string): Promise<void> {
    await this.ask({ verb: 'remove', name });
  }

  info(name: string): Promise<ClusterInfo> {
    return this.ask({ verb: 'info', name }) as Promise<ClusterInfo>;
  }

  async fetch(request: HostRequest, signal: AbortSignal): Promise<HostAnswer> {
    const id = this.lastId + 1;
    const abort = () => this.post({ type: 'abort', id });
    signal.addEventListener('abort', abort, { once: true });
    const release = () => signal.removeEventListener('abort', abort);
    const answered = this.ask({ verb: 'fetch', request }, (value) => this.open(id, value as AnswerHead, release));
    if (signal.aborted) abort();
    try {
      const answer = (await answered) as HostAnswer;
      if (!this.streams.has(id)) release();
      return answer;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Fails for a thread that has not begun, which this does not make it do. */
  stats(): Promise<HostStats> {
    if (this.worker === undefined) return Promise.reject(new HostLostError(new Error('the host has not begun')));
    return this.ask({ verb: 'stats' }) as Promise<HostStats>;
  }

  async close(): Promise<void> {
    clearTimeout(this.beginning);
    if (this.worker === undefined) return this.lose();
    const { worker } = this;
    const late = setTimeout(() => void worker.terminate(), CLOSE_WITHIN_MS);
    try {
      await this.ask({ verb: 'close' });
    } catch (error) {
      this.options.onError('a host did not close in an orderly way', error);
    }
    clearTimeout(late);
    this.isOver = true;
    this.watchdog?.stop();
    await worker.terminate();
  }

  /** Ends the thread at once, whatever it does. */
  end(cause: Error): void {
    this.cause = cause;
    void this.worker?.terminate();
  }

  /** The answer as the front reads it; its stream takes pieces from now on. */
  private open(id: number, head: AnswerHead, release: () => void): HostAnswer {
    const { status, headers, body, plan } = head;
    const rest = plan === undefined ? {} : { plan: this.openPlan(id, plan) };
    if (body !== 'stream') return { status, headers, body, ...rest };
    const stream = new Inflow({
      read: (bytes) => this.post({ type: 'read', id, bytes }),
      close: () => {
        this.streams.delete(id);
        release();
        this.post({ type: 'close-stream', id });
      },
    });
    this.streams.set(id, stream);
    return { status, headers, body: stream, ...rest };
  }

  private openPlan(id: number, head: NonNullable<AnswerHead['plan']>): NonNullable<HostAnswer['plan']> {
    const remote = new RemotePlan(id, head, {
      post: (message) => this.post(message),
      ask: (question) => this.ask(question),
      released: () => this.plans.delete(id),
    });
    this.plans.set(id, remote);
    return remote.plan;
  }

  private receive(message: FromHost): void {
    switch (message.type) {
      case 'answer':
        return this.settle(message.id)?.resolve(message.value);
      case 'failure':
        return this.settle(message.id)?.reject(unpackError(message.error));
      case 'pieces':
        for (const [id, bytes] of message.pieces) this.streams.get(id)?.push(bytes);
        return;
      case 'stream-end':
        this.streams.get(message.id)?.end(message.error === undefined ? undefined : unpackError(message.error));
        return void this.streams.delete(message.id);
      case 'output':
      case 'finish':
        return this.plans.get(message.plan)?.receive(message);
      case 'info':
        return this.events.onInfo(message.name, message.info);
      case 'running':
        return this.events.onRunning(message.name, message.isRunning);
      case 'broken':
        return this.events.onBroken(message.name, message.problem);
      case 'error':
        return this.options.onError(message.message, unpackError(message.error));
      case 'request-failure':
        return this.options.onFailure(unpackError(message.error), message.requestId);
    }
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }

  /** `arrive` makes the value of the answer as soon as it comes, before any message behind it is looked at. */
  private ask(question: Question, arrive: (value: unknown) => unknown = (value) => value): Promise<unknown> {
    if (this.isOver) return Promise.reject(new HostLostError(this.cause));
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: (value) => resolve(arrive(value)), reject });
      this.post({ type: 'ask', id, question });
    });
  }

  private post(message: ToHost): void {
    if (this.isOver) return;
    if (this.worker !== undefined) return this.worker.postMessage(message, []);
    this.outbox.push(message);
    if (!this.isPaused) this.begin();
  }

  /** The thread has ended: whoever waits for it learns so. */
  private lose(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.watchdog?.stop();
    this.events.onLost(this.cause, this.pulse.work);
    const error = new HostLostError(this.cause);
    for (const { reject } of this.pending.values()) reject(error);
    for (const stream of this.streams.values()) stream.end(error);
    for (const plan of this.plans.values()) plan.lose();
    this.pending.clear();
    this.streams.clear();
    this.plans.clear();
  }
}
