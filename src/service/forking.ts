// Forks: clusters that begin where another one was, now or in the past, and share with it what they do not change.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { clockOf, type Command, replayUntil, type Steps } from '../engine/cluster/index.ts';
import { forkState } from '../engine/kernel/state.ts';
import type { Place } from './instant.ts';
import { Job } from './job.ts';
import { type ForkBase, LiveCluster } from './live-cluster.ts';
import type { ForkRequest } from './ports.ts';
import type { Directory, DirectoryRow } from './storage.ts';

/** Makes a fork with its storage; it is nobody's yet. In turns, where the past has to be made again. Fails: invalid-instant, gone, storage-*. */
export async function makeFork(
  parent: LiveCluster,
  directory: Directory,
  { row, at, seed }: ForkRequest,
  turnEnd: () => number,
): Promise<LiveCluster> {
  const job = new Job(startOf(parent, at === undefined ? parent.placeOfNow() : parent.placeOf(at)), () => {});
  for (job.turn(turnEnd()); !job.isOver; job.turn(turnEnd())) await nextTurn();
  const { base, last } = job.result();
  const origin = parent.pinFork(row.file, base);
  const forked: DirectoryRow = { ...row, origin, isRunning: clockOf(base.state).mode === 'running' };
  const live = LiveCluster.fork({ row: forked, log: directory.create(forked, () => {}) }, parent, base);
  live.closeExecs();
  if (last !== undefined) live.execute(last);
  if (seed !== undefined) live.execute({ type: 'seed', seed });
  return live;
}

interface Start {
  readonly base: ForkBase;
  /** Leads from the last whole command to the place. */
  readonly last: Command | undefined;
}

function* startOf(parent: LiveCluster, { seq, within }: Place): Steps<Start> {
  const base = yield* parent.forkBase(seq);
  if (within === undefined) return { base, last: undefined };
  if (within.kind === 'time') return { base, last: { type: 'advance', toMs: within.ms } };
  const command = parent.commandAfter(seq);
  if (command.type !== 'advance') return { base, last: command };
  // The instant in which the revision was made is found by going there.
  const trial = forkState(base.state);
  yield* replayUntil(trial, command, within);
  return { base, last: { type: 'advance', toMs: trial.nowMs } };
}
