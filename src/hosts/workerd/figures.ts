// What many hosts say of themselves, as one would.

import type { HostStats } from '../../service/host.ts';
import { type Durations, SLICE_SECONDS_BOUNDS } from '../../service/ports.ts';

export function sumOf(all: readonly HostStats[]): HostStats {
  const total = (of: (figures: HostStats) => number) => all.reduce((sum, figures) => sum + of(figures), 0);
  return {
    awakeClusters: total(({ awakeClusters }) => awakeClusters),
    runningClocks: total(({ runningClocks }) => runningClocks),
    openWatches: total(({ openWatches }) => openWatches),
    advances: total(({ advances }) => advances),
    commits: total(({ commits }) => commits),
    changes: total(({ changes }) => changes),
    heapBytes: total(({ heapBytes }) => heapBytes),
    slices: durationsOf(all.map(({ slices }) => slices)),
  };
}

function durationsOf(all: readonly Durations[]): Durations {
  return {
    counts: SLICE_SECONDS_BOUNDS.map((_, index) => all.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0)),
    count: all.reduce((sum, { count }) => sum + count, 0),
    sum: all.reduce((sum, durations) => sum + durations.sum, 0),
  };
}
