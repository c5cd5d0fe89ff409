// What the service offers to the HTTP layer. What it needs of storage is in storage.ts; a host joins both.

import type {
  ChangedObjects,
  ClockSpec,
  ClusterConfig,
  Command,
  Commit,
  RecordedBy,
  SnapshotHeader,
  StoredRecord,
  WaitCondition,
  WebhookAnswer,
  WebhookCall,
} from '../engine/cluster/index.ts';
import type { KubeObject } from '../engine/apimachinery/meta.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import type { ChangeType } from '../engine/kernel/store.ts';
import type { Barrier } from './waiting/barrier.ts';
import type { CauseChain } from './causes.ts';
import type { Waiters } from './waiting/waiters.ts';
import type { DirectoryRow, JournalRow, Labels, Refusal, RefusalPosition } from './storage.ts';

/** Length of a cluster's name, which is a DNS-1123 label. */
export const CLUSTER_NAME_LENGTH_MAX = 40;

export type ServiceErrorCode =
  | 'cluster-not-found'
  | 'cluster-exists'
  /** Another cluster has this token. */
  | 'token-taken'
  /** One of service/limits.ts; the detail names it. */
  | 'limit-exceeded'
  /** Nothing can be written or read just now; nothing was lost. */
  | 'storage-unavailable'
  | 'storage-full'
  /** The stored history cannot be continued; other clusters are not concerned. */
  | 'cluster-broken'
  /** A bug of the engine; the command changed nothing, and the next one works. */
  | 'engine-failed'
  /** A recording does not lead where it says. */
  | 'recording-differs'
  /** A moment of the past is looked at. */
  | 'read-only'
  /** Of the cluster's history, which has no such moment. */
  | 'invalid-instant'
  /** The change log does not reach back so far. */
  | 'gone'
  /** The host of the cluster ended before it answered. */
  | 'host-lost'
  /** Another advance of this cluster is going on. */
  | 'busy'
  | 'closing';

/** A failure that is not the cluster's answer: of the environment, of a limit, of an unknown name. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;
  readonly detail: string;

  constructor(code: ServiceErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }
}

/** A cluster as it stands. */
export interface ClusterInfo {
  readonly name: string;
  /** Whether it is in memory. */
  readonly state: 'awake' | 'asleep';
  readonly seed: number;
  /** Virtual time, RFC 3339. */
  readonly startTime: string;
  readonly now: string;
  readonly elapsedSeconds: number;
  readonly clock: ClockSpec;
  readonly resourceVersion: string;
  readonly digest: string;
  readonly nodes: number;
  readonly objects: number;
  /** Commands up to a number were executed by another version of the engine: what came of them is as it was recorded. Absent: this one executed all. */
  readonly recorded?: RecordedBy;
  /** Wall time, RFC 3339. */
  readonly createdAt: string;
  /** Absent: none. */
  readonly labels?: Labels;
  /** Wall time without use after which it is deleted; absent: it is kept. */
  readonly ttl?: string;
  /** Wall time at which that is so unless it is used before, RFC 3339; in lists. */
  readonly expiresAt?: string;
  /** Work of the engine that waits because it failed again and again; absent when there is none. `until` is virtual time, RFC 3339. */
  readonly parked?: readonly {
    readonly kind: 'key' | 'timer';
    readonly owner: string;
    readonly key: string;
    readonly until: string;
  }[];
}

/** A cluster whose storage cannot be trusted; nothing else is known for certain. */
export interface BrokenCluster {
  readonly name: string;
  readonly state: 'broken';
  /** What is wrong, with which file, and how to get on. */
  readonly problem: string;
}

export type AdvanceGoal =
  | { readonly kind: 'to'; readonly toMs: number }
  /** The next n instants at which an object changes. */
  | { readonly kind: 'steps'; readonly steps: number }
  /** Timeouts are virtual milliseconds from the instant at which the advance begins. */
  | { readonly kind: 'until'; readonly condition: WaitCondition; readonly timeoutMs: number }
  | { readonly kind: 'idle'; readonly timeoutMs: number }
  /** The first instant at which one of these objects changes. */
  | { readonly kind: 'change'; readonly of: ChangedObjects; readonly timeoutMs: number };

export interface AdvanceProgress {
  readonly nowMs: number;
  readonly watchEvents: number;
}

export interface AdvanceOptions {
  /** Who asks, as he names himself. */
  readonly client?: string | undefined;
  /** Clients that are waited for at every instant. */
  readonly barrier?: Barrier | undefined;
  /** Stops the advance at the next committed instant; its result then has `reached` false. */
  readonly signal?: AbortSignal;
  /** Called after every slice but the last. */
  readonly onProgress?: (progress: AdvanceProgress) => void;
}

export interface AdvanceResult {
  readonly fromMs: number;
  readonly nowMs: number;
  readonly reached: boolean;
  readonly watchEvents: number;
  readonly digest: string;
}

/** One row of the change log, shared by all who watch. */
export interface LoggedChange {
  readonly revision: number;
  /** Virtual milliseconds since 1970. */
  readonly timeMs: number;
  readonly type: ChangeType;
  readonly resource: string;
  /** The object as compact JSON; for DELETED the last one with the revision of its deletion. */
  readonly json: string;
  /** Parsed on first use when the change comes from the database. */
  readonly object: KubeObject;
  /** The object before; undefined unless its labels or selectable fields differ from those of `object`. */
  readonly previous: KubeObject | undefined;
  /** Encodings by format: a change is encoded once, whoever watches. */
  readonly memo: Map<string, Uint8Array>;
}

/** A position in a change log. It costs no memory while it is not read. */
export interface WatchCursor {
  /**
   * The next changes, oldest first, at least one; waits for them. Undefined when the cursor is closed, the cluster is deleted or the service stops.
   * Fails: `gone` when the log no longer reaches back to the position.
   */
  next(): Promise<readonly LoggedChange[] | undefined>;
  /**
   * Resolves when the cluster has done anything, for who follows what is no object; `isExact`: a clock with rate `auto` is to stop at every instant for him.
   * False: as undefined of `next`.
   */
  moved(isExact: boolean): Promise<boolean>;
  /** The client was told something: a clock with rate `auto` gives it time to answer. */
  served(): void;
  close(): void;
}

export interface ServiceStats {
  readonly clusters: number;
  readonly awakeClusters: number;
  readonly runningClocks: number;
  readonly openWatches: number;
  readonly advances: number;
  /** Since the start of the process. */
  readonly commits: number;
  readonly changes: number;
  /** How long turns of work took, from one turn for others to the next. */
  readonly slices: Durations;
}

/** Wall seconds up to which turns of work are counted. */
export const SLICE_SECONDS_BOUNDS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2] as const;

/** Durations, counted up to bounds. */
export interface Durations {
  /** One for each bound: those that took no longer. */
  readonly counts: readonly number[];
  readonly count: number;
  /** Of all, in seconds. */
  readonly sum: number;
}

/** A page of clusters; `next` is where the following one begins. */
export interface ClusterPage {
  readonly items: readonly (ClusterInfo | BrokenCluster)[];
  readonly next?: string;
}

/** A moment of a cluster's history: a virtual time in milliseconds since 1970, a revision, or the number of a command. */
export type Instant =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'command'; readonly number: number };

/** A fork that is asked for: its row, which lacks its origin, and where it begins; absent: now. */
export interface ForkRequest {
  readonly row: DirectoryRow;
  readonly at?: Instant | undefined;
  /** From which random choices are made from then on; absent: as before. */
  readonly seed?: number | undefined;
}

/** A fork that was made. */
export interface ForkMade {
  readonly row: DirectoryRow;
  readonly info: ClusterInfo;
}

/** Commands with which a fork begins behind the history that it was given. */
export type Beginning = readonly Command[];

/** A rewind that is asked for: where to, and the rows of the cluster and of what came after, which lack their origins. */
export interface RewindRequest {
  readonly to: Instant;
  readonly rewound: DirectoryRow;
  readonly kept: DirectoryRow;
}

/** A rewind that was done. */
export interface Rewound {
  readonly rewound: DirectoryRow;
  readonly kept: DirectoryRow;
  readonly info: ClusterInfo;
}

/** A command of a recording, with the digest behind it. */
export interface RecordedCommand {
  readonly command: Command;
  readonly digest: string;
  /** Who asked. */
  readonly client?: string;
  /** The latest revision behind it, and virtual and wall time; of recordings with a state. */
  readonly revision?: number;
  readonly nowMs?: number;
  readonly wallMs?: number;
}

/** The state behind the last command of a recording. */
export interface RecordedState {
  readonly header: SnapshotHeader;
  readonly records: readonly StoredRecord[];
  /** The genesis, as `RecordedCommand` has commands. */
  readonly genesis: Pick<RecordedCommand, 'wallMs'> & { readonly revision: number };
}

/** What a cluster is made from again. */
export interface Replay {
  readonly genesisDigest: string;
  /** Those behind the genesis. */
  readonly commands: readonly RecordedCommand[];
  /** The first difference is a failure. */
  readonly isStrict: boolean;
  /** The cluster is opened at this state, and nothing is executed; absent: every command is. */
  readonly state?: RecordedState;
}

/** A command that leads elsewhere than a recording says; `found` is absent when it was refused. */
export interface ReplayDifference {
  readonly number: number;
  /** The command in a line. */
  readonly command: string;
  readonly recorded: string;
  readonly found?: string;
  readonly refusal?: string;
}

/** A cluster that was made again. */
export interface Replayed {
  readonly info: ClusterInfo;
  /** The first hundred. */
  readonly differences: readonly ReplayDifference[];
}

/** Something that was asked of a cluster, and what came of it. */
export type Asked = { readonly outcome: 'accepted'; readonly row: JournalRow } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** What was. Every call waits until the cluster is open and quiet. */
export interface ClusterHistory {
  /**
   * The cluster at a moment, to be read only and not to be kept. At a revision in the middle of an instant its objects are as they were then, and what is
   * no object as it was before the instant. Fails: invalid-instant, gone.
   */
  at(name: string, instant: Instant): Promise<{ readonly state: ClusterState; readonly info: ClusterInfo }>;
  /**
   * The same for who reads objects, at the cost of what has changed: a state that may have nothing else, and refuses the rest, as `info`, with an
   * ObjectsOnlyError. Fails: invalid-instant, gone.
   */
  objectsAt(name: string, instant: Instant): Promise<{ readonly state: ClusterState; readonly info: () => ClusterInfo }>;
  /** Commands after a number, in their order. */
  commands(name: string, after: number, limit: number): Promise<readonly JournalRow[]>;
  /** The same with what was refused between them, behind a position. */
  asked(name: string, after: RefusalPosition, limit: number, only?: Asked['outcome']): Promise<readonly Asked[]>;
  /** Why a change was made, back to a command. Fails: invalid-instant, gone. */
  causes(name: string, revision: number): Promise<CauseChain>;
  /** The number of the last command that is whole at a moment; absent: now. Fails: invalid-instant, gone. */
  numberAt(name: string, instant?: Instant): Promise<number>;
  /** Changes after a revision, some hundred at most; none: there is none yet. Fails: gone. */
  changes(name: string, after: number): Promise<readonly LoggedChange[]>;
}

/** The single writer of all clusters. Calls that return no promise have done their work, and stored it, when they return. */
export interface ClusterService {
  /**
   * Makes a cluster; `tokenDigest` is that of a token of its own, of which nothing else is kept. Fails: cluster-exists, limit-exceeded,
   * storage-*.
   */
  create(config: ClusterConfig, tokenDigest?: string): ClusterInfo;
  /** Makes the cluster of a row for which all that was checked already. Fails: storage-*. */
  createRow(row: DirectoryRow): ClusterInfo;
  /**
   * Makes a cluster that equals this one at a moment, and shares with it what it does not change. At a revision in the middle of an instant it begins at the
   * end of the instant. Fails: invalid-instant, gone, storage-*.
   */
  fork(name: string, request: ForkRequest): Promise<ForkMade>;
  /**
   * Takes the cluster back to a moment. What came after is another cluster from then on, whose clock stands; watches end. Fails: busy, invalid-instant, gone,
   * storage-*.
   */
  rewind(name: string, request: RewindRequest): Promise<Rewound>;
  /**
   * Opens the fork of a row, whose storage was given the history of its parent, and executes the commands with which it begins. Fails: cluster-broken,
   * storage-*.
   */
  found(row: DirectoryRow, beginning: Beginning): Promise<ForkMade>;
  /** Makes the cluster of a row, and executes what is recorded. When it fails there is no cluster. Fails: recording-differs, storage-*. */
  replay(row: DirectoryRow, replay: Replay): Promise<Replayed>;
  get(name: string): ClusterInfo;
  /** By name; `after` is the name behind which the page begins. */
  list(page: { readonly limit: number; readonly after?: string }): ClusterPage;
  remove(name: string): void;
  /** Executes one command at once; `client` is who asks, as he names himself. A failed outcome is returned and not journalled; a good one is stored before it is returned. */
  execute(name: string, command: Command, client?: string): Commit;
  /** The same in turns of some wall time, with others between them; whoever asks for the cluster meanwhile waits for `settled`, or brings it to its end. */
  perform(name: string, command: Command, client?: string): Promise<Commit>;
  /** Asks a webhook about what is read: the program in the cluster that serves it, as it is then, or the one outside. */
  ask(name: string, call: WebhookCall): Promise<WebhookAnswer>;
  /** Resolves when the cluster is open, unless it cannot be, and no command or slice of it is half-way. */
  settled(name: string): Promise<void>;
  readonly history: ClusterHistory;
  /** The moment of the past that is looked at, as clients write it; absent: the present. */
  readonly moment?: string;
  /** Reads the live state. The reader must neither keep nor change it. */
  read<T>(name: string, reader: (state: ClusterState) => T): T;
  /** Turns the clock in slices. Fails: busy when another advance of the cluster is going on. */
  advance(name: string, goal: AdvanceGoal, options?: AdvanceOptions): Promise<AdvanceResult>;
  setClock(name: string, clock: ClockSpec, client?: string): ClockSpec;
  /** A cursor behind revision `after`; `client` is who watches, as he names himself. Fails: gone, limit-exceeded. */
  watch(name: string, after: number, client?: string): WatchCursor;
  /** Who waits for a cluster, by a connection or by asking again; undefined while it is not in memory, when nobody does. */
  waitersOf(name: string): Waiters | undefined;
  /** What the ids of the cluster's events say beside the revision; undefined when they need not say more. */
  streamId(name: string): string | undefined;
  latestRevision(name: string): number;
  /** The first revision that can still be read; one more than the latest when none is retained. */
  oldestRetainedRevision(name: string): number;
  /** Proves by writing that storage can be written. Fails: storage-*. */
  checkReady(): void;
  stats(): ServiceStats;
  /** Stores what is left to store, ends all watches and advances. */
  close(): Promise<void>;
}
