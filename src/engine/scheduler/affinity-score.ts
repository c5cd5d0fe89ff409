// Preferences between pods: those of the incoming pod for the pods that are there, and theirs for it.
// Upstream: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go (v1.33). Rule: C837.

import type { ClusterState } from '../kernel/state.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { namespaceLabelsOf } from './affinity-filter.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { countsOf } from './pod-groups.ts';
import { conditionOf, podTermsOf, type PodTerm } from './pod-terms.ts';
import { SCORE_MAX } from './scores.ts';
import { placedUnder } from './spread-constraints.ts';
import { type TermKind, termsAbout } from './term-index.ts';

/** Topology key → value → points. */
type DomainPoints = Map<string, Map<string, number>>;

/** What a term that a placed pod carries gives its domain, in times its weight; a required affinity weighs 1. */
const CARRIED_SIGNS: Readonly<Record<TermKind, number>> = {
  requiredAffinity: 1,
  requiredAntiAffinity: 0,
  preferredAffinity: 1,
  preferredAntiAffinity: -1,
};

/** Scores of the feasible nodes; undefined when no preference concerns the pod. */
export function interPodScores(state: ClusterState, cache: NodeCache, pod: Pod, infos: readonly NodeInfo[]): number[] | undefined {
  const points: DomainPoints = new Map();
  const { preferredAffinity, preferredAntiAffinity } = podTermsOf(pod);
  const addOwn = (term: PodTerm, sign: 1 | -1): void => {
    const query = { conditions: [conditionOf(state, term)], countsTerminating: true };
    addPoints(
      cache,
      points,
      term.topologyKey,
      countsOf(cache.groups, query, (first) => placedUnder(state, cache, first)),
      sign * term.weight,
    );
  };
  for (const term of preferredAffinity) addOwn(term, 1);
  for (const term of preferredAntiAffinity) addOwn(term, -1);
  for (const { kind, term, counts } of termsAbout(cache.terms, pod, namespaceLabelsOf(state, pod)))
    addPoints(cache, points, term.topologyKey, counts, CARRIED_SIGNS[kind] * term.weight);
  return points.size === 0 ? undefined : normalizeBetween(infos.map((info) => pointsOf(points, info)));
}

function addPoints(
  cache: NodeCache,
  points: DomainPoints,
  topologyKey: string,
  perNode: ReadonlyMap<string, number>,
  weight: number,
): void {
  if (weight === 0) return;
  for (const [nodeName, count] of perNode) {
    const value = cache.byName.get(nodeName)?.node.metadata.labels?.[topologyKey];
    if (value === undefined) continue;
    const values = points.get(topologyKey) ?? new Map<string, number>();
    points.set(topologyKey, values.set(value, (values.get(value) ?? 0) + count * weight));
  }
}

function pointsOf(points: DomainPoints, { node }: NodeInfo): number {
  let sum = 0;
  for (const [topologyKey, values] of points) {
    const value = node.metadata.labels?.[topologyKey];
    if (value !== undefined) sum += values.get(value) ?? 0;
  }
  return sum;
}

/** C837: the least is 0, the greatest 100; all 0 when they are equal. */
export function normalizeBetween(values: readonly number[]): number[] {
  let min = Number.MAX_SAFE_INTEGER;
  let max = -Number.MAX_SAFE_INTEGER;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return values.map((value) => (max > min ? Math.floor(SCORE_MAX * ((value - min) / (max - min))) : 0));
}
