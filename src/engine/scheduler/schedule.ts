// One attempt to place one pod: find the nodes that fit, score them, take the best. Decides only; bind.ts writes.
// Upstream: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, selectHost (v1.33). Rules: C810, C820, C830, C840-C842, C849.

import { drawBelow } from '../kernel/random.ts';
import { type ClusterState, defineTable } from '../kernel/state.ts';
import { interPodScores } from './affinity-score.ts';
import { addReasons, formatReasons, NO_NODES_MESSAGE } from './failure-message.ts';
import { NOT_NAMED, type PodFacts } from './filters.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { type Preemption, preempt, type RefusedNode } from './preemption.ts';
import { FILTER_PLUGINS, type FilterPlugin } from './refusal.ts';
import { affinityScores, balancedScore, imageScores, leastAllocatedScore, SCORE_MAX, taintScores, WEIGHTS } from './scores.ts';
import { spreadScores } from './spread-score.ts';
import { refusalWithNominated } from './trial.ts';

export type Decision =
  | { readonly kind: 'node'; readonly nodeName: string }
  /** Refused by filters: waits for a change that helps (C803). */
  | {
      readonly kind: 'refused';
      readonly message: string;
      readonly rejectedBy: readonly FilterPlugin[];
      readonly preemption: Preemption;
    }
  /** Nothing to choose from: waits for its back-off (C806). */
  | { readonly kind: 'failed'; readonly message: string };

/** Where the next search begins in the visiting order (C840). */
const cursor = defineTable<{ next: number }>('scheduler.cursor');
const CURSOR_KEY = 'next';

/** Decides where a pod goes. */
export function decide(state: ClusterState, cache: NodeCache, facts: PodFacts): Decision {
  const nodeCount = cache.visiting.length;
  if (nodeCount === 0) return { kind: 'failed', message: NO_NODES_MESSAGE }; // There is no node at all (C823).
  if (facts.volumes?.problem !== undefined) return refuseAll(state, cache, facts, facts.volumes.problem);
  const nominated = nominatedNode(cache, facts);
  if (nominated !== undefined) return { kind: 'node', nodeName: nominated };
  const { feasible, refused } = findFeasible(state, cache, facts);
  if (feasible.length === 0) return refuse(state, cache, facts, refused);
  if (feasible.length === 1) return { kind: 'node', nodeName: (feasible[0] as NodeInfo).name }; // C841: no scoring
  return { kind: 'node', nodeName: pickBest(state, feasible, totalScores(state, cache, facts, feasible)).name };
}

/** C849: the node on which room was made is asked first; if it takes the pod, no other is. */
function nominatedNode(cache: NodeCache, facts: PodFacts): string | undefined {
  const { nominatedNodeName = '' } = facts.pod.status;
  const info = nominatedNodeName === '' ? undefined : cache.byName.get(nominatedNodeName);
  if (info === undefined || facts.nodeNames?.has(info.name) === false) return undefined;
  return refusalWithNominated(cache, facts, info) === undefined ? info.name : undefined;
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
    const refusal = refusalWithNominated(cache, facts, info);
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
function refuseAll(state: ClusterState, cache: NodeCache, facts: PodFacts, problem: string): Decision {
  const refused = cache.visiting.map(
    (info): RefusedNode => ({ info, refusal: { plugin: 'VolumeBinding', reasons: [problem], isFinal: true } }),
  );
  const { message, preemption } = afterRefusal(state, cache, facts, refused, `0/${refused.length} nodes are available: ${problem}.`);
  return { kind: 'refused', message, preemption, rejectedBy: ['VolumeBinding'] };
}

function refuse(state: ClusterState, cache: NodeCache, facts: PodFacts, refused: readonly RefusedNode[]): Decision {
  const counts = new Map<string, number>();
  const plugins = new Set<FilterPlugin>();
  for (const { refusal } of refused) {
    addReasons(counts, refusal.reasons);
    plugins.add(refusal.plugin);
  }
  return {
    kind: 'refused',
    ...afterRefusal(state, cache, facts, refused, formatReasons(cache.visiting.length, counts)),
    rejectedBy: FILTER_PLUGINS.filter((plugin) => plugins.has(plugin)),
  };
}

/** C820; C849: the preemption part is missing when it succeeded. */
function afterRefusal(
  state: ClusterState,
  cache: NodeCache,
  facts: PodFacts,
  refused: readonly RefusedNode[],
  filterPart: string,
): { readonly message: string; readonly preemption: Preemption } {
  const preemption = preempt(state, cache, facts, refused);
  return { preemption, message: preemption.kind === 'victims' ? filterPart : `${filterPart} preemption: ${preemption.message}` };
}

/** C830: the weighted sum of what the plugins give. */
function totalScores(state: ClusterState, cache: NodeCache, facts: PodFacts, infos: readonly NodeInfo[]): number[] {
  const spread = spreadScores(state, cache, facts, infos);
  const affinity = affinityScores(facts.pod, infos);
  const between = interPodScores(state, cache, facts.pod, infos);
  const images = imageScores(facts.pod, infos, cache);
  const taints = infos.some((info) => (info.node.spec.taints?.length ?? 0) > 0) ? taintScores(facts, infos) : undefined;
  return infos.map(
    (info, i) =>
      WEIGHTS.TaintToleration * (taints?.[i] ?? SCORE_MAX) +
      WEIGHTS.NodeAffinity * (affinity?.[i] ?? 0) +
      WEIGHTS.PodTopologySpread * (spread?.[i] ?? 0) +
      WEIGHTS.InterPodAffinity * (between?.[i] ?? 0) +
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
