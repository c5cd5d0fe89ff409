// The terms of a pod's affinity and anti-affinity to other pods, read once and made fit for comparing.
// Upstream: pkg/scheduler/framework/types.go AffinityTerm, GetNamespaceLabelsSnapshot (v1.33). Rules: C811, C837.

import { compareText } from '../apimachinery/text.ts';
import { matchesSelector, type Selector, selectorFromLabelSelector } from '../apimachinery/labels.ts';
import type { StringMap } from '../apimachinery/meta.ts';
import { listObjects } from '../apiserver/api.ts';
import { namespaceKind } from '../kinds/namespace/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { PodAffinity, PodAffinityTerm } from '../kinds/shared/pod-spec.ts';
import type { ClusterState } from '../kernel/state.ts';
import type { PodCondition } from './pod-groups.ts';

export interface PodTerm {
  /** Namespaces by name; those that `namespaceSelector` selects count too. */
  readonly namespaces: readonly string[];
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly topologyKey: string;
  /** Of a preferred term; 1 for a required one. */
  readonly weight: number;
}

export interface PodTerms {
  readonly requiredAffinity: readonly PodTerm[];
  readonly requiredAntiAffinity: readonly PodTerm[];
  readonly preferredAffinity: readonly PodTerm[];
  readonly preferredAntiAffinity: readonly PodTerm[];
}

const NONE: PodTerms = { requiredAffinity: [], requiredAntiAffinity: [], preferredAffinity: [], preferredAntiAffinity: [] };

/** The terms of a pod. */
export function podTermsOf(pod: Pod): PodTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return NONE;
  return {
    requiredAffinity: requiredTerms(pod, podAffinity),
    requiredAntiAffinity: requiredTerms(pod, podAntiAffinity),
    preferredAffinity: preferredTerms(pod, podAffinity),
    preferredAntiAffinity: preferredTerms(pod, podAntiAffinity),
  };
}

/** Whether the pod has any term. */
export function hasTerms(terms: PodTerms): boolean {
  return terms !== NONE;
}

/** What a term demands of other pods, with the namespaces that its selector selects now. */
export function conditionOf(state: ClusterState, term: PodTerm): PodCondition {
  const { namespaces, namespaceSelector, selector } = term;
  if (namespaceSelector.matchesNothing === true) return { namespaces, selector };
  const selected = listObjects(state, namespaceKind).filter(({ metadata }) => matchesSelector(namespaceSelector, metadata.labels));
  const names = new Set([...namespaces, ...selected.map(({ metadata }) => metadata.name)]);
  return { namespaces: [...names].sort(compareText), selector };
}

/** True when a pod in a namespace with these labels is one that the term means. */
export function termMeans(term: PodTerm, pod: Pod, namespaceLabels: StringMap | undefined): boolean {
  const isNear =
    term.namespaces.includes(pod.metadata.namespace ?? '') ||
    (term.namespaceSelector.matchesNothing !== true && matchesSelector(term.namespaceSelector, namespaceLabels));
  return isNear && matchesSelector(term.selector, pod.metadata.labels);
}

function requiredTerms(pod: Pod, affinity: PodAffinity | undefined): PodTerm[] {
  return (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => podTermOf(pod, term, 1));
}

function preferredTerms(pod: Pod, affinity: PodAffinity | undefined): PodTerm[] {
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.map(({ weight, podAffinityTerm }) => podTermOf(pod, podAffinityTerm, weight));
}

/** Without namespaces and without a selector of them, a term means the namespace of its pod. */
function podTermOf(pod: Pod, term: PodAffinityTerm, weight: number): PodTerm {
  const { namespaces = [], namespaceSelector, labelSelector, topologyKey } = term;
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  return {
    namespaces: isOwn ? [pod.metadata.namespace ?? ''] : [...new Set(namespaces)].sort(compareText),
    namespaceSelector: selectorFromLabelSelector(namespaceSelector),
    selector: selectorFromLabelSelector(labelSelector),
    topologyKey,
    weight,
  };
}
