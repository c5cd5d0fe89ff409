// The arithmetic of a rollout, as pure functions: how large each ReplicaSet should be.
// Upstream: pkg/controller/deployment/{rolling,sync}.go, pkg/controller/deployment/util/deployment_util.go (v1.33). Rules: C216-C221, C230-C232.

import { scaledValue } from '../../apimachinery/int-or-percent.ts';
import type { Deployment } from '../../kinds/deployment/types.ts';
import type { ReplicaSet } from '../../kinds/replicaset/types.ts';
import { compareSets, desiredReplicasOf, maxReplicasOf } from './sets.ts';

/** One ReplicaSet and the size it gets. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly size: number;
}

export interface Fenceposts {
  /** Pods beyond the wish that a rollout may have. */
  readonly surge: number;
  /** Pods short of the wish that it may have. */
  readonly unavailable: number;
}

/** C216; 0 and 0 for other strategies. */
export function fencepostsOf({ spec }: Deployment): Fenceposts {
  const { replicas, strategy } = spec;
  if (strategy.type !== 'RollingUpdate') return { surge: 0, unavailable: 0 };
  const surge = scaledValue(strategy.rollingUpdate?.maxSurge ?? 0, replicas, 'up');
  const unavailable = scaledValue(strategy.rollingUpdate?.maxUnavailable ?? 0, replicas, 'down');
  const atLeastOne = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { surge, unavailable: Math.min(atLeastOne, replicas) };
}

/** The pods that the deployment may have at most: what max-replicas says. */
export function allowedTotal(deployment: Deployment): number {
  return deployment.spec.replicas + fencepostsOf(deployment).surge;
}

export function totalSize(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + set.spec.replicas, 0);
}

export function totalAvailable(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + (set.status.availableReplicas ?? 0), 0);
}

/** C217: the size of the new ReplicaSet that has `size` now, when all have `total`. */
export function planNewSize(deployment: Deployment, size: number, total: number): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type !== 'RollingUpdate' || size > replicas) return replicas;
  const room = allowedTotal(deployment) - total;
  return room <= 0 ? size : size + Math.min(room, replicas - size);
}

/** C219-C221: first what is not available anyway, then what availability allows; oldest first. A set may occur twice. */
export function planScaleDown(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): readonly Resize[] {
  const active = oldSets.filter((set) => set.spec.replicas > 0);
  const minAvailable = deployment.spec.replicas - fencepostsOf(deployment).unavailable;
  const newUnavailable = newSet.spec.replicas - (newSet.status.availableReplicas ?? 0);
  let rest = totalSize(active) + newSet.spec.replicas - minAvailable - newUnavailable;
  if (active.length === 0 || rest <= 0) return [];
  const resizes: Resize[] = [];
  const sizes = new Map(active.map((set) => [set, set.spec.replicas]));
  const reduce = (set: ReplicaSet, count: number): void => {
    const size = (sizes.get(set) as number) - count;
    sizes.set(set, size);
    resizes.push({ set, size });
  };
  for (const set of active) {
    const count = Math.min(rest, set.spec.replicas - (set.status.availableReplicas ?? 0));
    if (count <= 0) continue;
    reduce(set, count); // Unhealthy ones first, oldest set first (C220).
    rest -= count;
  }
  let budget = totalAvailable([...active, newSet]) - minAvailable;
  for (const set of active) {
    const count = Math.min(budget, sizes.get(set) as number);
    if (count <= 0) continue;
    reduce(set, count); // Then as many as availability allows (C221).
    budget -= count;
  }
  return resizes;
}

/** Some set still has the size of another number of replicas (C230). */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const desired = desiredReplicasOf(set);
    return set.spec.replicas > 0 && desired !== undefined && desired !== deployment.spec.replicas;
  });
}

/** C231, C232: the sizes after a change of the deployment's replicas. `oldSets` are in order of creation. */
export function planScaling(deployment: Deployment, newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]): readonly Resize[] {
  const { replicas, strategy } = deployment.spec;
  const all = newSet === undefined ? oldSets : [...oldSets, newSet];
  const active = all.filter((set) => set.spec.replicas > 0);
  if (active.length < 2) {
    const only = active[0] ?? newSet ?? oldSets[oldSets.length - 1];
    return only === undefined || only.spec.replicas === replicas ? [] : [{ set: only, size: replicas }];
  }
  if (newSet !== undefined && isSaturated(deployment, newSet)) {
    return active.filter((set) => set !== newSet).map((set) => ({ set, size: 0 }));
  }
  return strategy.type === 'RollingUpdate' ? planProportions(deployment, active) : [];
}

/** C231: a new ReplicaSet that is all the deployment wants. */
function isSaturated({ spec }: Deployment, newSet: ReplicaSet): boolean {
  const { replicas } = spec;
  return newSet.spec.replicas === replicas && desiredReplicasOf(newSet) === replicas && newSet.status.availableReplicas === replicas;
}

/** C232: each set keeps its share; the first one gets what rounding leaves. Sets that keep their size are listed too. */
function planProportions(deployment: Deployment, active: readonly ReplicaSet[]): readonly Resize[] {
  const allowed = deployment.spec.replicas === 0 ? 0 : allowedTotal(deployment);
  const toAdd = allowed - totalSize(active);
  const sign = toAdd > 0 ? -1 : 1; // ties: scaling up youngest first, down oldest first
  const sorted = active.toSorted((a, b) => b.spec.replicas - a.spec.replicas || sign * compareSets(a, b));
  let added = 0;
  const sizes = sorted.map((set) => {
    const count = toAdd === added ? 0 : proportionOf(deployment, set, toAdd - added);
    added += count;
    return set.spec.replicas + count;
  });
  return sorted.map((set, index) => {
    const size = (sizes[index] as number) + (index === 0 ? toAdd - added : 0);
    return { set, size: Math.max(0, size) };
  });
}

/** What a set gets of the change, at most `left`. */
function proportionOf(deployment: Deployment, set: ReplicaSet, left: number): number {
  const { replicas } = set.spec;
  if (deployment.spec.replicas === 0) return Math.max(-replicas, left);
  const before = maxReplicasOf(set) || deployment.status.replicas || 0;
  if (before === 0) return 0;
  const fraction = Math.floor((replicas * allowedTotal(deployment)) / before + 0.5) - replicas;
  return left > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}
