// Reads all that a cluster's file holds, as `orrery check` does it: every page, every checksum, and with a replay every digest.

import { createCluster, execute } from '../engine/cluster/index.ts';
import { type ClusterIdentity, type CommitLog, type JournalRow, StorageDamage } from '../service/storage.ts';
import { compareWithHead } from './cluster-file.ts';
import { SqliteCommitLog } from './commit-log.ts';
import { currentVersion, OpenDatabase } from './database.ts';
import { identityMismatch, readIdentity } from './identity.ts';
import { withParents } from './open-parent.ts';
import { readAside } from './read-aside.ts';

export interface VerifyOptions {
  readonly closedDigest?: string | undefined;
  /** Runs every command again, which takes about as long as the first time. */
  readonly replays?: boolean;
}

/** What a sound file holds. */
export interface Verified {
  readonly commands: number;
  /** It was written before files said whose they are. */
  readonly isOld: boolean;
  /** Commands that a loss of power took. */
  readonly lost: number;
}

const CHANGES_BATCH = 1_000;
const CHANGES_LENGTH = 1_000_000;

/** Verifies a file without changing it. Fails: StorageDamage, whose message is what is to be said of the file. */
export function verifyClusterFile(file: string, owner: ClusterIdentity, options: VerifyOptions = {}): Verified {
  return readAside(file, (sqlite) => {
    const database = new OpenDatabase(file, sqlite);
    verifyPages(database);
    if (database.version < currentVersion('cluster')) return { commands: 0, isOld: true, lost: 0 };
    const found = readIdentity(database);
    const mismatch = identityMismatch(found, owner);
    if (mismatch !== undefined) throw new StorageDamage(mismatch);
    const { last, lostSeq = last.seq } = compareWithHead(database, owner, options.closedDigest);
    const commands = readWhole(withParents(new SqliteCommitLog(database, found), file, found.origin));
    if (options.replays === true) replay(commands);
    return { commands: commands.length, isOld: false, lost: lostSeq - last.seq };
  });
}

/** Looks through every page. Fails: StorageDamage. */
export function verifyPages({ sqlite }: OpenDatabase): void {
  const found = sqlite.pragma('integrity_check(1)', { simple: true });
  if (found !== 'ok') throw new StorageDamage(`is damaged: ${String(found)}`);
}

/** Reads everything, and gives the journal. Fails: StorageDamage. */
export function readWhole(log: CommitLog): readonly JournalRow[] {
  const stored = log.readCheckpoint();
  if (stored === undefined) throw new StorageDamage('is damaged: its checkpoint is missing');
  for (const _ of stored.records) continue;
  readChanges(log);
  for (const _ of log.readRefusals({ number: 0, id: 0 })) continue;
  return [...log.readJournal(0)];
}

function readChanges(log: CommitLog): void {
  const oldest = log.oldestRevision();
  if (oldest === undefined) return;
  for (let after = oldest - 1; ; ) {
    const last = log.readChanges(after, CHANGES_BATCH, CHANGES_LENGTH).at(-1);
    if (last === undefined) return;
    after = last.revision;
  }
}

function replay(rows: readonly JournalRow[]): void {
  const [genesis, ...others] = rows;
  if (genesis?.command.type !== 'genesis') throw new StorageDamage('holds a history without a beginning');
  const made = createCluster(genesis.command.config);
  const check = (seq: number, found: string, stored: string): void => {
    if (found !== stored) throw new StorageDamage(`does not replay to the stored digest at command ${seq}`);
  };
  check(genesis.seq, made.genesis.digest, genesis.digest);
  for (const { seq, command, digest } of others) check(seq, execute(made.state, command).digest, digest);
}
