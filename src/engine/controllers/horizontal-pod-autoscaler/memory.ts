// What the autoscaler remembers of each HPA between its looks; lost with the HPA, as upstream with the process.
// Upstream: pkg/controller/podautoscaler/horizontal.go (recommendations, scaleUpEvents, scaleDownEvents, hpaSelectors) (v1.33).

import { type ClusterState, defineTable } from '../../kernel/state.ts';

export interface Recommendation {
  readonly atMs: number;
  readonly replicas: number;
}

export interface ScaleStep {
  readonly atMs: number;
  /** How many replicas were added or taken away; positive. */
  readonly change: number;
}

export interface Memory {
  /** The target's selector at the last look; null before the first one. */
  readonly selector: string | null;
  readonly recommendations: readonly Recommendation[];
  readonly ups: readonly ScaleStep[];
  readonly downs: readonly ScaleStep[];
}

const EMPTY: Memory = { selector: null, recommendations: [], ups: [], downs: [] };

/** The longest time that a stabilization window and the longest that a policy may look back (validation). */
const RECOMMENDATION_MS_MAX = 3_600_000;
const STEP_MS_MAX = 1_800_000;

const memories = defineTable<Memory>('horizontal-pod-autoscaler');

export function memoryOf(state: ClusterState, key: string): Memory {
  return memories.get(state, key) ?? EMPTY;
}

/** Keeps what may still count. */
export function remember(state: ClusterState, key: string, memory: Memory): void {
  const since = (spanMs: number) => (item: { readonly atMs: number }) => item.atMs >= state.nowMs - spanMs;
  memories.put(state, key, {
    ...memory,
    recommendations: memory.recommendations.filter(since(RECOMMENDATION_MS_MAX)),
    ups: memory.ups.filter(since(STEP_MS_MAX)),
    downs: memory.downs.filter(since(STEP_MS_MAX)),
  });
}

export function forget(state: ClusterState, key: string): void {
  memories.remove(state, key);
}
