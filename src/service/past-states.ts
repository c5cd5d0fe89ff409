// States of the past, made again from the checkpoint before them and the journal after it. They are read and never written.

import {
  type Command,
  createCluster,
  enterChanges,
  executeSteps,
  replayBefore,
  replayToRevision,
  replayUntil,
  restoreSteps,
  type Steps,
} from '../engine/cluster/index.ts';
import { type ClusterState, forkState } from '../engine/kernel/state.ts';
import type { Place } from './instant.ts';
import { ServiceError } from './ports.ts';
import { hashToHex } from '../engine/kernel/hash.ts';
import { BATCH_LENGTH_MAX, BATCH_MAX, type CommitLog, StorageDamage, type StoredChange } from './storage.ts';

/** A whole state that is in memory. */
export interface KnownState {
  readonly seq: number;
  readonly state: ClusterState;
}

/**
 * The state at a place of the journal; `known` may be nearer before it than what is stored, and `onWhole` learns of the last whole state before it. `isExact`: at a revision in the middle of an instant objects are as they were then, in a state that can only be
 * read; else it is the end of that instant, from where the cluster can go on. Fails: StorageDamage, gone.
 */
export function* stateAt(
  log: CommitLog,
  { seq, within }: Place,
  isExact: boolean,
  known?: KnownState,
  onWhole: (state: ClusterState) => void = () => {},
): Steps<ClusterState> {
  const start = yield* startBefore(log, seq, known);
  const { state } = start;
  for (const { seq: at, command, digest } of log.readJournal(start.seq)) {
    if (at > seq) {
      if (within === undefined) break;
      onWhole(state);
      if (within.kind === 'time' && state.nowMs > within.ms)
        throw new ServiceError('gone', `at what times command ${seq} and those before it were given is not known`);
      if (within.kind === 'revision' && isExact) yield* goToRevision(log, state, command, within.revision);
      else yield* replayUntil(state, command, within);
      break;
    }
    yield* executeSteps(state, command);
    checkDigest(state, at, digest);
  }
  return state;
}

/**
 * Leads a state into the command that follows, to the objects of a revision. They are taken from the changes where those are retained, which costs what has
 * changed; to make them again would cost all that the command did at that instant, of which there may be a hundred times more. Fails: StorageDamage, gone.
 */
function* goToRevision(log: CommitLog, state: ClusterState, command: Command, revision: number): Steps<void> {
  const release = log.retain();
  try {
    const target = retainedAfter(log, revision - 1, 1)[0];
    if (target === undefined) return yield* replayToRevision(state, command, revision);
    yield* replayBefore(state, command, target.timeMs);
    const changes: StoredChange[] = [];
    while (state.revision + changes.length < revision) {
      const found = retainedAfter(log, state.revision + changes.length, revision - state.revision - changes.length);
      if (found.length === 0) return yield* replayToRevision(state, command, revision);
      for (const change of found) if (change.revision <= revision) changes.push(change);
      yield;
    }
    if (changes.some(({ timeMs }) => timeMs !== target.timeMs))
      throw new ServiceError(
        'gone',
        `revision ${revision} was made by another version of the engine, and this one comes to another result`,
      );
    yield* enterChanges(state, changes);
  } finally {
    release();
  }
}

/** Changes behind a revision, without a gap; none when they are forgotten. */
export function retainedAfter(log: CommitLog, after: number, countMax: number): readonly StoredChange[] {
  const found = log.readChanges(after, Math.min(countMax, BATCH_MAX), BATCH_LENGTH_MAX);
  return found[0]?.revision === after + 1 ? found : [];
}

/** The newest state before a command that needs no replay: of a checkpoint, or in files of an earlier version, which have one only, of the genesis. */
export function* startBefore(log: CommitLog, seq: number, known?: KnownState): Steps<KnownState> {
  const stored = log.readCheckpoint(seq);
  if (known !== undefined && known.seq <= seq && known.seq >= (stored?.checkpoint.journalSeq ?? 0))
    return { state: forkState(known.state), seq: known.seq };
  if (stored !== undefined) {
    const { header, journalSeq } = stored.checkpoint;
    return { state: yield* restoreSteps(header, stored.records), seq: journalSeq };
  }
  const [genesis] = log.readJournal(0);
  if (genesis?.command.type !== 'genesis') throw new StorageDamage('its journal has no beginning');
  const { state } = createCluster(genesis.command.config);
  checkDigest(state, 1, genesis.digest);
  return { state, seq: 1 };
}

/** Nobody is served a past that was not. */
export function checkDigest(state: ClusterState, seq: number, digest: string): void {
  if (hashToHex(state.digest) === digest) return;
  throw new ServiceError('gone', `command ${seq} was executed by another version of the engine, and this one comes to another result`);
}

interface Entry {
  readonly uid: string;
  readonly place: Place;
  readonly key: string;
  readonly state: ClusterState;
  usedAtMs: number;
}

/** States that are looked at again and again are kept for a while. */
export class PastStates {
  private entries: Entry[] = [];

  get size(): number {
    return this.entries.length;
  }

  get(uid: string, place: Place): ClusterState | undefined {
    const found = this.entries.find((entry) => entry.uid === uid && entry.key === keyOf(place));
    if (found !== undefined) found.usedAtMs = performance.now();
    return found?.state;
  }

  put(uid: string, place: Place, state: ClusterState): void {
    this.entries.sort((a, b) => b.usedAtMs - a.usedAtMs);
    this.entries = [{ uid, place, key: keyOf(place), state, usedAtMs: performance.now() }, ...this.entries].slice(0, ENTRIES_MAX);
  }

  /** The last whole state up to a command. */
  lastBefore(uid: string, seq: number): KnownState | undefined {
    let found: Entry | undefined;
    for (const entry of this.entries)
      if (entry.uid === uid && entry.place.within === undefined && entry.place.seq <= seq && entry.place.seq > (found?.place.seq ?? 0))
        found = entry;
    return found === undefined ? undefined : { seq: found.place.seq, state: found.state };
  }

  /** The last state for which a condition holds. */
  nearest(uid: string, holds: (state: ClusterState) => boolean): ClusterState | undefined {
    let found: ClusterState | undefined;
    for (const entry of this.entries)
      if (entry.uid === uid && holds(entry.state) && entry.state.revision > (found?.revision ?? -1)) found = entry.state;
    return found;
  }

  /** Drops those that nobody has looked at since a reading of the monotonic clock. */
  dropUnused(sinceMs: number): void {
    this.entries = this.entries.filter(({ usedAtMs }) => usedAtMs > sinceMs);
  }
}

const ENTRIES_MAX = 6;

function keyOf(place: Place): string {
  return JSON.stringify(place);
}
