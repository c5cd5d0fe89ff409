// Waiting for the end of what a cluster has in progress.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LiveCluster } from './live-cluster.ts';

/** What waiting needs of the service. */
export interface QuietOwner {
  present(name: string): LiveCluster | undefined;
  /** Learns for which cluster work begins. */
  onWork(name: string): void;
  /** Gives up the cluster in which work has failed, and says what is to be said of it. */
  failed(name: string, error: unknown): unknown;
  /** Reading of the monotonic clock at which a turn ends. */
  turnEnd(): number;
}

/** Turns of the event loop without one of the job: whoever drives it would have come by. */
const FORGOTTEN_TURNS = 3;

/**
 * Waits while a cluster is busy, or occupied. Who has begun a job drives it; one that was left behind is brought to its end here, so that nothing
 * that befalls its driver can hold the cluster for ever.
 */
export async function untilQuiet(owner: QuietOwner, name: string, state: 'isBusy' | 'isOccupied'): Promise<void> {
  let seen = -1;
  let idleTurns = 0;
  for (let live = owner.present(name); live?.[state] === true; live = owner.present(name)) {
    idleTurns = live.turnCount === seen ? idleTurns + 1 : 0;
    seen = live.turnCount;
    if (idleTurns >= FORGOTTEN_TURNS) drive(owner, live);
    await nextTurn();
  }
}

function drive(owner: QuietOwner, live: LiveCluster): void {
  owner.onWork(live.name);
  try {
    live.turn(owner.turnEnd());
  } catch (error) {
    // Who waits finds the cluster as it is stored.
    owner.failed(live.name, error);
  }
}
