// Which change may help a refused pod. Each plugin that refused it is asked; one yes is enough.
// Upstream: QueueingHintFn of each plugin, pkg/scheduler/framework/events.go NodeSchedulingPropertiesChange (v1.33). Rule: C803.
// C805: a helped pod is tried at once, because a scheduler with nothing else to do takes it out of its back-off.

import { isJsonEqual } from '../apimachinery/meta.ts';
import type { Node } from '../kinds/node/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { FilterPlugin } from './refusal.ts';
import { fitsEmptyNode } from './filters.ts';
import { doPortsConflict, hostPortsOf } from '../kinds/shared/host-ports.ts';
import { matchesRequiredAffinity } from '../kinds/shared/node-affinity.ts';
import { type Amounts, amountsOf, podRequestsOf } from './resources.ts';
import { claimNamesOf } from '../kinds/shared/pod-sources.ts';
import { firstUntolerated, isTolerated, UNSCHEDULABLE_TAINT } from '../kinds/shared/taints.ts';
import { matchesSelector } from '../apimachinery/labels.ts';
import type { ClusterState } from '../kernel/state.ts';
import { namespaceLabelsOf } from './affinity-filter.ts';
import { podTermsOf, type PodTerm, termMeans } from './pod-terms.ts';
import { hasTopologyKeys, ownConstraints } from './spread-constraints.ts';
import { quantityToNumber } from '../apimachinery/quantity.ts';

/** A change that a refused pod may profit from. */
export type ClusterEvent =
  | { readonly kind: 'node'; readonly node: Node; readonly previous: Node | undefined }
  | { readonly kind: 'node-removed'; readonly node: Node }
  /** A pod was bound. */
  | { readonly kind: 'pod-added'; readonly pod: Pod }
  /** A bound pod has other labels. */
  | { readonly kind: 'pod-relabelled'; readonly pod: Pod; readonly previous: Pod }
  /** A bound pod is gone or finished. */
  | { readonly kind: 'pod-removed'; readonly pod: Pod }
  /** A claim, a volume or a class changed; a claim has a namespace and a name. */
  | { readonly kind: 'volume'; readonly claim?: { readonly namespace: string; readonly name: string } }
  /** The waiting pod itself changed. */
  | { readonly kind: 'self'; readonly previous: Pod };

type Hint = (pod: Pod, event: ClusterEvent, state: ClusterState) => boolean;

/** True when the event may help a pod that these plugins refused. */
export function isHelped(state: ClusterState, pod: Pod, rejectedBy: readonly FilterPlugin[], event: ClusterEvent): boolean {
  return rejectedBy.some((plugin) => HINTS[plugin](pod, event, state));
}

/** Whether a node changed in something that the scheduler looks at. */
export function isNodeChangeRelevant(node: Node, previous: Node): boolean {
  return (
    node.spec.unschedulable !== previous.spec.unschedulable ||
    !isJsonEqual(node.spec.taints, previous.spec.taints) ||
    !isJsonEqual(node.metadata.labels, previous.metadata.labels) ||
    !isJsonEqual(node.status.allocatable, previous.status.allocatable)
  );
}

const HINTS: Readonly<Record<FilterPlugin, Hint>> = {
  NodeUnschedulable: (pod, event) =>
    event.kind === 'node' && admitsCordon(pod, event.node) && !(event.previous !== undefined && admitsCordon(pod, event.previous)),
  TaintToleration: (pod, event) => {
    if (event.kind === 'self') return !isJsonEqual(pod.spec.tolerations, event.previous.spec.tolerations);
    if (event.kind !== 'node' || !admitsTaints(pod, event.node)) return false;
    return event.previous === undefined || !admitsTaints(pod, event.previous);
  },
  NodeAffinity: (pod, event) =>
    event.kind === 'node' &&
    matchesRequiredAffinity(pod, event.node) &&
    !(event.previous !== undefined && matchesRequiredAffinity(pod, event.previous)),
  NodePorts: (pod, event) => {
    if (event.kind === 'pod-removed') return doPortsConflict(hostPortsOf(pod), hostPortsOf(event.pod));
    return event.kind === 'node' && event.previous === undefined;
  },
  NodeResourcesFit: (pod, event) => {
    if (event.kind === 'pod-removed') return true;
    if (event.kind !== 'node') return false;
    const { requests } = podRequestsOf(pod);
    const offered = amountsOf(event.node.status.allocatable);
    if (!fitsEmptyNode(requests, offered, podsMaxOf(event.node))) return false;
    return event.previous === undefined || hasMore(requests, event.node, event.previous);
  },
  VolumeRestrictions: (pod, event) => {
    if (event.kind !== 'pod-removed') return event.kind === 'volume';
    const claims = claimNamesOf(event.pod.spec, event.pod.metadata.name);
    return (
      event.pod.metadata.namespace === pod.metadata.namespace &&
      claimNamesOf(pod.spec, pod.metadata.name).some((name) => claims.includes(name))
    );
  },
  VolumeBinding: (pod, event) => {
    if (event.kind === 'node' || event.kind === 'pod-removed') return true;
    if (event.kind !== 'volume') return false;
    const { claim } = event;
    if (claim === undefined) return true;
    return claim.namespace === pod.metadata.namespace && claimNamesOf(pod.spec, pod.metadata.name).includes(claim.name);
  },
  PodTopologySpread: isSpreadHelped,
  InterPodAffinity: isAffinityHelped,
};

/** A domain appears, goes or changes, or a pod that is counted comes, goes or changes its labels. */
function isSpreadHelped(pod: Pod, event: ClusterEvent): boolean {
  const constraints = ownConstraints(pod, 'DoNotSchedule');
  const counts = (other: Pod): boolean =>
    other.metadata.namespace === pod.metadata.namespace &&
    constraints.some(({ selector }) => matchesSelector(selector, other.metadata.labels));
  switch (event.kind) {
    case 'node': {
      const { node, previous } = event;
      const hasNow = hasTopologyKeys(node, constraints);
      if (previous === undefined) return hasNow;
      if (hasNow !== hasTopologyKeys(previous, constraints)) return true;
      return hasNow && constraints.some(({ topologyKey }) => isDomainChanged(topologyKey, node, previous));
    }
    case 'node-removed':
      return hasTopologyKeys(event.node, constraints);
    case 'pod-added':
    case 'pod-removed':
      return counts(event.pod);
    case 'pod-relabelled':
      return counts(event.pod) !== counts(event.previous);
    case 'self':
      return counts(pod) !== counts(event.previous);
    case 'volume':
      return false;
  }
}

/** A pod that is wanted comes, one that is shunned or shuns goes, a node gets into a domain that matters. */
function isAffinityHelped(pod: Pod, event: ClusterEvent, state: ClusterState): boolean {
  const { requiredAffinity, requiredAntiAffinity } = podTermsOf(pod);
  const means = (terms: readonly PodTerm[], other: Pod): boolean =>
    terms.length > 0 && terms.every((term) => termMeans(term, other, namespaceLabelsOf(state, other)));
  const shuns = (other: Pod): boolean =>
    podTermsOf(other).requiredAntiAffinity.some((term) => termMeans(term, pod, namespaceLabelsOf(state, pod)));
  switch (event.kind) {
    case 'node': {
      const { node, previous } = event;
      if (previous === undefined) return true;
      const keys = [...requiredAffinity, ...requiredAntiAffinity].map(({ topologyKey }) => topologyKey);
      // Without terms of its own the pod was shunned by others, whose domains may be of any label.
      return keys.length === 0
        ? !isJsonEqual(node.metadata.labels, previous.metadata.labels)
        : keys.some((key) => isDomainChanged(key, node, previous));
    }
    case 'pod-added':
      return means(requiredAffinity, event.pod);
    case 'pod-removed':
      return means(requiredAntiAffinity, event.pod) || shuns(event.pod);
    case 'pod-relabelled':
      return (
        (!means(requiredAffinity, event.previous) && means(requiredAffinity, event.pod)) ||
        (means(requiredAntiAffinity, event.previous) && !means(requiredAntiAffinity, event.pod))
      );
    case 'self':
      return !isJsonEqual(pod.metadata.labels, event.previous.metadata.labels);
    case 'node-removed':
    case 'volume':
      return false;
  }
}

function isDomainChanged(topologyKey: string, node: Node, previous: Node): boolean {
  return node.metadata.labels?.[topologyKey] !== previous.metadata.labels?.[topologyKey];
}

function admitsCordon(pod: Pod, node: Node): boolean {
  return node.spec.unschedulable !== true || isTolerated(UNSCHEDULABLE_TAINT, pod.spec.tolerations ?? []);
}

function admitsTaints(pod: Pod, node: Node): boolean {
  return firstUntolerated(node.spec.taints ?? [], pod.spec.tolerations ?? []) === undefined;
}

/** True when the node offers more of something that the pod requests, or room for more pods. */
function hasMore(requests: Readonly<Amounts>, node: Node, previous: Node): boolean {
  const now = amountsOf(node.status.allocatable);
  const before = amountsOf(previous.status.allocatable);
  if (podsMaxOf(node) > podsMaxOf(previous)) return true;
  if (requests.milliCpu > 0 && now.milliCpu > before.milliCpu) return true;
  if (requests.memory > 0 && now.memory > before.memory) return true;
  if (requests.ephemeralStorage > 0 && now.ephemeralStorage > before.ephemeralStorage) return true;
  for (const [name, value] of requests.scalars ?? []) {
    if (value > 0 && (now.scalars?.get(name) ?? 0) > (before.scalars?.get(name) ?? 0)) return true;
  }
  return false;
}

function podsMaxOf(node: Node): number {
  return quantityToNumber(node.status.allocatable?.['pods']);
}
