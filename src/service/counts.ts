// What the service counts of itself.

import type { LiveCluster } from './live-cluster.ts';

/** What was stored since the start of the process. */
export class Counts {
  commits = 0;
  changes = 0;

  /** Counts what a cluster stores from now on. */
  of(live: LiveCluster): void {
    live.onStored = (changes) => {
      this.commits += 1;
      this.changes += changes;
    };
  }
}

export function openWatchesOf(clusters: Iterable<LiveCluster>): number {
  let count = 0;
  for (const live of clusters) count += live.hub.cursorCount;
  return count;
}
