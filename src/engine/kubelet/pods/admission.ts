// The kubelet's own admission of a pod that reaches it (K106-K108): node name and selector, host ports, taints, resources.
// Upstream: pkg/kubelet/lifecycle/predicate.go, kubelet.go (canAdmitPod, rejectPod), eviction/eviction_manager.go (Admit) (v1.33). Rules: K106-K108,
// K534. Omits sysctls, device and topology managers.

import { quantityToMilli, quantityToNumber } from '../../apimachinery/quantity.ts';
import { countByTerm, unorderedByTerm } from '../../apiserver/api.ts';
import type { Node } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { doPortsConflict, hostPortsOf } from '../../kinds/shared/host-ports.ts';
import { isTolerated } from '../../kinds/shared/taints.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { isPodPhaseTerminal, isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** Pods of a node that does not say how many it takes. */
const PODS_MAX = 110;

/** Why the node could not have the pod if it were alone there; undefined: it could. */
export function refuseCapacity(pod: Pod, node: Node): string | undefined {
  const allocatable = node.status.allocatable ?? {};
  // The message is about memory when it is about both.
  for (const [resource, toNumber] of MEASURED.slice(0, 2).reverse()) {
    const [requested, capacity] = [requestOf(pod, resource, toNumber), toNumber(allocatable[resource])];
    if (requested > capacity) return `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`;
  }
  return undefined;
}

/** Why the node refuses the pod, or undefined; others count as they are granted. */
export function refuseAdmission(
  state: ClusterState,
  pod: Pod,
  node: Node,
  asGranted: (other: Pod) => Pod = (other) => other,
): Refusal | undefined {
  const pressed = refusePressure(pod, node);
  if (pressed !== undefined) return pressed;
  const term = `node:${node.metadata.name}`;
  const podsMax = Number(node.status.allocatable?.['pods'] ?? PODS_MAX);
  const isPlain = hostPortsOf(pod).length === 0 && MEASURED.every(([resource, toNumber]) => requestOf(pod, resource, toNumber) === 0);
  // The common case needs no look at the others.
  if (isPlain && countByTerm(state, podKind, term) <= podsMax) return refuseSelector(pod, node) ?? refuseTaints(pod, node);
  const others = unorderedByTerm(state, podKind, term)
    .filter((other) => other.metadata.uid !== pod.metadata.uid && !isPodPhaseTerminal(other.status.phase))
    .map(asGranted);
  return refuseResources(pod, node, others) ?? refuseSelector(pod, node) ?? refusePorts(pod, others) ?? refuseTaints(pod, node);
}

/** K534: under pressure a node takes no pod; for want of memory alone it refuses only those that ask for nothing and do not tolerate it. */
function refusePressure(pod: Pod, node: Node): Refusal | undefined {
  if ((pod.spec.priority ?? 0) >= CRITICAL_PRIORITY) return undefined;
  const isPressed = (type: string): boolean =>
    node.status.conditions?.some((item) => item.type === type && item.status === 'True') === true;
  const refuse = (type: string): Refusal => ({ reason: 'Evicted', message: `The node had condition: [${type}]. ` });
  for (const type of ['DiskPressure', 'PIDPressure']) if (isPressed(type)) return refuse(type);
  if (!isPressed('MemoryPressure') || pod.status.qosClass !== 'BestEffort') return undefined;
  const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;
  return isTolerated(taint, pod.spec.tolerations ?? []) ? undefined : refuse('MemoryPressure');
}

const CRITICAL_PRIORITY = 2_000_000_000;

function refuseResources(pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined {
  const allocatable = node.status.allocatable ?? {};
  const pods = Number(allocatable['pods'] ?? PODS_MAX);
  if (others.length + 1 > pods) return outOf('pods', 1, others.length, pods);
  for (const [resource, toNumber] of MEASURED) {
    const requested = requestOf(pod, resource, toNumber);
    if (requested === 0) continue;
    const used = others.reduce((sum, other) => sum + requestOf(other, resource, toNumber), 0);
    const capacity = toNumber(allocatable[resource]);
    if (used + requested > capacity) return outOf(resource, requested, used, capacity);
  }
  return undefined;
}

/** cpu in millicores, memory and storage in bytes (K108). */
const MEASURED: readonly (readonly [string, (text: string | undefined) => number])[] = [
  ['cpu', quantityToMilli],
  ['memory', quantityToNumber],
  ['ephemeral-storage', quantityToNumber],
];

function outOf(resource: string, requested: number, used: number, capacity: number): Refusal {
  const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message };
}

function requestOf(pod: Pod, resource: string, toNumber: (text: string | undefined) => number): number {
  const of = (container: Container): number => toNumber(container.resources?.requests?.[resource]);
  const init = pod.spec.initContainers ?? [];
  const running = [...pod.spec.containers, ...init.filter(isRestartableInitContainer)].reduce((sum, container) => sum + of(container), 0);
  return Math.max(running, ...init.filter((container) => !isRestartableInitContainer(container)).map(of), 0);
}

function refuseSelector(pod: Pod, node: Node): Refusal | undefined {
  const labels = node.metadata.labels ?? {};
  const matches = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  if (matches) return undefined;
  return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
}

function refusePorts(pod: Pod, others: readonly Pod[]): Refusal | undefined {
  const wanted = hostPortsOf(pod);
  if (wanted.length === 0) return undefined;
  if (!others.some((other) => doPortsConflict(wanted, hostPortsOf(other)))) return undefined;
  return { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" };
}

function refuseTaints(pod: Pod, node: Node): Refusal | undefined {
  const tolerations = pod.spec.tolerations ?? [];
  const taints = (node.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute' && !isTolerated(taint, tolerations));
  if (taints.length === 0) return undefined;
  return { reason: 'TaintToleration', message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate" };
}
