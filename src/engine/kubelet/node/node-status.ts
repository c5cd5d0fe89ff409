// The Node object a kubelet registers: already Ready, with capacity, addresses, conditions and labels.
// Upstream: pkg/kubelet/kubelet_node_status.go, nodestatus/setters.go (v1.33). Rules: K803, C930, M11.
// Deviation: K804, K806, a kubelet's runtime and network are well whenever the node is on: there are no texts of unready nodes, and no pauses of
// syncs. K805: nodes of the beginning have told of their start long ago.

import type { Condition, StringMap } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Draft } from '../../kinds/kind.ts';
import type { Node, Taint } from '../../kinds/node/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { longHash } from '../../containers/images/catalogue.ts';

export interface NodeRequest {
  readonly name: string;
  readonly labels?: StringMap;
  readonly taints?: readonly Taint[];
  readonly capacity?: StringMap;
}

const CAPACITY_DEFAULT: StringMap = { cpu: '4', 'ephemeral-storage': '100Gi', memory: '16Gi', pods: '110' };

const HEALTHY: readonly (readonly [type: string, status: 'True' | 'False', reason: string, message: string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

/** The node with this position in the cluster, as its kubelet has registered it. */
export function buildNode(state: ClusterState, request: NodeRequest, ordinal: number): Draft<Node> {
  const { name } = request;
  const podCidr = `10.${244 + Math.floor(ordinal / 256)}.${ordinal % 256}.0/24`;
  const capacity = { ...CAPACITY_DEFAULT, ...request.capacity };
  const node: Omit<Node, 'metadata'> & { metadata: { name: string; labels: StringMap } } = {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...request.labels,
      },
    },
    spec: {
      podCIDR: podCidr,
      podCIDRs: [podCidr],
      ...(request.taints === undefined || request.taints.length === 0 ? {} : { taints: request.taints }),
    },
    status: {
      capacity,
      allocatable: capacity,
      conditions: healthyConditions(state.nowMs),
      addresses: [
        { type: 'InternalIP', address: nodeAddress(ordinal) },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: longHash(`${state.seed}|machine|${name}`).slice(0, 32),
        systemUUID: nodeUuid(state, 'system', name),
        bootID: nodeUuid(state, 'boot', name),
        kernelVersion: '6.1.0-32-amd64',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        containerRuntimeVersion: 'containerd://2.0.5',
        kubeletVersion: 'v1.33.0',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
  return node as Draft<Node>;
}

/** 172.18.0.2 and up. */
export function nodeAddress(ordinal: number): string {
  const host = ordinal + 2;
  return `172.${18 + Math.floor(host / 65_536)}.${Math.floor(host / 256) % 256}.${host % 256}`;
}

/** The conditions of a node whose kubelet is well, as they are since `nowMs` (K803). */
export function healthyConditions(nowMs: number): Condition[] {
  const now = formatTime(nowMs);
  return HEALTHY.map(([type, status, reason, message]) => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  }));
}

/** An id of a node that depends on nothing but the seed. */
export function nodeUuid(state: ClusterState, purpose: string, name: string): string {
  return uuidOf(longHash(`${state.seed}|${purpose}|${name}`));
}

function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
