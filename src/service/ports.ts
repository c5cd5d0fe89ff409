// What the service offers to the HTTP layer (ClusterService), and what it needs of storage (ClusterStore, CommitLog). The HTTP layer and the
// database know each other only through this file; a host joins them.

import type {
  ClockSpec,
  ClusterConfig,
  Command,
  Commit,
  RecordChange,
  SnapshotHeader,
  StoredRecord,
  WaitCondition,
} from '../engine/cluster/index.ts';
import type { KubeObject } from '../engine/apimachinery/meta.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import type { ChangeType } from '../engine/kernel/store.ts';

/** Length of a cluster's name, which is a DNS-1123 label. */
export const CLUSTER_NAME_LENGTH_MAX = 40;

export type ServiceErrorCode =
  | 'cluster-not-found'
  | 'cluster-exists'
  /** One of service/limits.ts; the detail names it. */
  | 'limit-exceeded'
  /** Nothing can be written or read just now; nothing was lost. */
  | 'storage-unavailable'
  | 'storage-full'
  /** The stored history cannot be continued; other clusters are not concerned. */
  | 'cluster-broken'
  /** The change log does not reach back so far. */
  | 'gone'
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
  readonly seed: number;
  /** Virtual instants, RFC 3339. */
  readonly startTime: string;
  readonly now: string;
  readonly elapsedSeconds: number;
  readonly clock: ClockSpec;
  readonly resourceVersion: string;
  readonly digest: string;
  readonly nodes: number;
  readonly objects: number;
  /** Wall time, RFC 3339. */
  readonly createdAt: string;
}

export interface ClusterPage {
  readonly items: readonly ClusterInfo[];
  /** Give it as `after` to get the next page; absent on the last. */
  readonly next?: string;
}

export type AdvanceGoal =
  | { readonly kind: 'to'; readonly toMs: number }
  /** The next n instants at which an object changes. */
  | { readonly kind: 'steps'; readonly steps: number }
  /** Timeouts are virtual milliseconds from the instant at which the advance begins. */
  | { readonly kind: 'until'; readonly condition: WaitCondition; readonly timeoutMs: number }
  | { readonly kind: 'idle'; readonly timeoutMs: number };

export interface AdvanceProgress {
  readonly nowMs: number;
  readonly watchEvents: number;
}

export interface AdvanceOptions {
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
}

/** The single writer of all clusters. Calls that return no promise have done their work, and stored it, when they return. */
export interface ClusterService {
  /** Fails: cluster-exists, limit-exceeded, storage-*. */
  create(config: ClusterConfig): ClusterInfo;
  get(name: string): ClusterInfo;
  /** By name; `after` is the name behind which the page begins. */
  list(page: { readonly limit: number; readonly after?: string }): ClusterPage;
  remove(name: string): void;
  /** Executes one command. A failed outcome is returned and not journalled; a good one is stored before it is returned. */
  execute(name: string, command: Command): Commit;
  /** Reads the live state. The reader must neither keep nor change it. */
  read<T>(name: string, reader: (state: ClusterState) => T): T;
  /** Turns the clock in slices. Fails: busy when another advance of the cluster is going on. */
  advance(name: string, goal: AdvanceGoal, options?: AdvanceOptions): Promise<AdvanceResult>;
  setClock(name: string, clock: ClockSpec): ClockSpec;
  /** A cursor behind revision `after`. Fails: gone, limit-exceeded. */
  watch(name: string, after: number): WatchCursor;
  latestRevision(name: string): number;
  /** The first revision that can still be read; one more than the latest when none is retained. */
  oldestRetainedRevision(name: string): number;
  /** Proves by writing that storage can be written. Fails: storage-*. */
  checkReady(): void;
  stats(): ServiceStats;
  /** Stores what is left to store, ends all watches and advances. */
  close(): Promise<void>;
}

// ---- What the service needs of storage.

/** A row of the change log as it is stored. */
export interface StoredChange {
  readonly revision: number;
  readonly timeMs: number;
  readonly type: ChangeType;
  readonly resource: string;
  readonly json: string;
  /** See LoggedChange.previous. */
  readonly previousJson?: string | undefined;
}

/** A row of the journal: a command, and what must have come of it. */
export interface JournalEntry {
  readonly command: Command;
  readonly engineVersion: number;
  /** After the command. */
  readonly nowMs: number;
  readonly revision: number;
  readonly digest: string;
}

/** What a commit stores, in one transaction. */
export interface LogAppend {
  readonly entry: JournalEntry;
  readonly changes: readonly StoredChange[];
  /** How many changes stay readable; older ones may be dropped. */
  readonly retainedChanges: number;
  /** The entry takes the place of the last one: an advance that goes on where the one before ended. */
  readonly replacesLast: boolean;
}

/** Records that changed since the last checkpoint, and where in the journal it stands. */
export interface Checkpoint {
  readonly header: SnapshotHeader;
  readonly records: Iterable<RecordChange>;
}

/** What a cluster is opened from: the last checkpoint, and the commands after it. Without a checkpoint the first command is the genesis. */
export interface StoredCluster {
  readonly checkpoint: { readonly header: SnapshotHeader; readonly records: Iterable<StoredRecord> } | undefined;
  readonly tail: Iterable<JournalEntry>;
  /** The last entry of the whole journal. */
  readonly last: JournalEntry;
}

/** Revisions that can be read, both inclusive; `oldest` is `latest + 1` when there are none. */
export interface LogRange {
  readonly oldest: number;
  readonly latest: number;
}

/** The stored history of one cluster. Every call fails with storage-unavailable, storage-full or cluster-broken, having changed nothing. */
export interface CommitLog {
  append(append: LogAppend): void;
  checkpoint(checkpoint: Checkpoint): void;
  load(): StoredCluster;
  range(): LogRange;
  /** Changes behind `after`, oldest first, as many as are stored together; empty when there are none. */
  readChanges(after: number): readonly StoredChange[];
  /** Gives back what the operating system lends; the log stays usable. */
  release(): void;
}

/** What the directory knows of a cluster without opening it. */
export interface ClusterSummary {
  readonly clock: ClockSpec;
  readonly nowMs: number;
  readonly revision: number;
  readonly digest: string;
  readonly nodes: number;
  readonly objects: number;
}

export interface ClusterEntry {
  readonly name: string;
  readonly seed: number;
  /** Virtual. */
  readonly startMs: number;
  /** Wall time in milliseconds. */
  readonly createdMs: number;
  /** As of the last time the cluster went to sleep; undefined when it has changed since. */
  readonly summary: ClusterSummary | undefined;
  /** False only when the clock certainly does not run. */
  readonly mayRun: boolean;
}

/** All stored clusters. */
export interface ClusterStore {
  count(): number;
  find(name: string): ClusterEntry | undefined;
  /** By name, behind `after`. */
  list(limit: number, after: string | undefined): ClusterEntry[];
  /** Names of clusters whose clock may run. */
  mayRunNames(): string[];
  /** Stores a new cluster with its first commit. Fails: cluster-exists. */
  create(cluster: { readonly config: ClusterConfig; readonly createdMs: number }, genesis: LogAppend): CommitLog;
  log(name: string): CommitLog;
  setMayRun(name: string, mayRun: boolean): void;
  /** With undefined: the cluster changes from now on. */
  setSummary(name: string, summary: ClusterSummary | undefined): void;
  /** Removes a cluster; what a crash leaves of it is removed at the next start. */
  remove(name: string): void;
  checkWritable(): void;
  close(): void;
}
