// Where a fork begins.

import type { ClusterState } from '../engine/kernel/state.ts';
import type { CommandHead, DirectoryRow, ForkOrigin, StoredCheckpoint } from './storage.ts';

/** What a fork begins with: a state, the command that led to it, and the checkpoint from which what has changed is known. */
export interface ForkBase {
  readonly state: ClusterState;
  readonly seq: number;
  readonly number: number;
  readonly checkpoint: StoredCheckpoint;
}

/** What is written down of where a fork of the cluster of this row begins. */
export function forkOrigin(parent: DirectoryRow, { seq, number, checkpoint }: ForkBase, { revision, digest }: CommandHead): ForkOrigin {
  const { uid, name, origin, file } = parent;
  const files = [file, ...(origin?.files ?? [])];
  return { uid, name, seq, number, revision, digest, checkpointSeq: checkpoint.journalSeq, files, home: origin?.home ?? name };
}
