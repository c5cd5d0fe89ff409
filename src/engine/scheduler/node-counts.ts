// Pods per node, and per domain of a topology label as far as anybody asked: both follow single pods, so that asking costs nothing that grows
// with the pods. Upstream counts all pods of all nodes in each cycle (framework/plugins/{podtopologyspread,interpodaffinity}, v1.33).

import type { StringMap } from '../apimachinery/meta.ts';
import type { Node } from '../kinds/node/types.ts';

export interface NodeCounts {
  /** Node name → pods; nodes without one are absent. */
  readonly perNode: Map<string, number>;
  /** Topology key → value → pods; domains without one are absent. */
  readonly perDomain: Map<string, Map<string, number>>;
}

/** Pods per value of one label. */
export type DomainCounts = ReadonlyMap<string, number>;

/** The nodes there are. */
export type NodesByName = ReadonlyMap<string, { readonly node: Node }>;

export const NO_DOMAINS: DomainCounts = new Map();

export function createNodeCounts(): NodeCounts {
  return { perNode: new Map(), perDomain: new Map() };
}

/** Adds pods on a node, or takes them off. */
export function changeCount({ perNode, perDomain }: NodeCounts, nodes: NodesByName, nodeName: string, change: number): void {
  addTo(perNode, nodeName, change);
  if (perDomain.size === 0) return;
  const labels = labelsOf(nodes, nodeName);
  for (const [key, domains] of perDomain) {
    const value = labels?.[key];
    if (value !== undefined) addTo(domains, value, change);
  }
}

/** Pods per value of a label. */
export function domainsOf({ perNode, perDomain }: NodeCounts, nodes: NodesByName, topologyKey: string): DomainCounts {
  const present = perDomain.get(topologyKey);
  if (present !== undefined) return present;
  const domains = new Map<string, number>();
  perDomain.set(topologyKey, domains);
  for (const [nodeName, count] of perNode) {
    const value = labelsOf(nodes, nodeName)?.[topologyKey];
    if (value !== undefined) addTo(domains, value, count);
  }
  return domains;
}

/** Adds to a count; one that becomes 0 is dropped. */
export function addTo(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function labelsOf(nodes: NodesByName, nodeName: string): StringMap | undefined {
  return nodes.get(nodeName)?.node.metadata.labels;
}
