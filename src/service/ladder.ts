// Which checkpoints are kept: all of the newest, and further back ever fewer, so that every moment is reached from a checkpoint before it by a replay
// that is short near now and bounded far back, while storage holds few versions of what changes often.

import type { ServiceLimits } from './limits.ts';
import type { StoredCheckpoint } from './storage.ts';

/** Changes at least for each row that a checkpoint writes anew: where each change touches other rows, it would cost as much as what it spares. */
const CHANGES_PER_REWRITTEN = 1;

/** Rows that a fork may have beyond the last checkpoint of its parent: it stores them in a file of its own. */
export const FORK_RECORDS_MAX = 50;

/** What has happened since the last checkpoint. */
export interface SinceCheckpoint {
  readonly commands: number;
  readonly changes: number;
  /** Rows that a checkpoint would write, */
  readonly records: number;
  /** and those of them that it would write anew: costs time to count. */
  readonly rewritten: () => number;
}

/** Whether so much has happened that a checkpoint is due; `patience` times as much after as many that failed. */
export function isCheckpointDue(since: SinceCheckpoint, limits: ServiceLimits, patience: number): boolean {
  const { commands, changes, records, rewritten } = since;
  if (commands >= limits.checkpointCommandsMax * patience || records >= limits.checkpointRecordsMax * patience) return true;
  return changes >= limits.checkpointChangesMax * patience && changes >= rewritten() * CHANGES_PER_REWRITTEN * patience;
}

/** A gap may be as long as half of its distance from now, */
const GAP_PER_DISTANCE = 0.5;

/** and holds so many changes at most, */
export const GAP_CHANGES_MAX = 50_000;

/** unless there would be more checkpoints than this. */
export const CHECKPOINTS_MAX = 64;

/** The checkpoints that can go; `checkpoints` are given the oldest first. The first and the newest stay, and so do those up to `pinnedSeq`, on which forks build. */
export function superfluousCheckpoints(checkpoints: readonly StoredCheckpoint[], revision: number, pinnedSeq = 0): readonly number[] {
  const kept = [...checkpoints];
  const gone: number[] = [];
  const drop = (index: number) => gone.push(...kept.splice(index, 1).map(({ journalSeq }) => journalSeq));
  for (let index = 1; index < kept.length - 1; ) {
    const isFree = (kept[index]?.journalSeq ?? 0) > pinnedSeq;
    const gap = gapWithout(kept, index);
    if (isFree && gap <= GAP_CHANGES_MAX && gap <= GAP_PER_DISTANCE * distance(kept, index, revision)) drop(index);
    else index += 1;
  }
  while (kept.length > CHECKPOINTS_MAX) {
    const index = leastMissed(kept, revision, pinnedSeq);
    if (index === undefined) break;
    drop(index);
  }
  return gone;
}

/** Changes between the neighbours of a checkpoint. */
function gapWithout(kept: readonly StoredCheckpoint[], index: number): number {
  return (kept[index + 1]?.revision ?? 0) - (kept[index - 1]?.revision ?? 0);
}

/** Changes from the one behind a checkpoint to now. */
function distance(kept: readonly StoredCheckpoint[], index: number, revision: number): number {
  return revision - (kept[index + 1]?.revision ?? revision);
}

function leastMissed(kept: readonly StoredCheckpoint[], revision: number, pinnedSeq: number): number | undefined {
  let best: number | undefined;
  let bestShare = Number.POSITIVE_INFINITY;
  for (let index = 1; index < kept.length - 1; index += 1) {
    if ((kept[index]?.journalSeq ?? 0) <= pinnedSeq) continue;
    const share = gapWithout(kept, index) / (distance(kept, index, revision) + 1);
    if (share < bestShare) [best, bestShare] = [index, share];
  }
  return best;
}
