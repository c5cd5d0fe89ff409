// What holds after every command of every test that has a cluster, without a test having to ask for it.

import type { Commit } from '../../../src/engine/cluster/index.ts';
import type { ClusterState } from '../../../src/engine/kernel/state.ts';
import { ControllerChecker } from './controllers.ts';
import { WatchChecker } from './watches.ts';

export class Checkers {
  private readonly watches: WatchChecker;
  private readonly controllers: ControllerChecker;

  constructor(state: ClusterState) {
    this.watches = new WatchChecker(state);
    this.controllers = new ControllerChecker(state);
  }

  after(state: ClusterState, commit: Commit): void {
    this.watches.after(state, commit);
    this.controllers.after(state, commit);
  }

  /** The state was replaced by one that was made from its records. */
  restored(before: ClusterState, state: ClusterState): void {
    this.watches.restored(before, state);
  }
}
