// How well a node suits a pod: each plugin gives 0..100, the total is their weighted sum in whole numbers.
// Upstream: pkg/scheduler/framework/plugins/{noderesources,tainttoleration,nodeaffinity,imagelocality}, plugins/helper/normalize_score.go
// (v1.33). Rules: C830-C834, C836. PodTopologySpread is in spread-score.ts.

import type { Pod } from '../kinds/pod/types.ts';
import type { PodFacts } from './filters.ts';
import { preferredWeight } from '../kinds/shared/node-affinity.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { countUntoleratedSoft } from '../kinds/shared/taints.ts';

export const SCORE_MAX = 100;

/** How much each score counts (C830). */
export const WEIGHTS = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  NodeResourcesFit: 1,
  NodeResourcesBalancedAllocation: 1,
  ImageLocality: 1,
} as const;

/** C831: how much of cpu and memory stays free, in percent. */
export function leastAllocatedScore(facts: PodFacts, info: NodeInfo): number {
  let sum = 0;
  let count = 0;
  if (info.allocatable.milliCpu > 0) {
    sum += freePercent(info.nonZeroCpu + facts.nonZeroCpu, info.allocatable.milliCpu);
    count += 1;
  }
  if (info.allocatable.memory > 0) {
    sum += freePercent(info.nonZeroMemory + facts.nonZeroMemory, info.allocatable.memory);
    count += 1;
  }
  return count === 0 ? 0 : Math.floor(sum / count);
}

function freePercent(requested: number, allocatable: number): number {
  return requested > allocatable ? 0 : Math.floor(((allocatable - requested) * SCORE_MAX) / allocatable);
}

/** C832: how evenly cpu and memory would be used; 0 for all nodes when the pod requests neither. */
export function balancedScore(facts: PodFacts, info: NodeInfo): number {
  const { milliCpu, memory } = facts.requests;
  if (milliCpu === 0 && memory === 0) return 0;
  const { allocatable, requested } = info;
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return SCORE_MAX; // one resource is never out of balance
  const cpuFraction = Math.min(1, (requested.milliCpu + milliCpu) / allocatable.milliCpu);
  const memoryFraction = Math.min(1, (requested.memory + memory) / allocatable.memory);
  return Math.floor((1 - Math.abs((cpuFraction - memoryFraction) / 2)) * SCORE_MAX);
}

/** C833: fewest untolerated PreferNoSchedule taints first; 100 everywhere without such taints. */
export function taintScores(facts: PodFacts, infos: readonly NodeInfo[]): number[] {
  return normalizeReversed(
    infos.map((info) => (info.node.spec.taints === undefined ? 0 : countUntoleratedSoft(info.node.spec.taints, facts.tolerations))),
  );
}

/** C834: weights of matching preferred terms, scaled to 100; undefined when the pod prefers nothing. */
export function affinityScores(pod: Pod, infos: readonly NodeInfo[]): number[] | undefined {
  const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  if (preferred.length === 0) return undefined;
  return normalize(infos.map((info) => preferredWeight(pod, info.node)));
}

const MEGABYTE = 1024 * 1024;
const IMAGE_SCORE_MIN = 23 * MEGABYTE;
const IMAGE_SCORE_MAX_PER_CONTAINER = 1000 * MEGABYTE;

/** C836: bytes of the pod's images on the node, each weighted by the share of nodes that have it; undefined when no node has any. */
export function imageScores(pod: Pod, infos: readonly NodeInfo[], cache: NodeCache): number[] | undefined {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const images = containers.map((container) => normalizeImageName(container.image));
  if (!images.some((image) => (cache.imageNodes.get(image) ?? 0) > 0)) return undefined;
  const nodeCount = cache.visiting.length;
  return infos.map((info) => {
    let sum = 0;
    for (const image of images) {
      const size = info.images.get(image);
      if (size !== undefined) sum += Math.floor(size * ((cache.imageNodes.get(image) as number) / nodeCount));
    }
    const max = IMAGE_SCORE_MAX_PER_CONTAINER * containers.length;
    const bounded = Math.min(max, Math.max(IMAGE_SCORE_MIN, sum));
    return Math.floor((SCORE_MAX * (bounded - IMAGE_SCORE_MIN)) / (max - IMAGE_SCORE_MIN));
  });
}

/** Adds `:latest` to a name without a tag. */
export function normalizeImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
}

/** Scales to 100 by the greatest value; all 0 when that is 0. */
export function normalize(values: readonly number[]): number[] {
  const max = maxOf(values);
  return values.map((value) => (max === 0 ? 0 : Math.floor((SCORE_MAX * value) / max)));
}

/** As `normalize`, but the lowest value is best. */
export function normalizeReversed(values: readonly number[]): number[] {
  const max = maxOf(values);
  return values.map((value) => (max === 0 ? SCORE_MAX : SCORE_MAX - Math.floor((SCORE_MAX * value) / max)));
}

function maxOf(values: readonly number[]): number {
  let max = 0;
  for (const value of values) if (value > max) max = value;
  return max;
}
