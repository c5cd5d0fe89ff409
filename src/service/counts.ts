// What the service counts of itself.

import type { LiveCluster } from './live-cluster.ts';
import type { ServiceStats } from './ports.ts';

/** What was stored since the start of the process. */
export class Counts {
  private commits = 0;
  private changes = 0;

  /** Counts what a cluster stores from now on. */
  include(live: LiveCluster): void {
    live.onStored = (changes) => {
      this.commits += 1;
      this.changes += changes;
    };
  }

  /** With what the clusters in memory are doing. */
  of(clusters: Iterable<LiveCluster>): Pick<ServiceStats, 'openWatches' | 'advances' | 'commits' | 'changes'> {
    const { commits, changes } = this;
    const all = [...clusters];
    return { openWatches: openWatchesOf(all), advances: all.filter((live) => live.isAdvancing).length, commits, changes };
  }
}

export function openWatchesOf(clusters: Iterable<LiveCluster>): number {
  let count = 0;
  for (const live of clusters) count += live.hub.cursorCount;
  return count;
}
