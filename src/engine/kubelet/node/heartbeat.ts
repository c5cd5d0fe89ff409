// Heartbeats as arithmetic: while a node is healthy its Lease and the heartbeat times of its conditions are a function of the stored object and
// the virtual time, applied whenever they are read (docs/decisions/0003-heartbeats-are-projected.md).
// Upstream: pkg/kubelet/kubelet_node_status.go, component-helpers/apimachinery/lease/controller.go (v1.33). Rules: K801, K802.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { formatMicroTime, formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Draft } from '../../kinds/kind.ts';
import type { Lease } from '../../kinds/lease/types.ts';
import type { Node } from '../../kinds/node/types.ts';
import { drawKeyed } from '../../kernel/random.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { isSilent, outages } from '../model.ts';

const HEARTBEAT_MS = 10_000;
const JITTER_SHARE = 0.04;
/** K802: a status that says nothing new is written this often. */
const STATUS_REPORT_MS = 300_000;

/** The Lease of a node (K801). */
export function buildNodeLease(state: ClusterState, node: Node): Draft<Lease> {
  const { name, uid } = node.metadata;
  const now = formatMicroTime(state.nowMs);
  const lease = {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: { name, namespace: 'kube-node-lease', ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: now },
  };
  return lease as Draft<Lease>;
}

/** Whether readers see heartbeats in the objects of a resource. */
export function hasHeartbeats(resource: string): boolean {
  return resource === LEASES || resource === NODES;
}

const [LEASES, NODES] = ['leases.coordination.k8s.io', 'nodes'];

/** The object as a reader sees it now: heartbeats of healthy nodes are filled in, everything else is as stored. */
export function projectObject(state: ClusterState, resource: string, object: KubeObject): KubeObject {
  if (resource === LEASES) return projectLease(state, object as Lease);
  return resource === NODES ? projectNode(state, object as Node) : object;
}

function projectLease(state: ClusterState, lease: Lease): KubeObject {
  const { holderIdentity, renewTime } = lease.spec;
  if (lease.metadata.namespace !== 'kube-node-lease' || holderIdentity === undefined || renewTime === undefined) return lease;
  if (isSilent(state, holderIdentity)) return lease;
  const beganMs = parseTime(renewTime) ?? state.nowMs;
  const renewedMs = beganMs + lastBeatMs(state, `lease|${holderIdentity}`, state.nowMs - beganMs, HEARTBEAT_MS);
  return { ...lease, spec: { ...lease.spec, renewTime: formatMicroTime(renewedMs) } };
}

function projectNode(state: ClusterState, node: Node): KubeObject {
  const conditions = node.status.conditions ?? [];
  const ready = conditions.find((condition) => condition.type === 'Ready');
  if (ready === undefined || ready.status === 'Unknown' || isSilent(state, node.metadata.name)) return node;
  const projected = conditions.map((condition) => {
    const beganMs = parseTime(condition.lastHeartbeatTime ?? '');
    if (beganMs === undefined) return condition;
    const beatMs = beganMs + lastBeatMs(state, `status|${node.metadata.name}`, state.nowMs - beganMs, STATUS_REPORT_MS);
    return { ...condition, lastHeartbeatTime: formatTime(beatMs) };
  });
  return { ...node, status: { ...node.status, conditions: projected } };
}

/** The last beat within `elapsedMs`, for a period with the node's own jitter of up to 4 %. */
function lastBeatMs(state: ClusterState, key: string, elapsedMs: number, periodMs: number): number {
  const jittered = Math.round(periodMs * (1 + JITTER_SHARE * drawKeyed(state, 'heartbeat', key)));
  return Math.floor(Math.max(elapsedMs, 0) / jittered) * jittered;
}

/** When a node that has fallen silent renewed its Lease for the last time; undefined while it goes on (C702). */
export function lastRenewalMs(state: ClusterState, node: string): number | undefined {
  return outages.get(state, node)?.renewedMs;
}
