// Spreading as a preference: the constraints of the pod's own that may be violated, or those of its workload.
// Upstream: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go (v1.33). Rules: C835, C838.

import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { PodFacts } from './filters.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { SCORE_MAX } from './scores.ts';
import {
  defaultConstraints,
  hasTopologyKeys,
  HOSTNAME_LABEL,
  isNodeIncluded,
  ownConstraints,
  type SpreadConstraint,
  spreadCounts,
} from './spread-constraints.ts';

/** A constraint with what it weighs and how to count the pods in a node's domain. */
interface WeightedConstraint extends SpreadConstraint {
  readonly weight: number;
  readonly countFor: (info: NodeInfo, domain: string) => number;
}

/** Scores of the feasible nodes; undefined when the pod has no such constraint. */
export function spreadScores(state: ClusterState, cache: NodeCache, facts: PodFacts, infos: readonly NodeInfo[]): number[] | undefined {
  const hasOwn = (facts.pod.spec.topologySpreadConstraints ?? []).length > 0;
  const constraints = hasOwn ? ownConstraints(facts.pod, 'ScheduleAnyway') : defaultConstraints(state, facts.pod);
  if (constraints.length === 0) return undefined;
  // Constraints of the pod's own want all their labels; a node without zone still spreads by default over host names.
  const isScored = (info: NodeInfo): boolean => !hasOwn || hasTopologyKeys(info.node, constraints);
  const scored = infos.filter(isScored);
  const counted = cache.visiting.filter(isScored);
  const weighted = constraints.map((constraint) =>
    weigh(facts, constraint, scored, counted, spreadCounts(state, cache, facts.pod, constraint)),
  );
  const raw = infos.map((info) => (isScored(info) ? rawScore(weighted, info) : undefined));
  return reverseScores(raw);
}

/** Pods per domain of the scored nodes, counted over all nodes that the constraint includes; on host names, over that node alone. */
function weigh(
  facts: PodFacts,
  constraint: SpreadConstraint,
  scored: readonly NodeInfo[],
  counted: readonly NodeInfo[],
  perNode: ReadonlyMap<string, number>,
): WeightedConstraint {
  const { topologyKey } = constraint;
  if (topologyKey === HOSTNAME_LABEL)
    return { ...constraint, weight: naturalLog(scored.length + 2), countFor: ({ name }) => perNode.get(name) ?? 0 };
  const domainOf = ({ node }: NodeInfo): string => node.metadata.labels?.[topologyKey] ?? '';
  const counts = new Map<string, number>(scored.map((info) => [domainOf(info), 0]));
  for (const info of counted) {
    const domain = domainOf(info);
    const count = counts.get(domain);
    if (count === undefined || !isNodeIncluded(constraint, facts.pod as Pod, facts.hasAffinity, info.node)) continue;
    counts.set(domain, count + (perNode.get(info.name) ?? 0));
  }
  return { ...constraint, weight: naturalLog(counts.size + 2), countFor: (_info, domain) => counts.get(domain) ?? 0 };
}

/** C835: round(sum(count * ln(size + 2) + maxSkew - 1)) over the labels that the node has. */
function rawScore(constraints: readonly WeightedConstraint[], info: NodeInfo): number {
  let score = 0;
  for (const { topologyKey, maxSkew, weight, countFor } of constraints) {
    const domain = info.node.metadata.labels?.[topologyKey];
    if (domain !== undefined) score += countFor(info, domain) * weight + maxSkew - 1;
  }
  return Math.round(score);
}

/** C835: 100 * (max + min - raw) / max; nodes without a score get 0. */
export function reverseScores(raw: readonly (number | undefined)[]): number[] {
  let min = Number.MAX_SAFE_INTEGER;
  let max = 0;
  for (const score of raw) {
    if (score === undefined) continue;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  return raw.map((score) => (score === undefined ? 0 : max === 0 ? SCORE_MAX : Math.floor((SCORE_MAX * (max + min - score)) / max)));
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
