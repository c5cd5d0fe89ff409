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
import { countsOf, meetsCondition, type PodCondition } from './pod-groups.ts';
import { conditionOf, podTermsOf, type PodTerm, termMeans } from './pod-terms.ts';
import { placedUnder } from './spread-constraints.ts';
import { termsAbout } from './term-index.ts';

/** Topology key and value as one text → pods. */
type DomainCounts = Map<string, number>;

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
  readonly wanted: DomainCounts;
  /** Pods that meet a term of anti-affinity. */
  readonly shunned: DomainCounts;
  /** Placed pods with a term of anti-affinity that means this pod. */
  readonly shunning: DomainCounts;
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
  const perNode = (terms: readonly OwnTerm[]): ReadonlyMap<string, number> =>
    countsOf(cache.groups, { conditions: terms.map(({ condition }) => condition), countsTerminating: true }, (first) =>
      placedUnder(state, cache, first),
    );
  const matching = perNode(facts.affinity);
  for (const { topologyKey } of facts.affinity) addDomains(cache, facts.wanted, topologyKey, matching);
  for (const term of facts.antiAffinity) addDomains(cache, facts.shunned, term.topologyKey, perNode([term]));
  for (const { term, counts } of about) addDomains(cache, facts.shunning, term.topologyKey, counts);
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
  if (facts.shunning.size > 0) for (const key in labels) if (has(facts.shunning, key, labels)) return EXISTING_ANTI_AFFINITY;
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

function addDomains(cache: NodeCache, counts: DomainCounts, topologyKey: string, perNode: ReadonlyMap<string, number>): void {
  for (const [nodeName, count] of perNode) add(counts, topologyKey, cache.byName.get(nodeName)?.node.metadata.labels, count);
}

function add(counts: DomainCounts, topologyKey: string, labels: StringMap | undefined, change: number): void {
  const value = labels?.[topologyKey];
  if (value === undefined) return;
  const domain = domainOf(topologyKey, value);
  const count = (counts.get(domain) ?? 0) + change;
  if (count === 0) counts.delete(domain);
  else counts.set(domain, count);
}

function has(counts: DomainCounts, topologyKey: string, labels: StringMap | undefined): boolean {
  const value = labels?.[topologyKey];
  return value !== undefined && (counts.get(domainOf(topologyKey, value)) ?? 0) > 0;
}

function domainOf(topologyKey: string, value: string): string {
  return `${topologyKey}=${value}`;
}
