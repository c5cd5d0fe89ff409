// Addresses of pods: each node has a network of its own, and gives its addresses out round robin.

import type { ClusterState } from '../../kernel/state.ts';
import { nodeMemories, type PodWorker } from '../model.ts';

const HOST_FIRST = 2;
const HOST_LAST = 254;

/** The next free address of the node's pod network, round robin. */
export function allocateAddress(state: ClusterState, worker: PodWorker): string {
  const node = nodeMemories.edit(state, worker.node);
  for (let i = 0; i <= HOST_LAST - HOST_FIRST; i += 1) {
    node.lastHost = node.lastHost >= HOST_LAST ? HOST_FIRST : Math.max(node.lastHost + 1, HOST_FIRST);
    const ip = podAddress(node.ordinal, node.lastHost);
    if (node.addresses[ip] !== undefined) continue;
    node.addresses[ip] = worker.uid;
    return ip;
  }
  return podAddress(node.ordinal, HOST_LAST);
}

/** 10.244.<node>.<host>; beyond 256 nodes the second number rises. */
export function podAddress(nodeOrdinal: number, host: number): string {
  return `10.${244 + Math.floor(nodeOrdinal / 256)}.${nodeOrdinal % 256}.${host}`;
}

/** The address of a pod whose sandbox is gone is free again. */
export function releaseAddress(state: ClusterState, worker: PodWorker): void {
  const ip = worker.runtime.sandbox?.ip;
  if (ip !== undefined && nodeMemories.has(state, worker.node)) delete nodeMemories.edit(state, worker.node).addresses[ip];
}
