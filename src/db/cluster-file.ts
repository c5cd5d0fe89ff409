// Makes and opens the file of one cluster. A file appears under its name complete, with its identity and its first checkpoint in the database
// itself, so that whatever is lost later it still says whose it is. It is opened only when it is what was stored.

import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ClusterIdentity, type CommitLog, StorageDamage } from '../service/storage.ts';
import { lastPosition, type Position, positionAt, SqliteCommitLog, startOf } from './commit-log.ts';
import { asDamage } from './damage.ts';
import {
  connect,
  connectInMemory,
  currentVersion,
  type DatabaseOptions,
  emptyDatabase,
  migrateDatabase,
  type OpenDatabase,
  withWal,
} from './database.ts';
import { bootId, createHead, type Head, headOf, HeadWriter, readHead } from './head.ts';
import { identityMismatch, readIdentity, writeIdentity } from './identity.ts';
import { withParents } from './open-parent.ts';
import { sealOldFile } from './seal-old-file.ts';

export interface ClusterFileOptions extends DatabaseOptions {
  /** The digest that the cluster had when it was closed in an orderly way. */
  readonly closedDigest?: string | undefined;
  /** Learns of commands that a loss of power took. */
  readonly onLoss?: ((loss: Loss) => void) | undefined;
}

/** Commands that were acknowledged and are not there. */
export interface Loss {
  readonly name: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Files up to this size are looked through when they are opened: some 15 ms. `orrery check` does it with all. */
const QUICK_CHECK_BYTES_MAX = 8 * 1_024 * 1_024;

/** What a file is called until it is complete. */
export const CREATING = '.creating';

/** Makes a file; `fill` writes the first rows of the cluster. When it fails there is no file. */
export function createClusterFile(file: string, owner: ClusterIdentity, fill: (log: CommitLog) => void, options: ClusterFileOptions): void {
  const creating = `${file}${CREATING}`;
  removeDatabase(creating);
  try {
    const { bytes, last } = filledDatabase(owner, fill, options);
    const { durability = 'process' } = options;
    const waits = durability === 'full' || !isPlainFork(owner);
    write(creating, bytes, waits);
    createHead(file, { uid: owner.uid, durability, ...last }, waits);
    renameSync(creating, file);
    if (options.durability === 'full') syncFolder(dirname(file));
  } catch (error) {
    removeDatabase(creating);
    rmSync(headOf(file), { force: true });
    throw error;
  }
}

/** It is filled in memory, and written at once, without a journal and shared memory. */
function filledDatabase(
  owner: ClusterIdentity,
  fill: (log: CommitLog) => void,
  options: ClusterFileOptions,
): { readonly bytes: Uint8Array; readonly last: Position } {
  const database = connectInMemory(emptyDatabase('cluster'), options);
  try {
    database.transaction(() => writeIdentity(database, owner));
    const log = new SqliteCommitLog(database, owner);
    fill(log);
    return { bytes: withWal(database.sqlite.serialize()), last: log.last };
  } finally {
    database.close();
  }
}

/** Forks come by the thousand, and are made again as quickly: unless more was promised, a loss of power may take one of the last half minute. */
function isPlainFork({ origin }: ClusterIdentity): boolean {
  return origin !== undefined && origin.formerUids === undefined && origin.rewoundUid === undefined;
}

function write(file: string, bytes: Uint8Array, waits: boolean): void {
  const handle = openSync(file, 'w');
  try {
    writeFileSync(handle, bytes);
    if (waits) fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Opens a file that is there, and is what was stored. Fails: StorageDamage, whose message is what is to be said of the file. */
export function openClusterFile(file: string, owner: ClusterIdentity, options: ClusterFileOptions = {}): CommitLog {
  checkPresence(file);
  const database = connectToFile(file, options);
  try {
    checkPages(database);
    bringUpToDate(database, owner);
    const found = readIdentity(database);
    const mismatch = identityMismatch(found, owner);
    if (mismatch !== undefined) throw new StorageDamage(mismatch);
    database.sqlite.pragma('journal_mode = WAL');
    return withParents(new SqliteCommitLog(database, found, openHead(database, owner, options)), file, found.origin);
  } catch (error) {
    database.abandon();
    throw asDamage(error);
  }
}

function connectToFile(file: string, options: ClusterFileOptions): OpenDatabase {
  try {
    return connect(file, 'cluster', { ...options, isUnknown: true });
  } catch (error) {
    throw asDamage(error);
  }
}

/** A missing folder is the environment's fault, and nobody's damage. */
function checkPresence(file: string): void {
  statSync(dirname(file));
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new StorageDamage('is missing');
  if (stat.size === 0) throw new StorageDamage('is empty');
}

function checkPages({ file, sqlite }: OpenDatabase): void {
  if (statSync(file).size > QUICK_CHECK_BYTES_MAX) return;
  const found = sqlite.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new StorageDamage(`is damaged: ${String(found)}`);
}

/** The first version whose files say whose they are. */
export const IDENTITY_VERSION = 2;

/** What an older file holds is checked as it is; the oldest have nothing to check, and get it. */
function bringUpToDate(database: OpenDatabase, owner: ClusterIdentity): void {
  const current = currentVersion('cluster');
  if (database.version > current) throw new StorageDamage('was written by a newer version of this program');
  if (database.version < IDENTITY_VERSION) sealOldFile(database, owner);
  else if (database.version < current && isOf(database, owner)) migrateDatabase(database, 'cluster');
}

/** A file that is somebody else's is left as it is. */
function isOf({ sqlite }: OpenDatabase, { uid }: ClusterIdentity): boolean {
  return sqlite.prepare('select 1 from identity where uid = ?').get(uid) !== undefined;
}

/** Goes on from where the journal ends. */
function openHead(database: OpenDatabase, owner: ClusterIdentity, options: ClusterFileOptions): HeadWriter {
  const { name, uid } = owner;
  const { last, isHeadMissing, lostSeq } = compareWithHead(database, owner, options.closedDigest);
  const durability = options.durability ?? 'process';
  if (lostSeq !== undefined) options.onLoss?.({ name, firstSeq: last.seq + 1, lastSeq: lostSeq });
  if (isHeadMissing) createHead(database.file, { uid, durability, ...last });
  const writer = new HeadWriter(database.file, uid, durability);
  writer.write(last.seq, last.checksum);
  return writer;
}

export interface Comparison {
  /** Where the journal ends. */
  readonly last: Position;
  readonly isHeadMissing: boolean;
  /** The last command that was acknowledged, when a loss of power took it. */
  readonly lostSeq?: number;
}

/** Compares the journal with what was acknowledged. Fails: StorageDamage. */
export function compareWithHead(database: OpenDatabase, owner: ClusterIdentity, closedDigest: string | undefined): Comparison {
  const { uid, origin } = owner;
  const last = lastPosition(database) ?? (origin === undefined ? undefined : { ...startOf(owner), digest: origin.digest });
  if (last === undefined) throw new StorageDamage('holds no history');
  const head = readHead(database.file);
  if (head === undefined || head === 'damaged') {
    const problem = `${head === undefined ? 'lacks its' : 'has a damaged'} .head file beside it`;
    if (closedDigest !== last.digest) throw new StorageDamage(`${problem}, so that nobody knows whether it is complete`);
    return { last, isHeadMissing: true };
  }
  if (head.uid !== uid) throw new StorageDamage('has the .head file of another cluster beside it');
  if (head.seq > last.seq) return { last, isHeadMissing: false, lostSeq: acceptLoss(head, last.seq) };
  const found = head.seq === origin?.seq ? startOf(owner) : positionAt(database, head.seq);
  if (found?.checksum !== head.checksum) throw new StorageDamage('holds another history than the one that was acknowledged');
  return { last, isHeadMissing: false };
}

/** A loss of power may take the newest commands, except when their durability is full. Nothing else may. */
function acceptLoss(head: Head, lastSeq: number): number {
  if (head.boot === bootId() || head.durability === 'full')
    throw new StorageDamage(
      `ends with command ${lastSeq}, and command ${head.seq} was acknowledged: its -wal file is lost, or it is an older copy`,
    );
  return head.seq;
}

/** Waits until names in a folder are on the disk. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes a database with what lies beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}
