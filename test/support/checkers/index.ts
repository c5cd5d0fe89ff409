// What holds after every command of every test that has a cluster, without a test having to ask for it.

import type { Commit } from '../../../src/engine/cluster/index.ts';
import type { ClusterState } from '../../../src/engine/kernel/state.ts';
import { WatchChecker } from './watches.ts';

export class Checkers {
  private readonly watches: WatchChecker;

  constructor(state: ClusterState) {
    this.watches = new WatchChecker(state);
  }

  after(state: ClusterState, commit: Commit): void {
    this.watches.after(state, commit);
  }

  /** The state was replaced by one that was made from its records. */
  restored(before: ClusterState, state: ClusterState): void {
    this.watches.restored(before, state);
  }
}
