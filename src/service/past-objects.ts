// Objects of the past, without all the rest: those of the checkpoint before, with what has changed since, as it was published. That costs what has changed,
// where a replay costs all that was done; the change log is as exact, and who reads objects needs no more.

import { ENGINE_VERSION, enterObjects, restoreObjects, type Steps } from '../engine/cluster/index.ts';
import { type ClusterState, forkObjects } from '../engine/kernel/state.ts';
import type { Place } from './instant.ts';
import { retainedAfter } from './past-states.ts';
import type { CommitLog, StoredChange } from './storage.ts';

/** Up to where changes are entered. */
export interface ObjectsEnd {
  readonly revision: number;
  /** Changes of a later time are left out; absent: none is. */
  readonly maxMs?: number;
  /** Where the clock stands then; absent: at the last change. */
  readonly nowMs?: number;
}

/**
 * The objects at a place, as a state that has nothing else; `nearest` may know a state before an end. Undefined: that is not to be told from what is retained
 * of the changes, or another version of the engine was at work, so that it is for a replay to say whether it comes to the same. Fails: StorageDamage.
 */
export function* objectsAt(
  log: CommitLog,
  place: Place,
  nearest: (end: ObjectsEnd) => ClusterState | undefined,
): Steps<ClusterState | undefined> {
  const end = endOf(log, place);
  if (end === undefined) return undefined;
  const release = log.retain();
  try {
    const state = yield* startOf(log, place, end, nearest(end));
    if (state === undefined) return undefined;
    const changes = yield* changesUntil(log, state.revision, end);
    if (changes === undefined) return undefined;
    yield* enterObjects(state, changes);
    state.nowMs = end.nowMs ?? state.nowMs;
    return state;
  } finally {
    release();
  }
}

/** Undefined: files of an earlier version have no times. */
function endOf(log: CommitLog, { seq, within }: Place): ObjectsEnd | undefined {
  const { revision, nowMs } = log.commandHead(seq);
  if (nowMs === undefined) return undefined;
  if (within === undefined) return { revision, nowMs };
  if (within.kind === 'revision') return { revision: within.revision };
  return { revision: log.commandHead(seq + 1).revision, maxMs: within.ms, nowMs: within.ms };
}

/** Whether a state has nothing that comes behind an end, and is not it: where its clock would have to be set back. */
export function isBefore({ revision, nowMs }: ClusterState, end: ObjectsEnd): boolean {
  if (end.maxMs !== undefined) return revision <= end.revision && nowMs <= end.maxMs;
  return end.nowMs === undefined ? revision < end.revision : revision <= end.revision;
}

/** Undefined when what follows on it is not retained, which is looked at first, or another version of the engine wrote it. */
function* startOf(log: CommitLog, { seq }: Place, end: ObjectsEnd, known: ClusterState | undefined): Steps<ClusterState | undefined> {
  const stored = log.readCheckpoint(seq, 'objects');
  if (stored === undefined) return undefined;
  const { header } = stored.checkpoint;
  if (header.engine !== ENGINE_VERSION) return undefined;
  const isNearer = known !== undefined && known.revision >= header.revision;
  const { revision } = isNearer ? known : header;
  if (revision < end.revision && (log.oldestRevision() ?? Number.POSITIVE_INFINITY) > revision + 1) return undefined;
  if (isNearer) return forkObjects(known);
  return yield* restoreObjects(header, stored.records);
}

/** Changes behind a revision; undefined when not all of them are retained. */
function* changesUntil(
  log: CommitLog,
  after: number,
  { revision, maxMs = Number.POSITIVE_INFINITY }: ObjectsEnd,
): Steps<StoredChange[] | undefined> {
  const changes: StoredChange[] = [];
  while (after + changes.length < revision) {
    const found = retainedAfter(log, after + changes.length, revision - after - changes.length);
    if (found.length === 0) return undefined;
    for (const change of found) {
      if (change.revision > revision || change.timeMs > maxMs) return changes;
      changes.push(change);
    }
    yield;
  }
  return changes;
}
