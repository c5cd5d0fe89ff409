// A running clock of a cluster, as the pacer turns it.

import { ADVANCE_SPAN_MS_MAX } from '../engine/kernel/limits.ts';
import { AUTO_RATE } from './limits.ts';
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
  /** Whether somebody waits. */
  isAwaited(): boolean;
}

export function pacedCluster(startMs: number, rate: number | 'auto', owner: ClockOwner): PacedCluster {
  return {
    rate: rate === 'auto' ? AUTO_RATE : rate,
    isOpen: () => owner.isOpen(),
    wake: () => owner.wake(),
    isWanted: () => rate !== 'auto' || owner.isAwaited(),
    endMs: startMs + ADVANCE_SPAN_MS_MAX,
    nowMs: () => owner.present().state.nowMs,
    isBusy: () => owner.present().isBusy,
    turn(toMs) {
      if (owner.present().isAdvancing) return;
      owner.run(toMs, () => {
        if (!owner.present().isBusy) owner.quiet().beginPace(toMs);
        owner.present().turn(owner.turnEnd());
      });
    },
  };
}
