// What the service counts of itself.

import type { LiveCluster } from './live-cluster.ts';
import { type Durations, type ServiceStats, SLICE_SECONDS_BOUNDS } from './ports.ts';

/** What was stored since the start of the process. */
export class Counts {
  private commits = 0;
  private changes = 0;
  private readonly sliceCounts = SLICE_SECONDS_BOUNDS.map(() => 0);
  private sliceCount = 0;
  private sliceSeconds = 0;

  /** Counts what a cluster stores from now on. */
  include(live: LiveCluster): void {
    live.onStored = (changes) => {
      this.commits += 1;
      this.changes += changes;
    };
    live.onTurned = (seconds) => {
      this.sliceCount += 1;
      this.sliceSeconds += seconds;
      for (const [index, bound] of SLICE_SECONDS_BOUNDS.entries())
        if (seconds <= bound) this.sliceCounts[index] = (this.sliceCounts[index] ?? 0) + 1;
    };
  }

  private slices(): Durations {
    return { counts: [...this.sliceCounts], count: this.sliceCount, sum: this.sliceSeconds };
  }

  /** With what the clusters in memory are doing. */
  of(clusters: Iterable<LiveCluster>): Pick<ServiceStats, 'openWatches' | 'advances' | 'commits' | 'changes' | 'slices'> {
    const { commits, changes } = this;
    const all = [...clusters];
    return {
      openWatches: openWatchesOf(all),
      advances: all.filter((live) => live.isAdvancing).length,
      commits,
      changes,
      slices: this.slices(),
    };
  }
}

export function openWatchesOf(clusters: Iterable<LiveCluster>): number {
  let count = 0;
  for (const live of clusters) count += live.hub.cursorCount;
  return count;
}
