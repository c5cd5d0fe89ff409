// The clock's mode as the cluster knows it. The engine only remembers it; the service's pacer turns running clocks by advance commands.

import { type ClusterState, defineTable } from '../kernel/state.ts';
import type { ClockSpec } from './config.ts';

const clocks = defineTable<ClockSpec>('cluster.clock');

const KEY = 'clock';

/** Remembers the mode and rate. */
export function setClock(state: ClusterState, clock: ClockSpec): void {
  clocks.put(state, KEY, clock.mode === 'running' ? { mode: 'running', rate: clock.rate ?? 1 } : { mode: 'manual' });
}

/** The mode and rate. */
export function clockOf(state: ClusterState): ClockSpec {
  return clocks.get(state, KEY) ?? { mode: 'manual' };
}
