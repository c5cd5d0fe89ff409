// Which change may help a refused pod. Each plugin that refused it is asked; one yes is enough.
// Upstream: QueueingHintFn of each plugin, pkg/scheduler/framework/events.go NodeSchedulingPropertiesChange (v1.33). Rule: C803.
// C805: a helped pod is tried at once, because a scheduler with nothing else to do takes it out of its back-off.

import { isJsonEqual } from '../apimachinery/meta.ts';
import type { Node } from '../kinds/node/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { type FilterPlugin, fitsEmptyNode } from './filters.ts';
import { doPortsConflict, hostPortsOf } from './host-ports.ts';
import { matchesRequiredAffinity } from '../kinds/shared/node-affinity.ts';
import { type Amounts, amountsOf, podRequestsOf } from './resources.ts';
import { claimNamesOf } from '../kinds/shared/pod-sources.ts';
import { firstUntolerated, isTolerated, UNSCHEDULABLE_TAINT } from '../kinds/shared/taints.ts';
import { quantityToNumber } from '../apimachinery/quantity.ts';

/** A change that a refused pod may profit from. */
export type ClusterEvent =
  | { readonly kind: 'node'; readonly node: Node; readonly previous: Node | undefined }
  /** A bound pod is gone or finished. */
  | { readonly kind: 'pod-removed'; readonly pod: Pod }
  /** A claim, a volume or a class changed; a claim has a namespace and a name. */
  | { readonly kind: 'volume'; readonly claim?: { readonly namespace: string; readonly name: string } }
  /** The waiting pod itself changed. */
  | { readonly kind: 'self'; readonly previous: Pod };

type Hint = (pod: Pod, event: ClusterEvent) => boolean;

/** True when the event may help a pod that these plugins refused. */
export function isHelped(pod: Pod, rejectedBy: readonly FilterPlugin[], event: ClusterEvent): boolean {
  return rejectedBy.some((plugin) => HINTS[plugin](pod, event));
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
  VolumeBinding: (pod, event) => {
    if (event.kind === 'node' || event.kind === 'pod-removed') return true;
    if (event.kind !== 'volume') return false;
    const { claim } = event;
    if (claim === undefined) return true;
    return claim.namespace === pod.metadata.namespace && claimNamesOf(pod.spec, pod.metadata.name).includes(claim.name);
  },
};

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
