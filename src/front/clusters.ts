// What the front knows of clusters: the directory, their tokens, and the host of each. It never sees a cluster's state.

import type { ClusterConfig } from '../engine/cluster/index.ts';
import {
  type Host,
  type HostAnswer,
  HostLostError,
  type HostRequest,
  type HostStats,
  SAFE_METHODS,
  type StartHost,
} from '../service/host.ts';
import { BrokenClusters, describeBroken } from '../service/broken-clusters.ts';
import { LIMITS_DEFAULT } from '../service/limits.ts';
import { digestOfNobody, type Given, newRow } from '../service/new-row.ts';
import {
  type BrokenCluster,
  type ClusterInfo,
  type ClusterPage,
  type ForkMade,
  type ForkRequest,
  type Instant,
  type Replay,
  type Replayed,
  ServiceError,
} from '../service/ports.ts';
import { storageErrorOf } from '../service/storage-errors.ts';
import { type DamagedRow, type Directory, type DirectoryRow, type Fork, type Labels, StorageDamage } from '../service/storage.ts';
import { TokenIndex } from '../service/token-index.ts';
import { Hosts } from './hosts.ts';
import { LastWords } from './last-words.ts';
import { Lifetimes } from './lifetimes.ts';
import { OpenCalls } from './open-calls.ts';
import { labelsOf, rowsAfter } from './rows.ts';
import { type ForkParent, type ForkSpec, NO_PEERS, type Peer, type Peers } from './peers.ts';

export interface ClustersOptions {
  /** Starts a host. */
  readonly startHost: StartHost;
  readonly hostCount: number;
  readonly clustersMax?: number | undefined;
  /** Absent: this front is alone. */
  readonly peers?: Peers | undefined;
  /** Called with what an operator should know. */
  readonly onError: (message: string, error: unknown) => void;
  /** Learns of clusters that are deleted because nobody has used them for their time. */
  readonly onExpired?: ((cluster: string) => void) | undefined;
  /** Wall time in milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** A page of a list. */
export interface ListRequest {
  readonly limit: number;
  readonly after?: string | undefined;
  /** Absent: all. */
  readonly selects?: (labels: Labels) => boolean;
}

/** What the service says of itself. */
export interface FrontStats {
  /** By state; broken are those that are known to be. */
  readonly clusters: Readonly<Record<'awake' | 'asleep' | 'broken', number>>;
  /** Of each host that answers, by the name of its place. */
  readonly hosts: readonly (HostStats & { readonly host: string })[];
  /** How often a host was replaced. */
  readonly replacements: number;
}

export class Clusters implements Peer {
  private readonly directory: Directory;
  private readonly options: ClustersOptions;
  private readonly peers: Peers;
  private readonly tokens: TokenIndex;
  private readonly uids: Map<string, string>;
  /** Of clusters that were rewound. */
  private readonly formerUids: Map<string, readonly string[]>;
  /** Of forks: the name by which their place is found. */
  private readonly homes: Map<string, string>;
  private readonly hosts: Hosts;
  private readonly calls = new OpenCalls();
  private readonly infos = new LastWords<ClusterInfo>();
  private readonly hostStats = new LastWords<HostStats | undefined>();
  private readonly broken: BrokenClusters;
  private readonly lifetimes: Lifetimes;
  /** Clusters that are being made: their names are taken, and nobody finds them yet. */
  private readonly arriving = new Map<string, DirectoryRow>();
  /** Clusters that are being removed: nobody finds them any more. */
  private readonly leaving = new Set<string>();
  private isClosing = false;

  /** The clusters of a directory, which from now on is this object's own. */
  constructor(directory: Directory, options: ClustersOptions) {
    this.directory = directory;
    this.options = options;
    this.peers = options.peers ?? NO_PEERS;
    this.broken = new BrokenClusters(directory);
    this.lifetimes = new Lifetimes(directory.lifetimes(), {
      now: options.now,
      store: (usedMs) => this.note(() => directory.setUsed(usedMs)),
      remove: (name) => this.expire(name),
      onError: options.onError,
    });
    this.tokens = new TokenIndex(directory.tokenDigests());
    this.uids = new Map(directory.uids());
    const forks = directory.forks();
    this.homes = new Map(forks.map(({ name, origin }) => [name, origin.home]));
    this.formerUids = new Map(forks.map(({ name, origin }) => [name, origin.formerUids ?? []]));
    this.hosts = new Hosts({
      count: options.hostCount,
      start: options.startHost,
      running: () => directory.running().flatMap((name) => directory.get(name) ?? []),
      events: {
        onInfo: (name, info) => this.note(() => directory.setInfo(name, info)),
        onRunning: (name, isRunning) => this.note(() => directory.setRunning(name, isRunning)),
        onBroken: (name, problem) => void this.broken.add(name, new StorageDamage(problem)),
      },
      homeOf: (name) => this.homes.get(name) ?? name,
      onError: options.onError,
    });
  }

  /**
   * Makes a cluster. Fails: cluster-exists, token-taken, limit-exceeded, storage-*.
   */
  create(config: ClusterConfig, given: Given = {}): Promise<ClusterInfo> {
    return this.arrive(config, given, async (row) => {
      return { row, value: await this.ask(config.name, (host) => host.create(row), 'once') };
    });
  }

  /** Makes a cluster again from a recording. Fails: cluster-exists, limit-exceeded, recording-differs, storage-*. */
  import(config: ClusterConfig, replay: Replay): Promise<Replayed> {
    return this.arrive(config, {}, async (row) => {
      return { row, value: await this.ask(config.name, (host) => host.replay(row, replay), 'once') };
    });
  }

  /**
   * Makes a fork of a cluster, in the front of its name. Fails: cluster-not-found, cluster-exists, token-taken, limit-exceeded,
   * invalid-instant, gone, storage-*.
   */
  async fork(name: string, spec: ForkSpec): Promise<ClusterInfo> {
    this.checkOpen();
    const { config, origin } = this.requireRow(name);
    this.lifetimes.use(name);
    return (this.peers.of(spec.name) ?? this).takeFork({ name, config, home: origin?.home ?? name }, spec);
  }

  takeFork({ name, config, home }: ForkParent, { name: forkName, at, seed, ...given }: ForkSpec): Promise<ClusterInfo> {
    return this.arrive({ ...config, name: forkName }, given, async (row) => {
      this.homes.set(forkName, home);
      const peer = this.peers.of(name);
      const made = await (peer ?? this).giveFork(name, { row, at, seed });
      if (peer === undefined) this.hosts.keepTogether(name, forkName);
      return { row: made.row, value: made.info };
    });
  }

  giveFork(name: string, request: ForkRequest): Promise<ForkMade> {
    return this.ask(name, (host) => host.fork(name, request), 'once');
  }

  /** Whether a cluster of this name would be of this front. */
  isOwn(name: string): boolean {
    return this.peers.of(name) === undefined;
  }

  /** Whether the name is taken. */
  has(name: string): boolean {
    return this.arriving.has(name) || this.guard(() => this.directory.has(name));
  }

  /** A cluster comes to be; `make` has a host make it, and gives the row that the directory will have. */
  private async arrive<T>(
    config: ClusterConfig,
    given: Given,
    make: (row: DirectoryRow) => Promise<{ readonly row: DirectoryRow; readonly value: T }>,
  ): Promise<T> {
    this.checkOpen();
    const { name } = config;
    const { tokenDigest } = given;
    this.guard(() => this.checkNew(name, tokenDigest));
    const row = this.guard(() => this.lifetimes.begin(newRow(config, given, this.directory.wasUsed(name))));
    this.arriving.set(name, row);
    try {
      if (tokenDigest !== undefined && !(await this.peers.claimToken(tokenDigest, name))) throw tokenTaken();
      const made = await make(row);
      this.guard(() => this.directory.add(made.row));
      this.tokens.set(name, tokenDigest);
      this.uids.set(name, row.uid);
      this.lifetimes.add(row);
      return made.value;
    } catch (error) {
      await this.letGo(name);
      this.releaseToken(name, tokenDigest);
      this.homes.delete(name);
      this.note(() => this.directory.discard(row));
      throw error;
    } finally {
      this.arriving.delete(name);
    }
  }

  /**
   * Takes a cluster back to a moment; what came after is another cluster, `keptName`. Fails: cluster-not-found, cluster-exists, limit-exceeded, busy,
   * invalid-instant, gone, storage-*.
   */
  async rewind(name: string, to: Instant, keptName: string): Promise<ClusterInfo> {
    this.checkOpen();
    const row = this.requireRow(name);
    this.guard(() => this.checkNew(keptName, undefined));
    // What came after a cluster with a token of its own is for who has the service's token.
    const keptDigest = row.tokenDigest === undefined ? undefined : digestOfNobody();
    this.lifetimes.use(name);
    const rewound = this.lifetimes.begin(newRow(row.config, row, true));
    const keptRow = () => newRow({ ...row.config, name: keptName }, { ...row, tokenDigest: keptDigest }, this.directory.wasUsed(keptName));
    const kept = this.guard(() => this.lifetimes.begin(keptRow()));
    this.arriving.set(keptName, kept);
    this.homes.set(keptName, row.origin?.home ?? name);
    try {
      const request = { to, rewound: { ...rewound, createdAt: row.createdAt }, kept };
      const made = await this.ask(name, (host) => host.rewind(name, request), 'once').catch((error: unknown) => {
        // The cluster has its own file still; what was made beside it is nobody's.
        for (const unused of [rewound, kept]) this.note(() => this.directory.discard(unused));
        throw error;
      });
      this.guard(() => this.directory.rewind(made.rewound, made.kept));
      this.hosts.keepTogether(name, keptName);
      this.tokens.set(keptName, keptDigest);
      this.uids.set(keptName, kept.uid);
      this.lifetimes.add(kept);
      this.uids.set(name, rewound.uid);
      this.formerUids.set(name, made.rewound.origin?.formerUids ?? []);
      return made.info;
    } catch (error) {
      this.homes.delete(keptName);
      throw error;
    } finally {
      this.arriving.delete(keptName);
    }
  }

  /** Of all incarnations of the present cluster: a rewind makes another one of it, and who knew it goes on. */
  uidsOf(name: string): readonly string[] {
    const uid = this.uids.get(name);
    return uid === undefined ? [] : [uid, ...(this.formerUids.get(name) ?? [])];
  }

  /** All forks of the tree that a cluster is in, wherever they are. Fails: cluster-not-found. */
  async forksAround(name: string): Promise<readonly Fork[]> {
    const { origin } = this.requireRow(name);
    const found = await Promise.all([this, ...this.peers.others()].map((front) => front.forksFrom(origin?.home ?? name)));
    return found.flat();
  }

  async forksFrom(home: string): Promise<readonly Fork[]> {
    return this.guard(() => this.directory.forks()).filter(({ origin }) => origin.home === home);
  }

  /** By name, those whose labels are selected; `after` is the name behind which the page begins. */
  async list({ limit, after, selects = () => true }: ListRequest): Promise<ClusterPage> {
    const rows: (DirectoryRow | DamagedRow)[] = [];
    for (const row of this.rowsAfter(after)) {
      if (selects(labelsOf(row))) rows.push(row);
      if (rows.length > limit) break;
    }
    const shown = rows.slice(0, limit);
    const items = await Promise.all(shown.map((row) => this.itemOf(row)));
    const found = items.filter((info) => info !== undefined);
    const last = shown.at(-1);
    return rows.length > limit && last !== undefined ? { items: found, next: last.name } : { items: found };
  }

  /** Names of all clusters whose labels are selected. */
  selected(selects: (labels: Labels) => boolean): readonly string[] {
    return [...this.rowsAfter(undefined)].filter((row) => selects(labelsOf(row))).map(({ name }) => name);
  }

  private rowsAfter(name: string | undefined): Generator<DirectoryRow | DamagedRow> {
    return rowsAfter((limit, after) => this.guard(() => this.directory.list(limit, after)), name);
  }

  /** Fails: cluster-not-found, storage-*. */
  async remove(name: string): Promise<void> {
    this.checkOpen();
    this.requireCluster(name);
    await this.discard(name);
  }

  /** Fails: cluster-not-found. */
  requireCluster(name: string): void {
    if (this.leaving.has(name) || !this.guard(() => this.directory.has(name)))
      throw new ServiceError('cluster-not-found', `there is no cluster ${name}`);
  }

  /** Has a request answered by the host of its cluster; a cluster that is not there is the host's to miss. */
  fetch(request: HostRequest, signal: AbortSignal): Promise<HostAnswer> {
    const { cluster, method } = request;
    const patience = SAFE_METHODS.includes(method) ? 'twice' : 'once';
    const answered = this.calls.run(signal, (callSignal) => this.ask(cluster, (host) => host.fetch(request, callSignal), patience));
    return this.lifetimes.during(cluster, answered);
  }

  /** Ends advances and whatever else takes long; each is answered. */
  endCalls(): void {
    this.calls.endAll();
  }

  /** Undefined when the cluster has no token of its own, or does not exist. */
  tokenDigest(name: string): string | undefined {
    return this.tokens.digestOf(name);
  }

  /** Of the present incarnation; undefined when there is none. */
  uidOf(name: string): string | undefined {
    return this.uids.get(name);
  }

  clusterOfToken(digest: string): string | undefined {
    return this.tokens.clusterOf(digest);
  }

  /** Proves by writing that storage can be written. Fails: storage-*. */
  checkReady(): void {
    this.checkOpen();
    this.guard(() => this.directory.probe());
  }

  async stats(): Promise<FrontStats> {
    const asked = this.hosts.places().map(async ([host, port]) => {
      const stats = await this.hostStats.ask(host, () => statsOf(port));
      return stats === undefined ? [] : [{ host, ...stats }];
    });
    const hosts = (await Promise.all(asked)).flat();
    const awake = hosts.reduce((total, { awakeClusters }) => total + awakeClusters, 0);
    const broken = this.broken.size;
    const asleep = Math.max(0, this.directory.count() - awake - broken);
    return { clusters: { awake, asleep, broken }, hosts, replacements: this.hosts.replacements };
  }

  async close(): Promise<void> {
    if (this.isClosing) return;
    this.isClosing = true;
    this.lifetimes.close();
    await this.hosts.close();
    this.directory.close();
  }

  private checkNew(name: string, tokenDigest: string | undefined): void {
    const clustersMax = this.options.clustersMax ?? LIMITS_DEFAULT.clustersMax;
    if (this.has(name)) throw new ServiceError('cluster-exists', `there is a cluster ${name} already`);
    if (this.directory.count() + this.arriving.size >= clustersMax)
      throw new ServiceError('limit-exceeded', `there are ${clustersMax} clusters, which is the limit`);
    const isTaken = [...this.arriving.values()].some((row) => row.tokenDigest === tokenDigest);
    if (tokenDigest !== undefined && (isTaken || this.tokens.clusterOf(tokenDigest) !== undefined)) throw tokenTaken();
  }

  /** Asks the host of a cluster; what can be asked twice is, when the host ends meanwhile. */
  private async ask<T>(name: string, call: (host: Host) => Promise<T>, patience: 'once' | 'twice'): Promise<T> {
    try {
      return await call(this.hostOf(name));
    } catch (error) {
      if (!(error instanceof HostLostError)) throw error;
      if (patience === 'twice' && !this.isClosing) return this.ask(name, call, 'once');
      throw new ServiceError(
        'host-lost',
        `the host of cluster ${name} ended before it answered; whether the request was done is not known`,
      );
    }
  }

  private hostOf(name: string): Host {
    return this.hosts.of(name, () => this.rowOf(name));
  }

  /** Fails: cluster-not-found. */
  private requireRow(name: string): DirectoryRow {
    this.requireCluster(name);
    const row = this.rowOf(name);
    if (row === undefined) throw new ServiceError('cluster-not-found', `there is no cluster ${name}`);
    return row;
  }

  private rowOf(name: string): DirectoryRow | undefined {
    return this.leaving.has(name) ? undefined : this.guard(() => this.directory.get(name), name);
  }

  /** Whether a cluster has a token, or will have it when it is made. */
  hasToken(name: string, digest: string): boolean {
    return this.tokens.digestOf(name) === digest || this.arriving.get(name)?.tokenDigest === digest;
  }

  /** What is not told is found out when somebody wants the token. */
  private releaseToken(name: string, digest: string | undefined): void {
    if (digest !== undefined) this.peers.releaseToken(digest, name).catch(() => {});
  }

  /** Removes a cluster, its host first, so that nobody writes what is being removed. */
  private async discard(name: string): Promise<void> {
    this.leaving.add(name);
    try {
      await this.letGo(name);
    } finally {
      this.leaving.delete(name);
    }
    this.guard(() => this.directory.remove(name));
    this.releaseToken(name, this.tokens.digestOf(name));
    this.tokens.set(name, undefined);
    this.uids.delete(name);
    this.homes.delete(name);
    this.formerUids.delete(name);
    this.lifetimes.forget(name);
    this.broken.delete(name);
    this.infos.forget(name);
  }

  /** Deletes clusters that nobody has used for their time, and stores when the others were used; a timer does it, too. */
  expireIdle(): Promise<void> {
    return this.lifetimes.sweep();
  }

  /** What is damaged is kept for who can put it right. */
  private async expire(name: string): Promise<void> {
    if (this.broken.has(name)) return;
    await this.remove(name);
    this.options.onExpired?.(name);
  }

  /** Has the host of a cluster close its storage. */
  private async letGo(name: string): Promise<void> {
    const host = this.hosts.of(name, () => undefined);
    this.hosts.forget(name);
    try {
      await host.remove(name);
    } catch (error) {
      // A host that has ended has let go of everything.
      const isGone = error instanceof HostLostError || (error instanceof ServiceError && error.code === 'cluster-not-found');
      if (!isGone) throw error;
    }
  }

  /** A cluster that sleeps is described by what was stored when it fell asleep, so that a list wakes nobody. */
  private async itemOf(row: DirectoryRow | DamagedRow): Promise<ClusterInfo | BrokenCluster | undefined> {
    const { name } = row;
    try {
      if ('damage' in row) throw this.broken.add(name, new StorageDamage(row.damage));
      this.broken.check(name);
      const expiresAt = this.lifetimes.expiryOf(name);
      const more = expiresAt === undefined ? {} : { expiresAt };
      if (row.info !== undefined && this.guard(() => this.directory.isPresent(name))) return { ...row.info, state: 'asleep', ...more };
      return { ...(await this.infos.ask(name, () => this.ask(name, (host) => host.info(name), 'twice'))), ...more };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === 'cluster-broken') return describeBroken(name, error);
      if (NOT_LISTED.includes(error.code)) return undefined;
      throw error;
    }
  }

  /** What hosts tell is stored as far as it can be; it only saves work. */
  private note(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.options.onError('the directory of clusters cannot be written', error);
    }
  }

  private checkOpen(): void {
    if (this.isClosing) throw new ServiceError('closing', 'the service is stopping');
  }

  private guard<T>(body: () => T, name = ''): T {
    try {
      return body();
    } catch (error) {
      if (error instanceof StorageDamage) throw this.broken.add(name, error);
      const known = error instanceof ServiceError ? undefined : storageErrorOf(error);
      if (known !== undefined) this.options.onError('the storage failed', error);
      throw known ?? error;
    }
  }
}

const tokenTaken = () => new ServiceError('token-taken', 'another cluster has this token; each cluster needs one of its own');

/** Undefined for a host that has just ended, or has not begun. */
async function statsOf(host: Host): Promise<HostStats | undefined> {
  try {
    return await host.stats();
  } catch (error) {
    if (error instanceof HostLostError) return undefined;
    throw error;
  }
}

/** A cluster that went while the list was made, or whose host did. */
const NOT_LISTED: readonly string[] = ['cluster-not-found', 'host-lost'];
