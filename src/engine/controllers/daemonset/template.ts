// The pods of a DaemonSet: its template with the tolerations of daemons, tied to one node.
// Upstream: pkg/controller/daemon/util/daemonset_util.go (v1.33). Rules: C402, C403, C406.

import type { Draft } from '../../kinds/kind.ts';
import type { Pod, PodSpec, Toleration } from '../../kinds/pod/types.ts';
import { GENERATION_LABEL, HASH_LABEL } from './plan.ts';

const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const NETWORK_TOLERATION: Toleration = { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' };

/** C403: the tolerations of the template and those of every daemon. */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  const added = spec.hostNetwork === true ? [...TOLERATIONS, NETWORK_TOLERATION] : TOLERATIONS;
  const isSame = (a: Toleration, b: Toleration): boolean =>
    a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? '') === (b.value ?? '');
  const result = (spec.tolerations ?? []).map((own) => added.find((item) => isSame(item, own)) ?? own);
  return [...result, ...added.filter((item) => !result.includes(item))];
}

/** C402, C406: makes a pod of the template the daemon of a node. */
export function tieToNode(draft: Draft<Pod>, nodeName: string, hash: string, generation: string): void {
  const metadata = draft.metadata as { labels?: Record<string, string> };
  metadata.labels = { ...metadata.labels, [HASH_LABEL]: hash, [GENERATION_LABEL]: generation };
  const { spec } = draft;
  spec.tolerations = daemonTolerations(spec as PodSpec).map((item) => ({ ...item }));
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [nodeName] }] }];
  const nodeAffinity = { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  spec.affinity = { ...spec.affinity, nodeAffinity };
}
