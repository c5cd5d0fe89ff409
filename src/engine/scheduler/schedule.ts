// One attempt to place one pod: find the nodes that fit, score them, take the best. Decides only; bind.ts writes.
// Upstream: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, selectHost (v1.33). Rules: C810, C820, C830, C840-C842.

import { drawBelow } from '../kernel/random.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { addReasons, formatReasons, NO_NODES_MESSAGE } from './failure-message.ts';
import { FILTER_PLUGINS, type FilterPlugin, NOT_NAMED, type PodFacts, refusalOf } from './filters.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { explainPreemption, type RefusedNode } from './preemption.ts';
import { affinityScores, balancedScore, imageScores, leastAllocatedScore, SCORE_MAX, taintScores, WEIGHTS } from './scores.ts';
import { spreadScores } from './spread-score.ts';

export type Decision =
  | { readonly kind: 'node'; readonly nodeName: string }
  /** Refused by filters: waits for a change that helps (C803). */
  | { readonly kind: 'refused'; readonly message: string; readonly rejectedBy: readonly FilterPlugin[] }
  /** Nothing to choose from: waits for its back-off (C806). */
  | { readonly kind: 'failed'; readonly message: string };

/** Where the next search begins in the visiting order (C840). */
const cursor = defineTable<{ next: number }>('scheduler.cursor');
const CURSOR_KEY = 'next';

/** Decides where a pod goes. */
export function decide(state: ClusterState, cache: NodeCache, facts: PodFacts): Decision {
  const nodeCount = cache.visiting.length;
  if (nodeCount === 0) return { kind: 'failed', message: NO_NODES_MESSAGE }; // C823
  if (facts.volumes?.problem !== undefined) return refuseAll(facts, nodeCount, facts.volumes.problem);
  const { feasible, refused } = findFeasible(state, cache, facts);
  if (feasible.length === 0) return refuse(facts, nodeCount, refused);
  if (feasible.length === 1) return { kind: 'node', nodeName: (feasible[0] as NodeInfo).name }; // C841: no scoring
  return { kind: 'node', nodeName: pickBest(state, feasible, totalScores(state, cache, facts, feasible)).name };
}

/** C840: below 100 nodes all are examined, else a share of 50 % - nodes/125 %, at least 5 % and at least 100. */
export function feasibleCountMax(nodeCount: number): number {
  if (nodeCount < 100) return nodeCount;
  const percentage = Math.max(5, 50 - Math.floor(nodeCount / 125));
  return Math.max(100, Math.floor((nodeCount * percentage) / 100));
}

function findFeasible(state: ClusterState, cache: NodeCache, facts: PodFacts): { feasible: NodeInfo[]; refused: RefusedNode[] } {
  const candidates = facts.nodeNames === undefined ? cache.visiting : cache.visiting.filter((info) => facts.nodeNames?.has(info.name));
  const feasible: NodeInfo[] = [];
  const refused: RefusedNode[] = [];
  const max = feasibleCountMax(candidates.length);
  const start = candidates.length === 0 ? 0 : (cursor.get(state, CURSOR_KEY)?.next ?? 0) % candidates.length;
  for (let i = 0; i < candidates.length && feasible.length < max; i += 1) {
    const info = candidates[(start + i) % candidates.length] as NodeInfo;
    const refusal = refusalOf(facts, info);
    if (refusal === undefined) feasible.push(info);
    else refused.push({ info, refusal });
  }
  advanceCursor(state, cache.visiting.length, feasible.length + refused.length);
  for (let i = candidates.length; i < cache.visiting.length; i += 1) refused.push({ info: undefined, refusal: NOT_NAMED });
  return { feasible, refused };
}

/** C840: the next search begins behind the nodes examined now. */
function advanceCursor(state: ClusterState, nodeCount: number, examined: number): void {
  if (examined % nodeCount === 0) return;
  const next = ((cursor.get(state, CURSOR_KEY)?.next ?? 0) + examined) % nodeCount;
  cursor.put(state, CURSOR_KEY, { next });
}

/** What no node can mend. */
function refuseAll(facts: PodFacts, nodeCount: number, problem: string): Decision {
  const refused = Array.from({ length: nodeCount }, (): RefusedNode => ({ info: undefined, refusal: NOT_NAMED }));
  const message = `0/${nodeCount} nodes are available: ${problem}. preemption: ${explainPreemption(facts, refused)}`;
  return { kind: 'refused', message, rejectedBy: ['VolumeBinding'] };
}

function refuse(facts: PodFacts, nodeCount: number, refused: readonly RefusedNode[]): Decision {
  const counts = new Map<string, number>();
  const plugins = new Set<FilterPlugin>();
  for (const { refusal } of refused) {
    addReasons(counts, refusal.reasons);
    plugins.add(refusal.plugin);
  }
  return {
    kind: 'refused',
    message: `${formatReasons(nodeCount, counts)} preemption: ${explainPreemption(facts, refused)}`, // C820
    rejectedBy: FILTER_PLUGINS.filter((plugin) => plugins.has(plugin)),
  };
}

/** C830: the weighted sum of what the plugins give. */
function totalScores(state: ClusterState, cache: NodeCache, facts: PodFacts, infos: readonly NodeInfo[]): number[] {
  const spread = spreadScores(state, cache, facts, infos);
  const affinity = affinityScores(facts.pod, infos);
  const images = imageScores(facts.pod, infos, cache);
  const taints = infos.some((info) => (info.node.spec.taints?.length ?? 0) > 0) ? taintScores(facts, infos) : undefined;
  return infos.map(
    (info, i) =>
      WEIGHTS.TaintToleration * (taints?.[i] ?? SCORE_MAX) +
      WEIGHTS.NodeAffinity * (affinity?.[i] ?? 0) +
      WEIGHTS.PodTopologySpread * (spread?.[i] ?? 0) +
      WEIGHTS.NodeResourcesFit * leastAllocatedScore(facts, info) +
      WEIGHTS.NodeResourcesBalancedAllocation * balancedScore(facts, info) +
      WEIGHTS.ImageLocality * (images?.[i] ?? 0),
  );
}

/** C841: the best total; among equals each with the same chance. */
function pickBest(state: ClusterState, infos: readonly NodeInfo[], totals: readonly number[]): NodeInfo {
  let best: NodeInfo[] = [];
  let bestTotal = -1;
  for (const [i, total] of totals.entries()) {
    if (total < bestTotal) continue;
    if (total > bestTotal) best = [];
    bestTotal = total;
    best.push(infos[i] as NodeInfo);
  }
  const choice = best.length === 1 ? 0 : drawBelow(state, 'sched', best.length);
  return best[choice] as NodeInfo;
}
