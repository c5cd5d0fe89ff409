// The host of all clusters that are objects, as their front uses it: a call for a cluster is a call of its object, which the runtime finds, wherever
// it is, and makes when it is nowhere.

import type { Namespace, Stub } from 'cloudflare:workers';
import { HostDirectory } from '../../db/host-directory.ts';
import { StoredElsewhere } from '../../db/stored-elsewhere.ts';
import { assertPresent } from '../../engine/kernel/assert.ts';
import { createClusterService } from '../../service/cluster-service.ts';
import {
  type DirectoryEvents,
  type Host,
  type HostAnswer,
  HostLostError,
  type HostRequest,
  type HostStats,
  SAFE_METHODS,
} from '../../service/host.ts';
import type { ClusterInfo, ForkMade, ForkRequest, Replay, Replayed, RewindRequest, Rewound } from '../../service/ports.ts';
import type { DirectoryRow } from '../../service/storage.ts';
import { LocalHost } from '../local-host.ts';
import { unpackError } from '../worker/crossing.ts';
import type { ClusterCalls, News, ObjectAnswer, ObjectQuestion, Told } from './calls.ts';
import { remotePlan } from './plan-target.ts';
import { sourceOf } from './streams.ts';
import { sumOf } from './figures.ts';

type Calls = Stub<ClusterCalls>;

export class ObjectHost implements Host {
  private readonly objects: Namespace<ClusterCalls>;
  private readonly events: DirectoryEvents;
  private readonly rows: Map<string, DirectoryRow>;
  /** What objects said of themselves the last time. */
  private readonly figures = new Map<string, HostStats>();
  /** Streams and plans that are open, by cluster. */
  private readonly opened = new Map<string, number>();
  /** Clusters that are being taken back. */
  private readonly rewinding = new Map<string, Promise<unknown>>();
  /** Answers for clusters that nobody was told of. */
  private readonly nobody: Host;

  constructor(objects: Namespace<ClusterCalls>, running: readonly DirectoryRow[], events: DirectoryEvents) {
    this.objects = objects;
    this.events = events;
    this.rows = new Map(running.map((row) => [row.name, row]));
    const directory = new HostDirectory(new StoredElsewhere(), [], events);
    this.nobody = new LocalHost(directory, { service: createClusterService(directory) });
  }

  know(row: DirectoryRow): void {
    this.rows.set(row.name, row);
  }

  create(row: DirectoryRow): Promise<ClusterInfo> {
    this.know(row);
    return this.ask(row.name, { verb: 'create', row });
  }

  replay(row: DirectoryRow, replay: Replay): Promise<Replayed> {
    this.know(row);
    return this.ask(row.name, { verb: 'replay', row, replay });
  }

  async fork(name: string, request: ForkRequest): Promise<ForkMade> {
    if (!this.rows.has(name)) return this.nobody.fork(name, request);
    const made = await this.making([request.row], () => this.ask<ForkMade>(name, { verb: 'fork', name, request }));
    this.know(made.row);
    return made;
  }

  /** Whoever asks for the cluster meanwhile is answered by what it is then. */
  async rewind(name: string, request: RewindRequest): Promise<Rewound> {
    if (!this.rows.has(name)) return this.nobody.rewind(name, request);
    const rewinding = this.making([request.rewound, request.kept], async () => {
      const made = await this.ask<Rewound>(name, { verb: 'rewind', name, request });
      for (const row of [made.rewound, made.kept]) this.know(row);
      return made;
    });
    const over = rewinding.catch(() => {});
    this.rewinding.set(name, over);
    void over.then(() => this.rewinding.get(name) === over && this.rewinding.delete(name));
    return rewinding;
  }

  /** When the object of the parent ends meanwhile, nobody else takes back what it made. */
  private async making<T>(rows: readonly DirectoryRow[], body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      if (error instanceof HostLostError) for (const { uid } of rows) void this.discard(uid).catch(() => {});
      throw error;
    }
  }

  /** Deletes an incarnation that no cluster is any more. */
  discard(uid: string): Promise<void> {
    return this.objects.getByName(uid).discard();
  }

  async remove(name: string): Promise<void> {
    if (!this.rows.has(name)) return this.nobody.remove(name);
    await this.ask(name, { verb: 'remove', name });
    this.rows.delete(name);
    this.figures.delete(name);
  }

  info(name: string): Promise<ClusterInfo> {
    return this.rows.has(name) ? this.ask(name, { verb: 'info', name }) : this.nobody.info(name);
  }

  async fetch(request: HostRequest, signal: AbortSignal): Promise<HostAnswer> {
    const { cluster } = request;
    if (!this.rows.has(cluster)) return this.nobody.fetch(request, signal);
    const id = crypto.randomUUID();
    const abort = () =>
      void this.objectOf(cluster)
        .abort(id)
        .catch(() => {});
    const release = () => signal.removeEventListener('abort', abort);
    const close = this.opening(cluster, release);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const answered = this.call(cluster, (object) => object.serve(id, request), SAFE_METHODS.includes(request.method));
      if (signal.aborted) abort();
      return openedAnswer(await answered, close);
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Objects that do something are asked; of the others it is known. */
  async stats(): Promise<HostStats> {
    const busy = [...this.figures].flatMap(([name, { openWatches, advances }]) => (openWatches + advances > 0 ? [name] : []));
    const asked = [...new Set([...busy, ...this.opened.keys()])];
    await Promise.all(asked.map((name) => this.ask(name, { verb: 'stats' }).catch(() => this.figures.delete(name))));
    return sumOf([await this.nobody.stats(), ...this.figures.values()]);
  }

  /** Puts the clusters to sleep that this host knows. */
  async close(): Promise<void> {
    await Promise.all([...this.rows.keys()].map((name) => this.ask(name, { verb: 'close' })));
    await this.nobody.close();
  }

  /** Takes what an object tells by itself. */
  note(name: string, news: News): void {
    switch (news.kind) {
      case 'info':
        return this.events.onInfo(name, news.info);
      case 'running':
        return this.events.onRunning(name, news.isRunning);
      case 'broken':
        return this.events.onBroken(name, news.problem);
    }
  }

  /** Something begins for a cluster; to be called with its end. */
  private opening(name: string, release: () => void): () => void {
    const change = (by: 1 | -1): void => {
      const count = (this.opened.get(name) ?? 0) + by;
      if (count > 0) this.opened.set(name, count);
      else this.opened.delete(name);
    };
    change(1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      change(-1);
      release();
    };
  }

  private async ask<T>(name: string, question: ObjectQuestion): Promise<T> {
    return (await this.call(name, (object) => object.ask(question), REPEATABLE.includes(question.verb))) as T;
  }

  /** Fails: HostLostError when the object ended before it answered, and as it says. */
  private async call<T>(name: string, call: (object: Calls) => Promise<Told<T>>, isRepeatable: boolean): Promise<T> {
    if (this.rewinding.has(name)) await this.rewinding.get(name);
    const first = this.objectOf(name);
    let told = await reached(() => call(first), isRepeatable);
    if (told.kind === 'unknown') {
      await this.rewinding.get(name);
      const object = this.objectOf(name);
      await reached(() => object.know(assertPresent(this.rows.get(name), 'the row of a cluster that is asked for')), true);
      told = await reached(() => call(object), isRepeatable);
    }
    this.figures.set(name, told.figures);
    if (told.kind === 'answer') return told.value;
    throw told.kind === 'failure' ? unpackError(told.error) : new HostLostError(undefined);
  }

  /** Every incarnation of a cluster is an object of its own. */
  private objectOf(name: string): Calls {
    return this.objects.getByName(assertPresent(this.rows.get(name), 'the row of a cluster that is asked for').uid);
  }
}

/** The answer as the front reads it; `close` is called with its end. */
function openedAnswer({ status, headers, body, plan }: ObjectAnswer, close: () => void): HostAnswer {
  if (plan !== undefined) return { status, headers, body: wholeOf(body), plan: remotePlan(plan.head, plan.calls, close) };
  if (body !== undefined && !(body instanceof Uint8Array)) return { status, headers, body: sourceOf(body, close) };
  close();
  return { status, headers, body };
}

/** What is said with a plan is short. */
function wholeOf(body: ObjectAnswer['body']): Uint8Array | undefined {
  return body instanceof Uint8Array ? body : undefined;
}

/** The runtime's own failures: the object ended, or cannot be reached. Whether something was done is not known then, so that only what may be done twice is. */
async function reached<T>(call: () => Promise<T>, isRepeatable: boolean): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isRepeatable || (error as { retryable?: unknown }).retryable !== true) throw new HostLostError(error);
    return call().catch((again: unknown) => Promise.reject(new HostLostError(again)));
  }
}

/** Questions that change nothing, or nothing more when they are asked again. */
const REPEATABLE: readonly ObjectQuestion['verb'][] = ['info', 'stats', 'close', 'remove'];
