// Affinity and anti-affinity between pods as conditions: which domains hold pods that this one wants, or must not meet, counted once per
// attempt.
// Upstream: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go (v1.33). Rule: C811.

import type { StringMap } from '../apimachinery/meta.ts';
import { getObject } from '../apiserver/api.ts';
import { namespaceKind } from '../kinds/namespace/index.ts';
import type { Node } from '../kinds/node/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { NodeCache } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import { addTo, type DomainCounts, domainsOf, NO_DOMAINS, type NodeCounts } from './node-counts.ts';
import { countsOf, meetsCondition, type PodCondition } from './pod-groups.ts';
import { conditionOf, podTermsOf, type PodTerm, termMeans } from './pod-terms.ts';
import { placedUnder } from './spread-constraints.ts';
import { termsAbout } from './term-index.ts';

/** Topology key → value → pods. */
type Domains = Map<string, DomainCounts>;

interface OwnTerm {
  readonly topologyKey: string;
  readonly condition: PodCondition;
}

export interface AffinityFacts {
  readonly pod: Pod;
  readonly namespaceLabels: StringMap | undefined;
  readonly affinity: readonly OwnTerm[];
  readonly antiAffinity: readonly OwnTerm[];
  /** Pods that meet all terms of affinity. */
  readonly wanted: Domains;
  /** Pods that meet a term of anti-affinity. */
  readonly shunned: Domains;
  /** Placed pods with a term of anti-affinity that means this pod. */
  readonly shunning: Domains;
}

const refusal = (reason: string, isFinal: boolean): Refusal => ({ plugin: 'InterPodAffinity', reasons: [reason], isFinal });
const NO_AFFINITY = refusal("node(s) didn't match pod affinity rules", true);
const ANTI_AFFINITY = refusal("node(s) didn't match pod anti-affinity rules", false);
const EXISTING_ANTI_AFFINITY = refusal("node(s) didn't satisfy existing pods anti-affinity rules", false);

/** Counts the domains; undefined when nothing concerns the pod. */
export function affinityFactsOf(state: ClusterState, cache: NodeCache, pod: Pod): AffinityFacts | undefined {
  const { requiredAffinity, requiredAntiAffinity } = podTermsOf(pod);
  const namespaceLabels = namespaceLabelsOf(state, pod);
  const about = termsAbout(cache.terms, pod, namespaceLabels).filter(({ kind }) => kind === 'requiredAntiAffinity');
  if (requiredAffinity.length === 0 && requiredAntiAffinity.length === 0 && about.length === 0) return undefined;
  const own = (term: PodTerm): OwnTerm => ({ topologyKey: term.topologyKey, condition: conditionOf(state, term) });
  const facts: AffinityFacts = {
    pod,
    namespaceLabels,
    affinity: requiredAffinity.map(own),
    antiAffinity: requiredAntiAffinity.map(own),
    wanted: new Map(),
    shunned: new Map(),
    shunning: new Map(),
  };
  const matching = (terms: readonly OwnTerm[]): NodeCounts => {
    const query = { conditions: terms.map(({ condition }) => condition), countsTerminating: true };
    return countsOf(cache.groups, cache.byName, query, (first) => placedUnder(state, cache, first));
  };
  const wanted = matching(facts.affinity);
  for (const { topologyKey } of facts.affinity) merge(facts.wanted, topologyKey, domainsOf(wanted, cache.byName, topologyKey));
  for (const term of facts.antiAffinity)
    merge(facts.shunned, term.topologyKey, domainsOf(matching([term]), cache.byName, term.topologyKey));
  for (const { term, counts } of about) merge(facts.shunning, term.topologyKey, domainsOf(counts, cache.byName, term.topologyKey));
  return facts;
}

/** Labels of the pod's namespace. */
export function namespaceLabelsOf(state: ClusterState, pod: Pod): StringMap | undefined {
  return getObject(state, namespaceKind, undefined, pod.metadata.namespace ?? '')?.metadata.labels;
}

/** C811: affinity first, then the pod's own anti-affinity, then that of the pods which are there. */
export function affinityRefusalOf(facts: AffinityFacts, node: Node): Refusal | undefined {
  const { labels } = node.metadata;
  if (!hasWanted(facts, labels)) return NO_AFFINITY;
  for (const { topologyKey } of facts.antiAffinity) if (has(facts.shunned, topologyKey, labels)) return ANTI_AFFINITY;
  for (const topologyKey of facts.shunning.keys()) if (has(facts.shunning, topologyKey, labels)) return EXISTING_ANTI_AFFINITY;
  return undefined;
}

/** Each term needs a pod in its domain; the first pod of a series, which means itself, needs none. */
function hasWanted(facts: AffinityFacts, labels: StringMap | undefined): boolean {
  if (facts.affinity.length === 0) return true;
  if (facts.affinity.some(({ topologyKey }) => labels?.[topologyKey] === undefined)) return false;
  if (facts.affinity.every(({ topologyKey }) => has(facts.wanted, topologyKey, labels))) return true;
  return facts.wanted.size === 0 && meetsAll(facts.affinity, facts.pod);
}

/** The same facts, to be changed by a trial. */
export function copyAffinityFacts(facts: AffinityFacts): AffinityFacts {
  return { ...facts, wanted: new Map(facts.wanted), shunned: new Map(facts.shunned), shunning: new Map(facts.shunning) };
}

/** Adds (1) or removes (-1) a pod on a node. */
export function changeAffinityFacts(facts: AffinityFacts, other: Pod, { metadata: { labels } }: Node, sign: 1 | -1): void {
  if (facts.affinity.length > 0 && meetsAll(facts.affinity, other))
    for (const { topologyKey } of facts.affinity) add(facts.wanted, topologyKey, labels, sign);
  for (const { topologyKey, condition } of facts.antiAffinity)
    if (meetsCondition(condition, other)) add(facts.shunned, topologyKey, labels, sign);
  for (const term of podTermsOf(other).requiredAntiAffinity)
    if (termMeans(term, facts.pod, facts.namespaceLabels)) add(facts.shunning, term.topologyKey, labels, sign);
}

function meetsAll(terms: readonly OwnTerm[], pod: Pod): boolean {
  return terms.every(({ condition }) => meetsCondition(condition, pod));
}

/** Adds counts of one label; those of a single source are shared, never changed. */
function merge(all: Domains, topologyKey: string, counts: DomainCounts): void {
  if (counts.size === 0) return;
  const present = all.get(topologyKey);
  if (present === undefined) {
    all.set(topologyKey, counts);
    return;
  }
  const sum = new Map(present);
  for (const [value, count] of counts) addTo(sum, value, count);
  all.set(topologyKey, sum);
}

function add(all: Domains, topologyKey: string, labels: StringMap | undefined, change: number): void {
  const value = labels?.[topologyKey];
  if (value === undefined) return;
  const counts = new Map(all.get(topologyKey) ?? NO_DOMAINS);
  addTo(counts, value, change);
  if (counts.size === 0) all.delete(topologyKey);
  else all.set(topologyKey, counts);
}

function has(all: Domains, topologyKey: string, labels: StringMap | undefined): boolean {
  const value = labels?.[topologyKey];
  return value !== undefined && (all.get(topologyKey)?.get(value) ?? 0) > 0;
}
