// A stored cluster as it is opened: its newest checkpoint, and the journal after it. Where another version of the engine wrote them, and this one does not
// come to the same, the cluster is opened at the checkpoint, and what was asked after it is kept as refused.

import {
  clockOf,
  type Command,
  type Commit,
  ENGINE_VERSION,
  executeSteps,
  type RecordedBy,
  restoreSteps,
  type SnapshotHeader,
  snapshotHeader,
  type Steps,
} from '../engine/cluster/index.ts';
import { hashToHex } from '../engine/kernel/hash.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { refusalOf } from './refusals.ts';
import { type CommitLog, type JournalRow, type Refusal, StorageDamage, type StoredCheckpoint } from './storage.ts';

export interface Restored {
  readonly state: ClusterState;
  /** Of the last command, and its number. */
  readonly seq: number;
  readonly number: number;
  /** The newest checkpoint. */
  readonly checkpoint: StoredCheckpoint;
  readonly recorded?: RecordedBy;
  /** What is to be said of commands that were taken out, or left to forks that begin with them. */
  readonly loss?: string;
  /** Why nothing can be changed. */
  readonly standing?: string;
}

/** The header of a checkpoint that this version writes. */
export function headerOf(state: ClusterState, recorded: RecordedBy | undefined): SnapshotHeader {
  return { ...snapshotHeader(state), engine: ENGINE_VERSION, ...(recorded === undefined ? {} : { recorded }) };
}

/** Fails: StorageDamage. */
export function* restoreCluster(log: CommitLog): Steps<Restored> {
  const { header, journalSeq } = checkpointOf(log);
  const { number, revision, digest } = log.commandHead(journalSeq);
  if (header.revision !== revision || hashToHex(header.digest) !== digest)
    throw new StorageDamage(`its checkpoint at command ${journalSeq} is not of the state that the command led to`);
  const checkpoint = { journalSeq, revision };
  const isOwn = header.engine === ENGINE_VERSION;
  const recorded = isOwn ? header.recorded : { engine: header.engine ?? 'unknown', number };
  const known = recorded === undefined ? {} : { recorded };
  const state = yield* restoreAt(log, journalSeq);
  try {
    const seq = yield* replayRest(log, state, journalSeq);
    return { state, seq, number: log.commandHead(seq).number, checkpoint, ...known };
  } catch (error) {
    if (isOwn || !(error instanceof ReplayDamage)) throw error;
    const lost = Array.from(log.readJournal(journalSeq));
    const back = yield* restoreAt(log, journalSeq);
    const because = `it was executed by version ${header.engine ?? 'unknown'} of the engine, and version ${ENGINE_VERSION} comes to another result`;
    const said = { code: 410, reason: 'Gone', message: `${because}; the cluster was opened at its last checkpoint` };
    const refusals = lost.map((row, index) => refusedOf(row, log.lastRefusalId() + index + 1, number, header, said));
    const isCut = log.cutBack({ seq: journalSeq, revision, isRunning: clockOf(back).mode === 'running', refusals });
    const what = `command ${error.seq} and those after it, ${lost.length} in the journal,`;
    const opened = { state: back, seq: journalSeq, number, checkpoint, ...known };
    if (isCut) return { ...opened, loss: `${what} are kept as refused: ${because}` };
    // Somebody else needs what would go: the cluster stays behind its checkpoint.
    const standing = `${because}, and what was asked after command ${number} is part of its forks, or of the cluster that it was forked from`;
    return { ...opened, loss: `${what} are left as they are, and nothing can be added to them: ${because}`, standing };
  }
}

function checkpointOf(log: CommitLog): { readonly header: SnapshotHeader; readonly journalSeq: number } {
  const stored = log.readCheckpoint();
  if (stored === undefined) throw new StorageDamage('its checkpoint is missing');
  return stored.checkpoint;
}

function* restoreAt(log: CommitLog, seq: number): Steps<ClusterState> {
  const stored = log.readCheckpoint(seq);
  if (stored === undefined) throw new StorageDamage('its checkpoint is missing');
  return yield* restoreSteps(stored.checkpoint.header, stored.records);
}

/** A journal that does not lead where it says, from a command on. */
class ReplayDamage extends StorageDamage {
  readonly seq: number;

  constructor(seq: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.seq = seq;
  }
}

/** Executes what was journalled after a checkpoint; the last command of the journal. */
function* replayRest(log: CommitLog, state: ClusterState, journalSeq: number): Steps<number> {
  let last = journalSeq;
  for (const { seq, command, digest, revision } of log.readJournal(journalSeq)) {
    last = seq;
    if (command.type === 'genesis') continue;
    const commit = yield* replay(state, seq, command);
    if (commit.digest !== digest || commit.revision !== revision)
      throw new ReplayDamage(seq, `its journal does not replay to the stored digest at command ${seq}`);
  }
  return last;
}

/** A command that was good once and fails now: the engine is not the one that wrote the journal, or the file is not what it was. */
function* replay(state: ClusterState, seq: number, command: Command): Steps<Commit> {
  try {
    return yield* executeSteps(state, command);
  } catch (error) {
    throw new ReplayDamage(seq, `its journal cannot be replayed at command ${seq}: ${(error as Error).message}`, { cause: error });
  }
}

function refusedOf(
  { command, wallMs = 0, client }: JournalRow,
  id: number,
  number: number,
  { revision, digest, nowMs }: SnapshotHeader,
  said: Pick<Refusal, 'code' | 'reason' | 'message'>,
): Refusal {
  return refusalOf(command, { id, number, revision, digest: hashToHex(digest), nowMs, wallMs, ...said }, client);
}
