// Preferences between pods: those of the incoming pod for the pods that are there, and theirs for it.
// Upstream: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go (v1.33). Rule: C837.

import type { ClusterState } from '../kernel/state.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { namespaceLabelsOf } from './affinity-filter.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import { type DomainCounts, domainsOf, type NodeCounts } from './node-counts.ts';
import { countsOf } from './pod-groups.ts';
import { conditionOf, podTermsOf, type PodTerm } from './pod-terms.ts';
import { SCORE_MAX } from './scores.ts';
import { placedUnder } from './spread-constraints.ts';
import { type TermKind, termsAbout } from './term-index.ts';

/** A preference: each matching pod of a node's domain gives so many points. */
interface Preference {
  readonly topologyKey: string;
  readonly domains: DomainCounts;
  readonly weight: number;
}

/** What a term that a placed pod carries gives its domain, in times its weight; a required affinity weighs 1. */
const CARRIED_SIGNS: Readonly<Record<TermKind, number>> = {
  requiredAffinity: 1,
  requiredAntiAffinity: 0,
  preferredAffinity: 1,
  preferredAntiAffinity: -1,
};

/** Scores of the feasible nodes; undefined when no preference concerns the pod. */
export function interPodScores(state: ClusterState, cache: NodeCache, pod: Pod, infos: readonly NodeInfo[]): number[] | undefined {
  const preferences: Preference[] = [];
  const prefer = ({ topologyKey }: PodTerm, counts: NodeCounts, weight: number): void => {
    const domains = domainsOf(counts, cache.byName, topologyKey);
    if (weight !== 0 && domains.size > 0) preferences.push({ topologyKey, domains, weight });
  };
  const own = (term: PodTerm): NodeCounts => {
    const query = { conditions: [conditionOf(state, term)], countsTerminating: true };
    return countsOf(cache.groups, cache.byName, query, (first) => placedUnder(state, cache, first));
  };
  const { preferredAffinity, preferredAntiAffinity } = podTermsOf(pod);
  for (const term of preferredAffinity) prefer(term, own(term), term.weight);
  for (const term of preferredAntiAffinity) prefer(term, own(term), -term.weight);
  for (const { kind, term, counts } of termsAbout(cache.terms, pod, namespaceLabelsOf(state, pod)))
    prefer(term, counts, CARRIED_SIGNS[kind] * term.weight);
  return preferences.length === 0 ? undefined : normalizeBetween(infos.map((info) => pointsOf(preferences, info)));
}

function pointsOf(preferences: readonly Preference[], { node }: NodeInfo): number {
  let sum = 0;
  for (const { topologyKey, domains, weight } of preferences) {
    const value = node.metadata.labels?.[topologyKey];
    if (value !== undefined) sum += weight * (domains.get(value) ?? 0);
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
