// The clock's mode as the cluster knows it. The engine only remembers it; the service's pacer turns running clocks by advance commands.

import { type ClusterState, defineTable } from '../kernel/state.ts';
import type { ClockSpec } from './config.ts';

const clocks = defineTable<ClockSpec>('cluster.clock');

const KEY = 'clock';

/** Remembers the mode, and for a clock that runs its rate and patience. */
export function setClock(state: ClusterState, clock: ClockSpec): void {
  const { mode, rate = 1, patience } = clock;
  clocks.put(state, KEY, mode === 'running' ? { mode, rate, ...(patience === undefined ? {} : { patience }) } : { mode });
}

/** The mode and rate. */
export function clockOf(state: ClusterState): ClockSpec {
  return clocks.get(state, KEY) ?? { mode: 'manual' };
}
