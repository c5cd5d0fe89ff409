// What the service needs of storage: a directory of clusters, and for each a commit log. `http` and `db` know each other only through here and
// ports.ts.

import type { ClusterConfig, Command, RecordChange, SnapshotHeader, StoredRecord } from '../engine/cluster/index.ts';
import type { ChangeType } from '../engine/kernel/store.ts';
import type { ClusterInfo } from './ports.ts';

/** A change as it is stored. */
export interface StoredChange {
  readonly revision: number;
  readonly timeMs: number;
  readonly type: ChangeType;
  readonly resource: string;
  readonly json: string;
  readonly previousJson: string | null;
}

export interface JournalRow {
  readonly seq: number;
  readonly command: Command;
  /** After the command. */
  readonly revision: number;
  readonly digest: string;
}

export interface Checkpoint {
  readonly header: SnapshotHeader;
  /** The last journal row it contains. */
  readonly journalSeq: number;
}

/** The storage of one cluster. Every method is one transaction or read; failures are thrown as the driver throws them. */
export interface CommitLog {
  /** Stores a command with its changes, and forgets changes before `oldestRevision`. */
  append(row: JournalRow, changes: readonly StoredChange[], oldestRevision: number): void;
  /** Stores the rows that changed since the checkpoint before. */
  checkpoint(checkpoint: Checkpoint, records: readonly RecordChange[]): void;
  readCheckpoint(): { readonly checkpoint: Checkpoint; readonly records: readonly StoredRecord[] } | undefined;
  readJournal(afterSeq: number): readonly JournalRow[];
  /** Stored changes after a revision, oldest first: at least one, then about `countMax` of them or `lengthMax` characters of their JSON. */
  readChanges(afterRevision: number, countMax: number, lengthMax: number): readonly StoredChange[];
  oldestRevision(): number | undefined;
  close(): void;
}

export interface DirectoryRow {
  readonly name: string;
  readonly config: ClusterConfig;
  readonly createdAt: string;
  readonly isRunning: boolean;
  /** How the cluster stood when it left memory; absent while it is in memory. */
  readonly info?: ClusterInfo;
  /** Of the cluster's own token; absent when it has none. */
  readonly tokenDigest?: string;
}

/** The list of clusters, and where their storage is. */
export interface Directory {
  get(name: string): DirectoryRow | undefined;
  list(limit: number, after: string | undefined): readonly DirectoryRow[];
  count(): number;
  /** Names of clusters whose clock runs. */
  running(): readonly string[];
  /** Digests of tokens by cluster, of those that have one. */
  tokenDigests(): ReadonlyMap<string, string>;
  add(row: DirectoryRow): void;
  setRunning(name: string, isRunning: boolean): void;
  setInfo(name: string, info: ClusterInfo | undefined): void;
  remove(name: string): void;
  open(name: string): CommitLog;
  /** Writes and takes back a row. */
  probe(): void;
  close(): void;
}
