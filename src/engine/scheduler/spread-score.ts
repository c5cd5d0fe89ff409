// Spreading as a preference: the constraints of the pod's own that may be violated, or those of its workload.
// Upstream: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go (v1.33). Rules: C835, C838.

import type { ClusterState } from '../kernel/state.ts';
import type { PodFacts } from './filters.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { addTo, type DomainCounts, domainsOf } from './node-counts.ts';
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
  const scored = hasOwn ? infos.filter(isScored) : infos;
  const countsAll = !hasOwn || cache.visiting.every(isScored);
  const weighted = constraints.map((constraint) => {
    const counts = spreadCounts(state, cache, facts.pod, constraint);
    const { topologyKey } = constraint;
    if (topologyKey === HOSTNAME_LABEL)
      return { ...constraint, weight: naturalLog(scored.length + 2), countFor: ({ name }: NodeInfo) => counts.perNode.get(name) ?? 0 };
    const isPlain = countsAll && !constraint.honorsTaints && !(constraint.honorsAffinity && facts.hasAffinity);
    const domains = isPlain
      ? domainsOf(counts, cache.byName, topologyKey)
      : includedDomains(facts, constraint, cache.visiting.filter(isScored), counts.perNode);
    const size = new Set(scored.map((info) => domainOf(info, topologyKey))).size;
    return { ...constraint, weight: naturalLog(size + 2), countFor: (_info: NodeInfo, domain: string) => domains.get(domain) ?? 0 };
  });
  return reverseScores(infos.map((info) => (isScored(info) ? rawScore(weighted, info) : undefined)));
}

/** Pods per domain of the nodes that the constraint includes. */
function includedDomains(
  facts: PodFacts,
  constraint: SpreadConstraint,
  infos: readonly NodeInfo[],
  perNode: ReadonlyMap<string, number>,
): DomainCounts {
  const domains = new Map<string, number>();
  for (const info of infos) {
    const count = perNode.get(info.name);
    if (count === undefined || !isNodeIncluded(constraint, facts.pod, facts.hasAffinity, info.node)) continue;
    addTo(domains, domainOf(info, constraint.topologyKey), count);
  }
  return domains;
}

/** The domain of a node; nodes without the label are one too. */
function domainOf({ node }: NodeInfo, topologyKey: string): string {
  return node.metadata.labels?.[topologyKey] ?? '';
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
