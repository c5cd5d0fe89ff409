// What the service needs of storage: a directory of clusters, and for each a commit log. `http` and `db` know each other only through here and
// ports.ts.

import type { ClusterConfig, Command, RecordChange, SnapshotHeader, Steps, StoredRecord } from '../engine/cluster/index.ts';
import type { ChangeType } from '../engine/kernel/store.ts';
import type { ClusterInfo } from './ports.ts';

/**
 * What is stored is not what was stored: rows that do not pass their checksum, a file that is missing or another's, a history that ends too early.
 * What the message says is wrong is a cluster's; its files are left as they are.
 */
export class StorageDamage extends Error {
  override readonly name = 'StorageDamage';
}

/** What an acknowledged command survives: the death of the process, or also a loss of power. */
export type Durability = 'process' | 'full';

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
  /** Of the command as its client gave it: an advance that was stored in parts has one number, whatever its parts. */
  readonly number: number;
  readonly command: Command;
  /** After the command. */
  readonly revision: number;
  readonly digest: string;
  /** Virtual time after the command, and wall time at which it was stored, in milliseconds since 1970; absent in what an earlier version wrote. */
  readonly nowMs?: number;
  readonly wallMs?: number;
  /** Who asked, as he names himself. */
  readonly client?: string;
}

/** A command without what it says. */
export type CommandHead = Pick<JournalRow, 'seq' | 'number' | 'revision' | 'digest' | 'nowMs'>;

/** Refusals that are kept of one cluster: the newest. */
export const REFUSALS_MAX = 1_000;

/** A command that was refused. */
export interface Refusal {
  /** From 1, in the order in which they were asked; the oldest are forgotten. */
  readonly id: number;
  /** Of the command before it: it was refused in the state behind that one. */
  readonly number: number;
  readonly revision: number;
  readonly digest: string;
  /** Virtual and wall time at which it was asked, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** Who asked, as he names himself. */
  readonly client?: string;
  /** Of the Status that was the answer. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** The command in a line. */
  readonly line: string;
  /** Where it was long, with the names of its objects only, or with its type only. */
  readonly command: Command;
  readonly isShortened: boolean;
}

/** Behind a command and what was refused since, up to one of these; `id` 0: none of them. */
export interface RefusalPosition {
  readonly number: number;
  readonly id: number;
}

/** A checkpoint that is kept. */
export interface StoredCheckpoint {
  readonly journalSeq: number;
  readonly revision: number;
}

export interface Checkpoint {
  readonly header: SnapshotHeader;
  /** The last journal row it contains. */
  readonly journalSeq: number;
}

/** Which of its rows are read: all, or those that say which objects there are. */
export type RecordPart = 'all' | 'objects';

/** A checkpoint, and its rows, which are read and checked as they are asked for. */
export interface ReadCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly records: Iterable<StoredRecord>;
}

/** Where a history ends that is cut back, how the clock is there, and what is kept of the rest. */
export interface CutBack {
  readonly seq: number;
  readonly revision: number;
  readonly isRunning: boolean;
  readonly refusals: readonly Refusal[];
}

/** What a fork needs of its parent's file. */
export interface Pin {
  /** Name of the fork's file. */
  readonly file: string;
  readonly checkpointSeq: number;
  readonly oldestRevision: number;
}

/**
 * The storage of one cluster. Every method is done as a whole or not at all; failures are thrown as the driver throws them. What may be long is done in steps:
 * between them nothing else may be written, and what is read is what was there before. Fails: StorageDamage.
 */
export interface CommitLog {
  /** Whether the clock runs, as the last command about it said. */
  readonly isRunning: boolean;
  /** Stores a command with its changes, and forgets changes before `oldestRevision`. */
  append(row: JournalRow, changes: readonly StoredChange[], oldestRevision: number): Steps<void>;
  /** Stores the rows that changed since the checkpoint before. */
  checkpoint(checkpoint: Checkpoint, records: Iterable<RecordChange>): Steps<void>;
  /**
   * The newest checkpoint, or the newest that contains no command after `seqMax`. No checkpoint may be written or dropped while its records are read; of
   * those that are not asked for only the sum of their checksums is.
   */
  readCheckpoint(seqMax?: number, part?: RecordPart): ReadCheckpoint | undefined;
  /** Checkpoints that can be read, the oldest first. */
  listCheckpoints(): readonly StoredCheckpoint[];
  /** Forgets checkpoints; never the newest one. */
  dropCheckpoints(seqs: readonly number[]): Steps<void>;
  /**
   * Forgets what was journalled after a checkpoint, with its changes, and keeps it as refused. False, and nothing done: a fork begins there, or it is not the
   * cluster's own.
   */
  cutBack(cut: CutBack): boolean;
  /** Where a command led to; it is there. */
  commandHead(seq: number): CommandHead;
  /** Commands, in the same way. */
  readJournal(afterSeq: number): Iterable<JournalRow>;
  /** Stored changes after a revision, oldest first: at least one, then about `countMax` of them or `lengthMax` characters of their JSON. */
  readChanges(afterRevision: number, countMax: number, lengthMax: number): readonly StoredChange[];
  oldestRevision(): number | undefined;
  /** Stores what was refused, and forgets the oldest of it. */
  appendRefusals(refusals: readonly Refusal[]): void;
  /** What was refused behind a position, in its order. */
  readRefusals(position: RefusalPosition): Iterable<Refusal>;
  /** The id of the last refusal that the cluster itself has stored; 0: none. */
  lastRefusalId(): number;
  /** Keeps what a fork needs, for as long as its file is there. */
  pin(pin: Pin): void;
  /** What is kept for forks whose files are there. */
  pins(): readonly Pin[];
  /** Forgets no changes until what it gives back is called. */
  retain(): () => void;
  close(): void;
  /** Closes and leaves the files as they are, because they are damaged. */
  abandon(): void;
}

/** Where a fork begins: in the history of another cluster, whose file has what the fork does not write anew. */
export interface ForkOrigin {
  /** Of the parent: its incarnation, and its name when the fork was made. */
  readonly uid: string;
  readonly name: string;
  /** The last command that both have. */
  readonly seq: number;
  readonly number: number;
  readonly revision: number;
  readonly digest: string;
  /** The checkpoint on which the fork builds, by its command. */
  readonly checkpointSeq: number;
  /** The parent's file, that of its parent, and so on. */
  readonly files: readonly string[];
  /** The name by which the place of the clusters that share files is found. */
  readonly home: string;
  /** Of a cluster that was rewound: the incarnations that it had before. */
  readonly formerUids?: readonly string[];
  /** Of what came after a moment to which a cluster was rewound: the incarnation that the cluster has since. */
  readonly rewoundUid?: string;
}

/** Whose a cluster's file is. It stands in the file and in the directory. */
export interface ClusterIdentity {
  /** Of this incarnation: a cluster that is created again under the name of another has another one. */
  readonly uid: string;
  readonly name: string;
  readonly config: ClusterConfig;
  readonly createdAt: string;
  readonly isRunning: boolean;
  /** Of the cluster's own token; absent when it has none. */
  readonly tokenDigest?: string;
  /** Of a fork. */
  readonly origin?: ForkOrigin;
  /** Absent: none. */
  readonly labels?: Labels;
  /** Wall time without use after which it is deleted; absent: it is kept. */
  readonly ttlMs?: number;
}

/** Labels of a cluster, by which its owner finds it again. */
export type Labels = Readonly<Record<string, string>>;

/** Of a cluster that is deleted when nobody has used it for some time. */
export interface Lifetime {
  /** Wall time. */
  readonly ttlMs: number;
  /** Wall time of the last use, in milliseconds since 1970. */
  readonly usedMs: number;
}

export interface DirectoryRow extends ClusterIdentity {
  /** Wall time of the last use, in milliseconds since 1970; of clusters with a `ttlMs`. */
  readonly usedMs?: number;
  /** Name of the cluster's file. */
  readonly file: string;
  /** How the cluster stood when it left memory; absent while it is in memory. */
  readonly info?: ClusterInfo;
}

/** Name of the file of a new cluster: never used twice. */
export function fileNameOf(name: string, uid: string): string {
  return `${name}-${uid}.sqlite`;
}

/** The incarnation whose file has this name. */
export function uidOfFile(file: string): string {
  return file.slice(file.lastIndexOf('-') + 1, -'.sqlite'.length);
}

/** A cluster that is a fork. */
export type Fork = Pick<DirectoryRow, 'name' | 'uid' | 'createdAt'> & { readonly origin: ForkOrigin };

/** A row that cannot be trusted. */
export interface DamagedRow {
  readonly name: string;
  readonly damage: string;
}

/** The list of clusters, and where their storage is. */
export interface Directory {
  /** Fails: StorageDamage. */
  get(name: string): DirectoryRow | undefined;
  has(name: string): boolean;
  list(limit: number, after: string | undefined): readonly (DirectoryRow | DamagedRow)[];
  count(): number;
  /** Names of clusters whose clock runs. */
  running(): readonly string[];
  /** Digests of tokens by cluster, of those that have one. */
  tokenDigests(): ReadonlyMap<string, string>;
  /** Uids by cluster. */
  uids(): ReadonlyMap<string, string>;
  forks(): readonly Fork[];
  /** Of clusters that have one. */
  lifetimes(): ReadonlyMap<string, Lifetime>;
  /** When clusters were used for the last time. */
  setUsed(usedMs: ReadonlyMap<string, number>): void;
  /** Whether a cluster that is deleted had the name. */
  wasUsed(name: string): boolean;
  /** Makes a cluster's storage, which `fill` gives its first rows, and opens it. When it fails there is no cluster. */
  create(row: DirectoryRow, fill: (log: CommitLog) => void): CommitLog;
  /** Makes the storage of a row that the directory will have, and opens it. */
  make(row: DirectoryRow): CommitLog;
  /** A row for storage that is there. */
  add(row: DirectoryRow): void;
  /**
   * One row takes the place of that of its name, whose storage stays for those who read from it, and another one is added: both or none. Nobody has the
   * storage open that is left.
   */
  rewind(rewound: DirectoryRow, kept: DirectoryRow): void;
  /** Takes a creation back whose cluster nobody was told of. */
  discard(row: DirectoryRow): void;
  /** The storage of a cluster turned out to be damaged. */
  noteBroken(name: string, damage: StorageDamage): void;
  setRunning(name: string, isRunning: boolean): void;
  setInfo(name: string, info: ClusterInfo | undefined): void;
  /** Needs no room. */
  remove(name: string): void;
  /** Fails: StorageDamage. */
  open(name: string): CommitLog;
  /** Changes whenever the files of the cluster do. */
  stamp(name: string): string;
  /** Whether there is a file at all; it is not opened. */
  isPresent(name: string): boolean;
  /** Writes and takes back a row. */
  probe(): void;
  close(): void;
}

/** Changes that go together, to a watcher or as one value into storage, and characters of their JSON. */
export const BATCH_MAX = 500;
export const BATCH_LENGTH_MAX = 262_144;

/** Where the batch ends that begins at an index: behind at least one change; a larger one comes alone. */
export function batchEnd<T>(changes: readonly T[], from: number, lengthOf: (change: T) => number): number {
  let to = from;
  for (let length = 0; to < changes.length && to - from < BATCH_MAX; to += 1) {
    length += lengthOf(changes[to] as T);
    if (length > BATCH_LENGTH_MAX && to > from) break;
  }
  return to;
}
