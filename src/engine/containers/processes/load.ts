// What requests cost a server: how many it has answered between two looks of the metrics server, and what each of them takes of a processor. Rule: K931.
// Upstream: registry.k8s.io/hpa-example, the walkthrough of HorizontalPodAutoscaler in Kubernetes' documentation.

import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { timingOf } from '../timing.ts';

interface Load {
  /** The look that comes next, counted from the epoch. */
  look: number;
  /** Billionths of a second of a processor since the look before it, and between the two looks before. */
  sinceNano: number;
  beforeNano: number;
}

/** Rows of containers that ever had such a request. */
const loads = defineTable<Load>('kubelet.load');

/** A container works on a request. */
export function noteWork(state: ClusterState, instanceId: string, cpuMs: number): void {
  const { metricsResolutionMs } = timingOf(state);
  if (metricsResolutionMs === 0 || cpuMs === 0) return;
  const look = Math.floor(state.nowMs / metricsResolutionMs) + 1;
  const row = loads.has(state, instanceId) ? loads.edit(state, instanceId) : undefined;
  const nano = cpuMs * 1_000_000;
  if (row === undefined) return loads.put(state, instanceId, { look, sinceNano: nano, beforeNano: 0 });
  if (row.look !== look) Object.assign(row, { look, beforeNano: row.look === look - 1 ? row.sinceNano : 0, sinceNano: 0 });
  row.sinceNano += nano;
}

/** What a container has worked before the last look, and since the one before that: billionths of a second of a processor. */
export function workBefore(state: ClusterState, instanceId: string, lookMs: number): number {
  const row = loads.get(state, instanceId);
  if (row === undefined) return 0;
  const look = Math.floor(lookMs / timingOf(state).metricsResolutionMs);
  return row.look === look ? row.sinceNano : row.look === look + 1 ? row.beforeNano : 0;
}

export function removeLoad(state: ClusterState, instanceId: string): void {
  loads.remove(state, instanceId);
}
