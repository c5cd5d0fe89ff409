// A running clock of a cluster, as the pacer turns it.

import { parseDuration } from '../engine/apimachinery/time.ts';
import type { AdvanceGoal, ClockSpec } from '../engine/cluster/index.ts';
import { ADVANCE_SPAN_MS_MAX } from '../engine/kernel/limits.ts';
import { AUTO_RATE, PATIENCE_MS } from './limits.ts';
import type { Job } from './job.ts';
import type { LiveCluster } from './live-cluster.ts';
import type { PacedCluster } from './pacer.ts';

/** What a clock needs of the service. */
export interface ClockOwner {
  /** The cluster, also in the middle of a job. */
  present(): LiveCluster;
  isOpen(): boolean;
  /** Begins to open it; its clock starts anew then. */
  wake(): void;
  /** The cluster, quiet. */
  quiet(): LiveCluster;
  /** Runs a turn of work; `toMs` is where the clock goes. */
  run(toMs: number, turn: () => void): void;
  /** Reading of the monotonic clock at which a turn ends. */
  turnEnd(): number;
}

export function pacedCluster(startMs: number, { rate = 1, patience }: ClockSpec, owner: ClockOwner): PacedCluster {
  const isAuto = rate === 'auto';
  const patienceMs = (patience === undefined ? undefined : parseDuration(patience)) ?? PATIENCE_MS;
  const waiters = () => owner.present().hub.waiters;
  // A clock that waits for its clients stops where there may be something for one of them.
  const goalOf = (toMs: number): AdvanceGoal =>
    isAuto ? { kind: waiters().followers > 0 ? 'instant' : 'change', deadlineMs: toMs } : { kind: 'to', toMs };
  /** What the pace has begun last. */
  let begun: Pick<Job<unknown>, 'isDone'> | undefined;
  return {
    rate: isAuto ? AUTO_RATE : rate,
    isOpen: () => owner.isOpen(),
    wake: () => owner.wake(),
    isWanted: () => !isAuto || waiters().isQuiet(patienceMs),
    endMs: startMs + ADVANCE_SPAN_MS_MAX,
    nowMs: () => owner.present().state.nowMs,
    isBusy: () => owner.present().isOccupied,
    turn(toMs) {
      // An advance does the rest, and waits for what the pace has begun.
      if (owner.present().isAdvancing && begun?.isDone !== false) return;
      owner.run(toMs, () => {
        if (!owner.present().isOccupied) begun = owner.quiet().beginPace(goalOf(toMs));
        owner.present().turn(owner.turnEnd());
      });
    },
  };
}
