// The terms of the pods that are placed, each with the nodes on which pods carry it: what an incoming pod meets is found without looking at
// those pods. Pods of one workload share their terms.
// Upstream: pkg/scheduler/framework/types.go NodeInfo.PodsWithAffinity, PodsWithRequiredAntiAffinity (v1.33). Rules: C811, C837.

import { formatSelector, type Selector } from '../apimachinery/labels.ts';
import type { StringMap } from '../apimachinery/meta.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { changeCount, createNodeCounts, type NodeCounts, type NodesByName } from './node-counts.ts';
import { requiredLabelOf } from './pod-groups.ts';
import { hasTerms, type PodTerm, podTermsOf, type PodTerms, termMeans } from './pod-terms.ts';

export type TermKind = keyof PodTerms;

/** A term and how many pods carry it on each node. */
export interface CarriedTerm {
  readonly kind: TermKind;
  readonly term: PodTerm;
  readonly counts: NodeCounts;
}

/** Terms by text, and by a label that the pods they mean must carry (empty when there is no such single label). */
export interface TermIndex {
  readonly byText: Map<string, CarriedTerm>;
  readonly byLabel: Map<string, Set<CarriedTerm>>;
}

/** An index without terms. */
export function createTermIndex(): TermIndex {
  return { byText: new Map(), byLabel: new Map() };
}

const KINDS: readonly TermKind[] = ['requiredAffinity', 'requiredAntiAffinity', 'preferredAffinity', 'preferredAntiAffinity'];

/** Counts the terms of a pod that came (1) or went (-1). */
export function changeTerms(index: TermIndex, nodes: NodesByName, pod: Pod, nodeName: string, sign: 1 | -1): void {
  const terms = podTermsOf(pod);
  if (!hasTerms(terms)) return;
  for (const kind of KINDS) for (const term of terms[kind]) changeTerm(index, nodes, kind, term, nodeName, sign);
}

/** The carried terms that mean a pod. */
export function termsAbout(index: TermIndex, pod: Pod, namespaceLabels: StringMap | undefined): readonly CarriedTerm[] {
  if (index.byText.size === 0) return [];
  const { labels } = pod.metadata;
  const found: CarriedTerm[] = [];
  const look = (label: string): void => {
    for (const carried of index.byLabel.get(label) ?? []) if (termMeans(carried.term, pod, namespaceLabels)) found.push(carried);
  };
  for (const name in labels) look(`${name}=${labels[name]}`);
  look('');
  return found;
}

/** Labels of nodes changed: domains are counted anew when they are asked for. */
export function forgetTermDomains(index: TermIndex): void {
  for (const { counts } of index.byText.values()) counts.perDomain.clear();
}

function changeTerm(index: TermIndex, nodes: NodesByName, kind: TermKind, term: PodTerm, nodeName: string, sign: 1 | -1): void {
  const text = textOf(kind, term);
  const label = requiredLabelOf(term.selector);
  let carried = index.byText.get(text);
  if (carried === undefined) {
    carried = { kind, term, counts: createNodeCounts() };
    index.byText.set(text, carried);
    const siblings = index.byLabel.get(label) ?? new Set();
    index.byLabel.set(label, siblings.add(carried));
  }
  changeCount(carried.counts, nodes, nodeName, sign);
  if (carried.counts.perNode.size > 0) return;
  index.byText.delete(text);
  index.byLabel.get(label)?.delete(carried);
}

function textOf(kind: TermKind, { namespaces, namespaceSelector, selector, topologyKey, weight }: PodTerm): string {
  return [kind, namespaces.join(' '), selectorText(namespaceSelector), selectorText(selector), topologyKey, weight].join('|');
}

function selectorText(selector: Selector): string {
  return selector.matchesNothing === true ? '!' : formatSelector(selector);
}
