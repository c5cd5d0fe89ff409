// The single writer of all clusters: opens them when they are asked for, runs their commands one at a time, stores before it answers, and lets
// those that nobody uses sleep.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ClockSpec, clockOf, type ClusterConfig, type Command, type Commit } from '../engine/cluster/index.ts';
import { hashToHex } from '../engine/kernel/hash.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { BrokenClusters } from './broken-clusters.ts';
import { engineGoal, grows } from './commands.ts';
import { Counts, openWatchesOf } from './counts.ts';
import { LIMITS_DEFAULT, type ServiceLimits } from './limits.ts';
import { EngineFailure, FAILED_BESIDE, FailureCounts } from './engine-failures.ts';
import { Eviction } from './eviction.ts';
import { Forking, type Forks } from './forking.ts';
import { ForkingElsewhere, foundFork } from './forking-elsewhere.ts';
import { History } from './history.ts';
import type { Job } from './job.ts';
import { listClusters, type ListOwner } from './list-clusters.ts';
import { LiveCluster } from './live-cluster.ts';
import { Openings } from './openings.ts';
import type { ServiceOptions } from './options.ts';
import { pacedCluster } from './paced-cluster.ts';
import { Pacer } from './pacer.ts';
import {
  type AdvanceGoal,
  type AdvanceOptions,
  type AdvanceResult,
  type ClusterInfo,
  type ClusterPage,
  type ClusterService,
  type ForkMade,
  type ForkRequest,
  type Replay,
  type Replayed,
  type RewindRequest,
  type Rewound,
  ServiceError,
  type ServiceStats,
  type WatchCursor,
} from './ports.ts';
import { Replays } from './replaying.ts';
import { newRow, streamIdOf } from './new-row.ts';
import { storageErrorOf } from './storage-errors.ts';
import { type Directory, type DirectoryRow, StorageDamage } from './storage.ts';
import { askingOf, CALLS_NOBODY, withWebhooks } from './webhooks.ts';
import { type QuietOwner, untilQuiet } from './until-quiet.ts';
import { awaitClients } from './waiting/barrier.ts';
import type { Waiters } from './waiting/waiters.ts';

/** The service over a directory. Clusters whose clock runs go on at once. */
export function createClusterService(directory: Directory, options: ServiceOptions = {}): ClusterService {
  const service = new Service(directory, options);
  void service.resumeClocks(directory.running());
  return service;
}

class Service implements ClusterService {
  private readonly directory: Directory;
  private readonly limits: ServiceLimits;
  private readonly onError: (message: string, error: unknown) => void;
  private readonly onWork: (cluster: string) => void;
  readonly ask: ClusterService['ask'];
  readonly perform: ClusterService['perform'];
  /** Open clusters, the one used longest ago first. */
  private readonly live = new Map<string, LiveCluster>();
  private readonly broken: BrokenClusters;
  readonly history: History;
  private readonly openings: Openings;
  private readonly forking: Forks;
  readonly found: ClusterService['found'];
  private readonly replays: Replays;
  private readonly owner: ListOwner & QuietOwner;
  private readonly eviction: Eviction;
  private readonly failures = new FailureCounts();
  private readonly pacer: Pacer;
  /** While something is in memory that may leave it: where nothing is, nothing keeps the process, or the object, from resting. */
  private idleSweep: NodeJS.Timeout | undefined;
  private isClosing = false;
  private readonly counts = new Counts();

  constructor(directory: Directory, options: ServiceOptions) {
    const { limits, onError = () => {}, onWork = () => {}, callWebhook = CALLS_NOBODY, elsewhere } = options;
    this.directory = directory;
    this.broken = new BrokenClusters(directory);
    this.limits = { ...LIMITS_DEFAULT, ...limits };
    this.onError = onError;
    this.onWork = onWork;
    this.ask = askingOf(this, callWebhook);
    this.perform = (name, command, client) => withWebhooks(command, callWebhook, (given) => this.performOnce(name, given, client));
    this.pacer = new Pacer((name, error) => onError(`the clock of cluster ${name} stands`, error));
    const onOpen = (live: LiveCluster): ClusterInfo => this.adopt(live);
    this.openings = new Openings({ directory, limits: this.limits, onError, onOpen });
    const owner = {
      directory,
      broken: this.broken,
      get: (name: string) => this.get(name),
      settled: async (name: string) => {
        this.checkOpen();
        await this.settled(name);
        return this.open(name);
      },
      present: (name: string) => this.live.get(name),
      failed: (name: string, error: unknown) => this.failed(name, error),
      turnEnd: this.turnEnd,
      onWork,
    };
    const { live, turnEnd } = this;
    this.eviction = new Eviction({ directory, live, isPaced: (name) => this.pacer.has(name), turnEnd, onError });
    this.owner = owner;
    this.history = new History(owner);
    this.replays = new Replays(this, directory, (name) => this.pace(this.open(name)));
    const leave = ({ name }: LiveCluster) => this.live.delete(name);
    const forkingOwner = { ...owner, onOpen, leave, limits: this.limits, onError, remove: (name: string) => this.remove(name) };
    this.forking = elsewhere === undefined ? new Forking(forkingOwner) : new ForkingElsewhere(forkingOwner, elsewhere);
    this.found = (row, beginning) => foundFork(forkingOwner, row, beginning);
  }

  async resumeClocks(running: readonly string[]): Promise<void> {
    for (const name of running)
      if (!this.isClosing) await this.wake(name).catch((error: unknown) => this.onError(`cluster ${name} cannot be opened`, error));
  }

  create(config: ClusterConfig, tokenDigest?: string): ClusterInfo {
    this.checkOpen();
    this.guard(undefined, () => {
      if (this.directory.has(config.name)) throw new ServiceError('cluster-exists', `there is a cluster ${config.name} already`);
      if (this.directory.count() >= this.limits.clustersMax)
        throw new ServiceError('limit-exceeded', `there are ${this.limits.clustersMax} clusters, which is the limit`);
    });
    return this.createRow(newRow(config, { tokenDigest }, this.directory.wasUsed(config.name)));
  }

  createRow(row: DirectoryRow): ClusterInfo {
    this.checkOpen();
    const create = () => LiveCluster.create(row, (fill) => this.directory.create(row, fill), this.limits, this.onError);
    return this.adopt(this.guard(undefined, create));
  }

  /** Takes a cluster that is open. */
  private adopt(live: LiveCluster): ClusterInfo {
    this.keep(live);
    this.pace(live);
    return live.info;
  }

  fork(name: string, request: ForkRequest): Promise<ForkMade> {
    return this.forking.fork(name, request);
  }

  replay(row: DirectoryRow, replay: Replay): Promise<Replayed> {
    return this.replays.run(row, replay);
  }

  rewind(name: string, request: RewindRequest): Promise<Rewound> {
    return this.forking.rewind(name, request);
  }

  get(name: string): ClusterInfo {
    return this.open(name).info;
  }

  list(page: { readonly limit: number; readonly after?: string }): ClusterPage {
    return this.guard(undefined, () => listClusters(this.owner, page));
  }

  remove(name: string): void {
    this.checkOpen();
    this.guard(name, () => {
      if (!this.directory.has(name)) throw notFound(name);
      this.pacer.stop(name);
      this.openings.cancel(name, notFound(name));
      const live = this.live.get(name);
      this.live.delete(name);
      live?.cancelJob(notFound(name));
      live?.hub.close();
      live?.abandon();
      this.directory.remove(name);
      this.broken.delete(name);
      this.failures.forget(name);
    });
  }

  execute(name: string, command: Command, client?: string): Commit {
    this.checkGrowth(name, command);
    return this.run(name, command, false, () => this.open(name).execute(command, client));
  }

  private async performOnce(name: string, command: Command, client: string | undefined): Promise<Commit> {
    if (!this.live.has(name)) await this.settled(name);
    if (this.live.get(name)?.isOccupied === true) await untilQuiet(this.owner, name, 'isOccupied');
    this.checkGrowth(name, command);
    return await this.work(name, command, false, (live) => live.begin(command, client));
  }

  async settled(name: string): Promise<void> {
    // Whoever asks for it is told why it cannot be opened.
    if (!this.live.has(name)) await this.wake(name).catch(() => {});
    if (this.live.get(name)?.isBusy === true) await untilQuiet(this.owner, name, 'isBusy');
  }

  /** Opens a cluster in turns, if it sleeps. Fails: as `open`. */
  private async wake(name: string): Promise<void> {
    while (this.openings.has(name)) await nextTurn();
    while (!this.live.has(name) && this.openFor(name, this.turnEnd()) === undefined) await nextTurn();
  }

  private checkGrowth(name: string, command: Command): void {
    this.checkOpen();
    const live = this.open(name);
    if (grows(command) && live.objectCount() >= this.limits.objectsMax)
      throw new ServiceError('limit-exceeded', `cluster ${name} has ${this.limits.objectsMax} objects, which is the limit`);
  }

  read<T>(name: string, reader: (state: ClusterState) => T): T {
    const { state } = this.open(name);
    this.onWork(name);
    return reader(state);
  }

  async advance(name: string, goal: AdvanceGoal, options: AdvanceOptions = {}): Promise<AdvanceResult> {
    this.checkOpen();
    let live = this.open(name);
    if (live.isAdvancing) throw new ServiceError('busy', `the clock of cluster ${name} is being advanced already`);
    live.isAdvancing = true;
    const fromMs = live.state.nowMs;
    let rest = engineGoal(goal, fromMs);
    let watchEvents = 0;
    let reached = false;
    const call = { client: options.client };
    const { barrier, signal } = options;
    // Opening would bring the work of others to its end.
    const meet = () => awaitClients(() => this.waitersOf(name) ?? this.open(name).hub.waiters, barrier, signal);
    try {
      await meet();
      for (let isDone = false; !isDone && options.signal?.aborted !== true; ) {
        if (this.live.get(name)?.isOccupied === true) await untilQuiet(this.owner, name, 'isOccupied');
        const [before, goalOfSlice] = [live, rest];
        const begin = () => this.advancing(name, before).beginSlice(goalOfSlice, call, barrier !== undefined);
        const { commit, slice } = await this.work(name, { type: 'advance', goal: goalOfSlice }, true, begin);
        live = this.advancing(name, live);
        watchEvents += commit.changes.length;
        ({ rest, reached, done: isDone } = slice);
        if (commit.changes.length > 0) await meet();
        if (isDone) break;
        options.onProgress?.({ nowMs: live.state.nowMs, watchEvents });
        await nextTurn();
        this.checkOpen();
      }
    } finally {
      live.isAdvancing = false;
    }
    return { fromMs, nowMs: live.state.nowMs, reached, watchEvents, digest: hashToHex(live.state.digest) };
  }

  setClock(name: string, clock: ClockSpec, client?: string): ClockSpec {
    const isRunning = clock.mode === 'running';
    const live = this.open(name);
    // The file knows better. The directory may name a clock that stands, never leave out one that runs.
    if (isRunning) this.guard(name, () => this.directory.setRunning(name, true));
    this.execute(name, { type: 'clock', clock }, client);
    if (!isRunning) this.guard(name, () => this.directory.setRunning(name, false));
    this.pace(live);
    return clockOf(live.state);
  }

  watch(name: string, afterRevision: number, client?: string): WatchCursor {
    this.checkOpen();
    const live = this.open(name);
    if (openWatchesOf(this.live.values()) >= this.limits.watchesMax)
      throw new ServiceError('limit-exceeded', `there are ${this.limits.watchesMax} watches, which is the limit`);
    const cursor = live.hub.cursor(afterRevision, client);
    // What a watcher reads may be damaged, too.
    const next = () => cursor.next().catch((error: unknown) => Promise.reject(this.failed(name, error)));
    return { next, moved: (isExact) => cursor.moved(isExact), served: () => cursor.served(), close: () => cursor.close() };
  }

  stats(): ServiceStats {
    return {
      clusters: this.directory.count(),
      awakeClusters: this.live.size,
      runningClocks: this.pacer.size,
      ...this.counts.of(this.live.values()),
    };
  }

  waitersOf(name: string): Waiters | undefined {
    return this.live.get(name)?.hub.waiters;
  }

  streamId(name: string): string | undefined {
    return streamIdOf(this.open(name).row.uid);
  }

  latestRevision(name: string): number {
    return this.open(name).state.revision;
  }

  oldestRetainedRevision(name: string): number {
    return this.open(name).hub.oldestRevision;
  }

  checkReady(): void {
    this.checkOpen();
    this.guard(undefined, () => this.directory.probe());
  }

  async close(): Promise<void> {
    if (this.isClosing) return;
    this.isClosing = true;
    clearInterval(this.idleSweep);
    this.pacer.close();
    this.openings.cancelAll(new ServiceError('closing', 'the service is stopping'));
    for (const live of this.live.values()) {
      live.hub.close();
      this.eviction.putAway(live);
    }
    this.live.clear();
    this.directory.close();
  }

  /** The open cluster, opened if it sleeps. Fails: cluster-not-found, cluster-broken, storage-unavailable. */
  private open(name: string): LiveCluster {
    const present = this.live.get(name);
    if (present?.isBusy === true) this.guard(name, () => present.finishJob());
    if (present !== undefined) {
      present.usedAtMs = performance.now();
      this.live.delete(name);
      this.live.set(name, present);
      return present;
    }
    return this.openFor(name, Number.POSITIVE_INFINITY) as LiveCluster;
  }

  /** Goes on with opening until a reading of the monotonic clock. */
  private openFor(name: string, untilMs: number): LiveCluster | undefined {
    this.checkOpen();
    this.broken.check(name);
    return this.guard(name, () => this.openings.turn(name, untilMs));
  }

  private keep(live: LiveCluster): void {
    this.counts.include(live);
    this.live.set(live.name, live);
    this.eviction.makeRoom(this.limits.liveClustersMax, live);
    const { idleMs } = this.limits;
    if (idleMs < Number.POSITIVE_INFINITY) this.idleSweep ??= setInterval(() => this.dropIdle(), Math.max(10, idleMs / 50)).unref();
  }

  private dropIdle(): void {
    const { idleMs } = this.limits;
    const nowMs = performance.now();
    this.history.dropUnused(nowMs - idleMs);
    void this.eviction.sweep(nowMs, idleMs);
    if (this.live.size > 0 || this.history.isHolding) return;
    clearInterval(this.idleSweep);
    this.idleSweep = undefined;
  }

  private pace(live: LiveCluster): void {
    const clock = clockOf(live.state);
    if (clock.mode !== 'running' || live.isStanding || this.replays.has(live.name)) return this.pacer.stop(live.name);
    const { name } = live;
    const owner = {
      present: () => this.live.get(name) ?? this.open(name),
      quiet: () => this.open(name),
      isOpen: () => this.live.has(name),
      wake: () => void this.wake(name).catch(() => {}),
      run: (toMs: number, turn: () => void) => this.run(name, { type: 'advance', toMs }, true, turn),
      turnEnd: this.turnEnd,
    };
    this.pacer.start(name, pacedCluster(live.state.startMs, clock, owner));
  }

  /** Reading of the monotonic clock at which a turn ends. */
  private readonly turnEnd = (): number => performance.now() + this.limits.sliceMs;

  private checkOpen(): void {
    if (this.isClosing) throw new ServiceError('closing', 'the service is stopping');
  }

  /** The cluster of an advance, which is another object when the engine has failed meanwhile. */
  private advancing(name: string, live: LiveCluster): LiveCluster {
    const present = this.open(name);
    if (present.row.uid !== live.row.uid) throw notFound(name);
    if (present !== live) {
      live.isAdvancing = false;
      present.isAdvancing = true;
    }
    return present;
  }

  /** Runs work of the engine. What it fails on again and again is parked; then it runs once more, without that. */
  private run<T>(name: string, command: unknown, isClock: boolean, body: () => T): T {
    for (;;) {
      try {
        return this.guard(name, body, command);
      } catch (error) {
        this.park(name, error, isClock);
      }
    }
  }

  /** The same in turns, with others between them; a small piece of work is done in the first. */
  private async work<T>(name: string, command: unknown, isClock: boolean, begin: (live: LiveCluster) => Job<T>): Promise<T> {
    for (;;) {
      try {
        if (!this.live.has(name)) await this.wake(name);
        const job = this.guard(name, () => this.begin(name, begin), command);
        while (!job.isOver) {
          await nextTurn();
          // Whoever could not wait has brought it to its end.
          if (!job.isOver) this.guard(name, () => this.live.get(name)?.turn(this.turnEnd()), command);
        }
        const live = this.live.get(name);
        if (!job.isDone && live !== undefined) void this.finishInTurns(live, job).catch(() => {});
        return job.result();
      } catch (error) {
        if (!(error instanceof ServiceError)) throw new ServiceError('engine-failed', FAILED_BESIDE, { cause: error });
        this.park(name, error, isClock);
      }
    }
  }

  /** Who waited has the answer; what is stored behind it goes on. A failure is told as any other, and costs the cluster its place in memory. */
  private async finishInTurns(live: LiveCluster, job: Pick<Job<unknown>, 'isDone'>): Promise<void> {
    while (!job.isDone && this.live.get(live.name) === live) {
      await nextTurn();
      if (!job.isDone) this.guard(live.name, () => live.turn(this.turnEnd()));
    }
  }

  private begin<T>(name: string, begin: (live: LiveCluster) => Job<T>): Job<T> {
    const live = this.open(name);
    const job = begin(live);
    live.turn(this.turnEnd());
    return job;
  }

  /** Parks the work that an engine failure names. Fails: with the error, when there is nothing to park, or not yet. */
  private park(name: string, error: unknown, isClock: boolean): void {
    const failure = error instanceof ServiceError ? error.cause : undefined;
    if (!(failure instanceof EngineFailure) || failure.work === undefined) throw error;
    const { work } = failure;
    if (!this.failures.mustPark(name, work, isClock)) throw error;
    this.guard(name, () => this.open(name).execute({ type: 'park', work }));
    this.onError(`${work.kind} ${work.owner} ${work.key} of cluster ${name} is parked for an hour`, failure);
  }

  /** Runs what touches storage or the engine; on failure the named cluster is dropped, to be opened again from what is stored. */
  private guard<T>(name: string | undefined, body: () => T, command?: unknown): T {
    if (name !== undefined) this.onWork(name);
    try {
      return body();
    } catch (error) {
      throw this.failed(name, error, command);
    }
  }

  private failed(name: string | undefined, error: unknown, command?: unknown): unknown {
    if (error instanceof ServiceError) return error;
    const live = name === undefined ? undefined : this.live.get(name);
    const isEngine = live !== undefined && !(error instanceof StorageDamage) && storageErrorOf(error) === undefined;
    const failure = isEngine ? new EngineFailure(live.position, live.state, command, error) : undefined;
    if (name !== undefined) this.drop(name, error instanceof StorageDamage);
    if (failure === undefined) return this.translate(name, error);
    this.onError(`the engine failed in cluster ${live?.name ?? ''}, id ${failure.id}`, failure);
    return new ServiceError('engine-failed', failure.detail, { cause: failure });
  }

  private drop(name: string, isDamaged: boolean): void {
    const live = this.live.get(name);
    this.live.delete(name);
    live?.hub.close();
    try {
      live?.cancelJob(new ServiceError('storage-unavailable', `cluster ${name} was taken back to its last command; nothing was changed`));
      if (isDamaged) live?.abandon();
      else live?.close();
    } catch (error) {
      this.onError(`the storage of cluster ${name} cannot be closed`, error);
    }
  }

  private translate(name: string | undefined, error: unknown): unknown {
    if (error instanceof StorageDamage && name !== undefined) {
      this.pacer.stop(name);
      const broken = this.broken.add(name, error);
      this.directory.noteBroken(name, error);
      this.onError(broken.detail, error);
      return broken;
    }
    const known = storageErrorOf(error);
    if (known !== undefined) this.onError('the storage failed', error);
    return known ?? error;
  }
}

const notFound = (name: string) => new ServiceError('cluster-not-found', `there is no cluster ${name}`);
