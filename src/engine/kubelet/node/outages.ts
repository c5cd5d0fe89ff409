// Nodes whose kubelet is not heard of: switched off, or cut off from the API. A cut-off kubelet goes on with its pods as it knew them; one that is
// switched off does nothing, and its containers are gone when it comes back. Rules: K807, C701, C731-C733.
// Upstream: pkg/kubelet/kubelet_node_status.go, nodestatus/setters.go (v1.33). Deviation: what a cut-off kubelet would say in Events is lost; a real
// one tries for two minutes.

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import { formatMicroTime, formatTime, parseTime } from '../../apimachinery/time.ts';
import { getObject, listByTerm, writeObject, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { leaseKind } from '../../kinds/lease/index.ts';
import { nodeKind } from '../../kinds/node/index.ts';
import type { Node } from '../../kinds/node/types.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';
import { projectObject } from './heartbeat.ts';
import { type Outage, outages, podWorkers } from '../model.ts';
import { healthyConditions, nodeUuid } from './node-status.ts';
import { requeuePodsOfNode } from '../index.ts';
import { freezeWorker, reconnectWorker, restartWorker } from '../pods/pod-worker.ts';

/** How often a node has booted, where that is more than once. */
const boots = defineTable<{ count: number }>('kubelet.boots');

/** Begins an outage: the last heartbeat is written, and from now on the node is silent. */
export function beginOutage(state: ClusterState, name: string, kind: Outage['kind']): void {
  const node = getObject(state, nodeKind, undefined, name);
  if (node === undefined) return;
  const lease = getObject(state, leaseKind, 'kube-node-lease', name);
  const seen = projectObject(state, 'nodes', node) as Node;
  const renewed = lease === undefined ? undefined : (projectObject(state, 'leases.coordination.k8s.io', lease) as typeof lease);
  const present = outages.get(state, name);
  const uids =
    present?.uids ??
    listByTerm(state, podKind, `node:${name}`)
      .map((pod) => pod.metadata.uid)
      .filter((uid) => podWorkers.has(state, uid));
  const renewedMs = present?.renewedMs ?? renewalOf(renewed) ?? state.nowMs;
  outages.put(state, name, { kind: present?.kind === 'down' ? 'down' : kind, renewedMs, uids });
  for (const uid of uids) if (podWorkers.has(state, uid)) freezeWorker(state, podWorkers.edit(state, uid), kind === 'down');
  if (present !== undefined) return;
  if (seen !== node) writeStatus(state, nodeKind, node, seen.status);
  if (renewed !== undefined && renewed !== lease) writeObject(state, leaseKind, renewed);
  else if (lease !== undefined)
    writeObject(state, leaseKind, { ...lease, spec: { ...lease.spec, renewTime: formatMicroTime(state.nowMs) } });
}

function renewalOf(lease: KubeObject | undefined): number | undefined {
  const { renewTime } = (lease?.['spec'] ?? {}) as { renewTime?: string };
  return renewTime === undefined ? undefined : parseTime(renewTime);
}

/** Ends an outage: the node is heard of again, and its kubelet meets what has become of its pods. */
export function endOutage(state: ClusterState, name: string): void {
  const outage = outages.get(state, name);
  if (outage === undefined) return;
  outages.remove(state, name);
  const node = getObject(state, nodeKind, undefined, name);
  if (node === undefined) return;
  const lease = getObject(state, leaseKind, 'kube-node-lease', name);
  if (lease !== undefined) writeObject(state, leaseKind, { ...lease, spec: { ...lease.spec, renewTime: formatMicroTime(state.nowMs) } });
  const hasBooted = outage.kind === 'down';
  if (hasBooted) boots.put(state, name, { count: (boots.get(state, name)?.count ?? 0) + 1 });
  reportHealthy(state, node, hasBooted);
  for (const uid of outage.uids) {
    if (!podWorkers.has(state, uid)) continue;
    const worker = podWorkers.edit(state, uid);
    if (hasBooted) restartWorker(state, worker);
    reconnectWorker(state, worker);
  }
  requeuePodsOfNode(state, name);
}

/** The status of a node whose kubelet is well, with an event for everything that was not (K805). */
function reportHealthy(state: ClusterState, node: Node, hasBooted: boolean): void {
  const { name } = node.metadata;
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recordEvent(state, { source: { component: 'kubelet', host: name }, regarding: node, type, reason, message });
  if (hasBooted) tell('Normal', 'Starting', 'Starting kubelet.');
  const present = node.status.conditions ?? [];
  const now = formatTime(state.nowMs);
  const turned: string[] = [];
  const conditions = healthyConditions(state.nowMs).map((condition): Condition => {
    const before = present.find(({ type }) => type === condition.type);
    if (before?.status === condition.status) return { ...condition, lastTransitionTime: before.lastTransitionTime ?? now };
    turned.push(condition.reason === 'KubeletReady' ? 'NodeReady' : (condition.reason ?? '').replace('Kubelet', 'Node'));
    return condition;
  });
  for (const reason of turned) tell('Normal', reason, `Node ${name} status is now: ${reason}`);
  const others = present.filter(({ type }) => !conditions.some((condition) => condition.type === type));
  const bootID = hasBooted ? nodeUuid(state, `boot-${boots.get(state, name)?.count ?? 0}`, name) : undefined;
  const nodeInfo = bootID === undefined ? node.status.nodeInfo : { ...node.status.nodeInfo, bootID };
  if (bootID !== undefined) {
    tell('Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    tell('Warning', 'Rebooted', `Node ${name} has been rebooted, boot id: ${bootID}`);
  }
  writeStatus(state, nodeKind, node, {
    ...node.status,
    conditions: [...conditions, ...others],
    ...(nodeInfo === undefined ? {} : { nodeInfo }),
  });
}
