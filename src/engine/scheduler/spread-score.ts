// Spreading the replicas of a workload over nodes and zones, as a preference that every pod of a workload has without asking.
// Upstream: pkg/scheduler/framework/plugins/podtopologyspread/{plugin,scoring}.go, plugins/helper/spread.go (v1.33). Rule: C835.
// Omits: constraints of the pod's own (C838) and Services; both come with their kinds.

import { controllerOf } from '../apimachinery/meta.ts';
import { isEverything, selectorFromLabelSelector, type Selector } from '../apimachinery/labels.ts';
import { getObject, listBySelector } from '../apiserver/api.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { replicaSetKind } from '../kinds/replicaset/index.ts';
import type { ClusterState } from '../kernel/state.ts';
import { keyOf } from '../kernel/store.ts';
import type { PodFacts } from './filters.ts';
import { matchesRequiredAffinity } from '../kinds/shared/node-affinity.ts';
import type { NodeCache, NodeInfo, PlacedPod } from './node-cache.ts';
import { SCORE_MAX } from './scores.ts';
import { type SpreadGroup, spreadGroupOf } from './spread-index.ts';

const HOSTNAME_LABEL = 'kubernetes.io/hostname';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const HOSTNAME_SKEW_MAX = 3;
const ZONE_SKEW_MAX = 5;

/** Scores of the feasible nodes; undefined when the pod belongs to no workload. */
export function spreadScores(state: ClusterState, cache: NodeCache, facts: PodFacts, infos: readonly NodeInfo[]): number[] | undefined {
  const { pod } = facts;
  if ((pod.spec.topologySpreadConstraints ?? []).length > 0) return undefined;
  const selector = workloadSelectorOf(state, pod);
  if (selector === undefined) return undefined;
  const namespace = pod.metadata.namespace ?? '';
  const group = spreadGroupOf(cache.spread, namespace, selector, () => placedBySelector(state, cache, namespace, selector));
  return reverseScores(rawScores(cache, facts, infos, group));
}

/** The selector of the owner; undefined for bare pods and owners of other kinds. */
function workloadSelectorOf(state: ClusterState, pod: Pod): Selector | undefined {
  const owner = controllerOf(pod);
  if (owner === undefined || owner.kind !== 'ReplicaSet') return undefined;
  const replicaSet = getObject(state, replicaSetKind, pod.metadata.namespace, owner.name);
  if (replicaSet === undefined) return undefined;
  const selector = selectorFromLabelSelector(replicaSet.spec.selector);
  return isEverything(selector) ? undefined : selector;
}

function placedBySelector(state: ClusterState, cache: NodeCache, namespace: string, selector: Selector): PlacedPod[] {
  const placed: PlacedPod[] = [];
  for (const pod of listBySelector(state, podKind, namespace, selector)) {
    const found = cache.placed.get(keyOf(pod));
    if (found !== undefined) placed.push(found);
  }
  return placed;
}

/** C835: round(sum(count * ln(size + 2) + maxSkew - 1)) over the labels that the node has. */
function rawScores(cache: NodeCache, facts: PodFacts, infos: readonly NodeInfo[], group: SpreadGroup): number[] {
  const zoneCounts = countZones(cache, facts, infos, group);
  const hostWeight = naturalLog(infos.length + 2);
  const zoneWeight = naturalLog(zoneCounts.size + 2);
  return infos.map((info) => {
    const { labels } = info.node.metadata;
    let score = 0;
    if (labels?.[HOSTNAME_LABEL] !== undefined) score += (group.counts.get(info.name) ?? 0) * hostWeight + HOSTNAME_SKEW_MAX - 1;
    const zone = labels?.[ZONE_LABEL];
    if (zone !== undefined) score += (zoneCounts.get(zone) ?? 0) * zoneWeight + ZONE_SKEW_MAX - 1;
    return Math.round(score);
  });
}

/** Pods per zone of the feasible nodes, counted over all nodes that the pod's affinity admits. */
function countZones(cache: NodeCache, facts: PodFacts, infos: readonly NodeInfo[], group: SpreadGroup): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of infos) {
    const zone = node.metadata.labels?.[ZONE_LABEL];
    if (zone !== undefined) counts.set(zone, 0);
  }
  if (counts.size === 0) return counts;
  for (const info of cache.visiting) {
    const zone = info.node.metadata.labels?.[ZONE_LABEL];
    const count = zone === undefined ? undefined : counts.get(zone);
    if (zone === undefined || count === undefined) continue;
    if (facts.hasAffinity && !matchesRequiredAffinity(facts.pod, info.node)) continue;
    counts.set(zone, count + (group.counts.get(info.name) ?? 0));
  }
  return counts;
}

/** C835: 100 * (max + min - raw) / max. */
export function reverseScores(raw: readonly number[]): number[] {
  let min = raw[0] ?? 0;
  let max = 0;
  for (const score of raw) {
    if (score < min) min = score;
    if (score > max) max = score;
  }
  return raw.map((score) => (max === 0 ? SCORE_MAX : Math.floor((SCORE_MAX * (max + min - score)) / max)));
}

/**
 * ln(n) for whole n >= 1, by a series of basic operations only: the host's logarithm may differ in the last bit from another host's.
 */
export function naturalLog(n: number): number {
  let twos = 0;
  let mantissa = n;
  while (mantissa > 1.5) {
    mantissa /= 2;
    twos += 1;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  let power = ratio;
  for (let k = 1; k < 60; k += 2) {
    sum += power / k;
    power *= square;
  }
  return twos * LN2 + 2 * sum;
}

const LN2 = 0.6931471805599453;
