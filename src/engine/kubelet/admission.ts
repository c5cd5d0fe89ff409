// The kubelet's own admission of a pod that reaches it (K106-K108): node name and selector, host ports, taints, resources.
// Upstream: pkg/kubelet/lifecycle/predicate.go, kubelet.go (canAdmitPod, rejectPod) (v1.33). Omits eviction, sysctls, device and topology managers.

import { quantityToMilli, quantityToNumber } from '../apimachinery/quantity.ts';
import { listByTerm } from '../apiserver/api.ts';
import type { Node } from '../kinds/node/types.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Container, Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { isSidecar } from './containers.ts';
import { isTerminalPhase } from './pod-status.ts';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** Why the node refuses the pod, or undefined. */
export function refuseAdmission(state: ClusterState, pod: Pod, node: Node): Refusal | undefined {
  const others = listByTerm(state, podKind, `node:${node.metadata.name}`).filter(
    (other) => other.metadata.uid !== pod.metadata.uid && !isTerminalPhase(other.status.phase),
  );
  return refuseResources(pod, node, others) ?? refuseSelector(pod, node) ?? refusePorts(pod, others) ?? refuseTaints(pod, node);
}

function refuseResources(pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined {
  const allocatable = node.status.allocatable ?? {};
  const pods = Number(allocatable['pods'] ?? 110);
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
  const running = [...pod.spec.containers, ...init.filter(isSidecar)].reduce((sum, container) => sum + of(container), 0);
  return Math.max(running, ...init.filter((container) => !isSidecar(container)).map(of), 0);
}

function refuseSelector(pod: Pod, node: Node): Refusal | undefined {
  const labels = node.metadata.labels ?? {};
  const matches = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  if (matches) return undefined;
  return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
}

function refusePorts(pod: Pod, others: readonly Pod[]): Refusal | undefined {
  const hostPorts = (item: Pod): string[] =>
    item.spec.containers.flatMap((container) =>
      (container.ports ?? []).filter((port) => port.hostPort !== undefined).map((port) => `${port.protocol}/${port.hostPort ?? 0}`),
    );
  const taken = new Set(others.flatMap(hostPorts));
  if (!hostPorts(pod).some((port) => taken.has(port))) return undefined;
  return { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" };
}

function refuseTaints(pod: Pod, node: Node): Refusal | undefined {
  const tolerations = pod.spec.tolerations ?? [];
  const isTolerated = (key: string, value: string): boolean =>
    tolerations.some((item) => {
      if (item.effect !== undefined && item.effect !== 'NoExecute') return false;
      if (item.key !== undefined && item.key !== '' && item.key !== key) return false;
      return item.operator === 'Exists' || (item.value ?? '') === value;
    });
  const taints = (node.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute' && !isTolerated(taint.key, taint.value ?? ''));
  if (taints.length === 0) return undefined;
  return { reason: 'TaintToleration', message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate" };
}
