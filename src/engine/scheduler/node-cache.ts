// The scheduler's view of the nodes: what each offers and what the pods on it have taken, kept up to date change by change, so that a
// decision costs a few additions per node and not a walk over all pods. It is derived from the stored objects and built again when absent.
// Upstream: pkg/scheduler/backend/cache/cache.go, node_tree.go, pkg/scheduler/framework/types.go NodeInfo (v1.33).
// Rules: C812, C840, C849. Omits: volumes.

import { compareText } from '../apimachinery/text.ts';
import type { StringMap } from '../apimachinery/meta.ts';
import { quantityToNumber } from '../apimachinery/quantity.ts';
import { listObjects } from '../apiserver/api.ts';
import { nodeKind } from '../kinds/node/index.ts';
import type { Node } from '../kinds/node/types.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { type Change, getStored, keyOf, storedOf } from '../kernel/store.ts';
import { changePorts, type HostPort, hostPortsOf, type OccupiedPorts } from '../kinds/shared/host-ports.ts';
import { addAmounts, type Amounts, amountsOf, isResizing, type PodRequests, podRequestsOf } from './resources.ts';
import { changeGroups, createPodGroups, forgetDomains, type PodGroups } from './pod-groups.ts';
import { changeTerms, createTermIndex, forgetTermDomains, type TermIndex } from './term-index.ts';
import { isPodTerminal } from '../kinds/shared/pod-state.ts';

/** A node and the sum of the pods on it. */
export interface NodeInfo {
  readonly name: string;
  node: Node;
  allocatable: Amounts;
  podsMax: number;
  readonly requested: Amounts;
  nonZeroCpu: number;
  nonZeroMemory: number;
  readonly ports: OccupiedPorts;
  /** Pods that count here, by key. */
  readonly pods: Map<string, PlacedPod>;
  /** Image name → bytes. */
  images: ReadonlyMap<string, number>;
}

/** A pod as its node counts it. */
export interface PlacedPod extends PodRequests {
  readonly key: string;
  readonly pod: Pod;
  readonly nodeName: string;
  readonly ports: readonly HostPort[];
}

export interface NodeCache {
  /** Nodes in visiting order (C840). */
  visiting: readonly NodeInfo[];
  readonly byName: Map<string, NodeInfo>;
  /** Pods by key, also those bound to a node that does not exist. */
  readonly placed: Map<string, PlacedPod>;
  /** Image name → number of nodes that have it. */
  readonly imageNodes: Map<string, number>;
  readonly groups: PodGroups;
  readonly terms: TermIndex;
  /** Priority → placed pods that have it. */
  readonly priorities: Map<number, number>;
  /** Node name → pods that preemption makes room for there, by key (C849). */
  readonly nominated: Map<string, Map<string, PlacedPod>>;
  /** Key of a nominated pod → its node. */
  readonly nominations: Map<string, string>;
}

const MEMO = 'scheduler.nodes';

/** The view, built when there is none. */
export function nodeCacheOf(state: ClusterState): NodeCache {
  const present = state.derived.memo.get(MEMO) as NodeCache | undefined;
  if (present !== undefined) return present;
  const cache: NodeCache = {
    visiting: [],
    byName: new Map(),
    placed: new Map(),
    imageNodes: new Map(),
    groups: createPodGroups(),
    terms: createTermIndex(),
    priorities: new Map(),
    nominated: new Map(),
    nominations: new Map(),
  };
  state.derived.memo.set(MEMO, cache);
  for (const node of listObjects(state, nodeKind)) putNode(cache, node);
  for (const [key, stored] of storedOf(state, 'pods')) refreshPod(cache, key, stored.object as Pod);
  cache.visiting = visitingOrder(cache);
  return cache;
}

/** Takes a pod change into account, if the view exists. Reads the stored pod, so it may be told more than once. */
export function noteCachedPod(state: ClusterState, change: Change): void {
  const cache = state.derived.memo.get(MEMO) as NodeCache | undefined;
  if (cache === undefined) return;
  const key = keyOf(change.object);
  refreshPod(cache, key, getStored(state, 'pods', key)?.object as Pod | undefined);
}

/** Takes a node change into account, if the view exists. */
export function noteCachedNode(state: ClusterState, change: Change): void {
  const cache = state.derived.memo.get(MEMO) as NodeCache | undefined;
  if (cache === undefined) return;
  const name = change.object.metadata.name;
  const node = getStored(state, 'nodes', name)?.object as Node | undefined;
  const before = cache.byName.get(name);
  const formerZone = before === undefined ? undefined : zoneKeyOf(before.node);
  if (before?.node.metadata.labels !== node?.metadata.labels) {
    forgetDomains(cache.groups);
    forgetTermDomains(cache.terms);
  }
  if (node !== undefined) putNode(cache, node);
  else if (before !== undefined) removeNode(cache, before);
  if (node === undefined || formerZone !== zoneKeyOf(node)) cache.visiting = visitingOrder(cache);
}

/** Brings one pod of the view up to date: a placed pod that is not finished counts until its object is gone (C812). */
export function refreshPod(cache: NodeCache, key: string, pod: Pod | undefined): void {
  if (cache.nominations.has(key) || (pod?.status.nominatedNodeName ?? '') !== '') nominate(cache, key, pod);
  const before = cache.placed.get(key);
  const nodeName = pod?.spec.nodeName ?? '';
  const isCounted = pod !== undefined && nodeName !== '' && !isPodTerminal(pod);
  if (before !== undefined && isCounted && isSamePlacement(before, pod)) return;
  if (before !== undefined) unplace(cache, before);
  if (isCounted) place(cache, placedPodOf(key, pod, nodeName));
}

function placedPodOf(key: string, pod: Pod, nodeName: string): PlacedPod {
  return { key, pod, nodeName, ports: hostPortsOf(pod), ...podRequestsOf(pod) };
}

/** C849: a pod that waits for its victims to go takes its node's room before pods of lower priority. */
function nominate(cache: NodeCache, key: string, pod: Pod | undefined): void {
  const before = cache.nominations.get(key);
  const isWaiting = pod !== undefined && (pod.spec.nodeName ?? '') === '' && pod.metadata.deletionTimestamp === undefined;
  const nodeName = isWaiting ? (pod.status.nominatedNodeName ?? '') : '';
  if (before !== undefined) {
    cache.nominations.delete(key);
    const others = cache.nominated.get(before);
    others?.delete(key);
    if (others?.size === 0) cache.nominated.delete(before);
  }
  if (!isWaiting || nodeName === '') return;
  cache.nominations.set(key, nodeName);
  const others = cache.nominated.get(nodeName) ?? new Map<string, PlacedPod>();
  cache.nominated.set(nodeName, others.set(key, placedPodOf(key, pod, nodeName)));
}

/** True when nothing that the sums or the spread look at has changed. */
function isSamePlacement(before: PlacedPod, pod: Pod): boolean {
  return (
    before.nodeName === pod.spec.nodeName &&
    before.pod.spec.containers === pod.spec.containers &&
    before.pod.metadata.uid === pod.metadata.uid &&
    before.pod.metadata.labels === pod.metadata.labels &&
    before.pod.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
    !isResizing(before.pod) &&
    !isResizing(pod)
  );
}

function place(cache: NodeCache, placed: PlacedPod): void {
  cache.placed.set(placed.key, placed);
  countPriority(cache, placed, 1);
  changeGroups(cache.groups, cache.byName, placed.pod, placed.nodeName, 1);
  changeTerms(cache.terms, cache.byName, placed.pod, placed.nodeName, 1);
  const info = cache.byName.get(placed.nodeName);
  if (info !== undefined) countPod(info, placed, 1);
}

function unplace(cache: NodeCache, placed: PlacedPod): void {
  cache.placed.delete(placed.key);
  countPriority(cache, placed, -1);
  changeGroups(cache.groups, cache.byName, placed.pod, placed.nodeName, -1);
  changeTerms(cache.terms, cache.byName, placed.pod, placed.nodeName, -1);
  const info = cache.byName.get(placed.nodeName);
  if (info !== undefined) countPod(info, placed, -1);
}

function countPriority(cache: NodeCache, { pod }: PlacedPod, sign: 1 | -1): void {
  const priority = pod.spec.priority ?? 0;
  const count = (cache.priorities.get(priority) ?? 0) + sign;
  if (count === 0) cache.priorities.delete(priority);
  else cache.priorities.set(priority, count);
}

/** Adds (1) a pod to the sums of a node, or takes it off (-1). */
export function countPod(info: NodeInfo, placed: PlacedPod, sign: 1 | -1): void {
  addAmounts(info.requested, placed.requests, sign);
  info.nonZeroCpu += sign * placed.nonZeroCpu;
  info.nonZeroMemory += sign * placed.nonZeroMemory;
  changePorts(info.ports, placed.ports, sign);
  if (sign === 1) info.pods.set(placed.key, placed);
  else info.pods.delete(placed.key);
}

function putNode(cache: NodeCache, node: Node): void {
  const { name } = node.metadata;
  const present = cache.byName.get(name);
  const images = present !== undefined && present.node.status.images === node.status.images ? present.images : imagesOf(node);
  if (present !== undefined) {
    changeImages(cache, present.images, images);
    present.node = node;
    present.images = images;
    present.allocatable = amountsOf(node.status.allocatable);
    present.podsMax = podsMaxOf(node.status.allocatable);
    return;
  }
  const info: NodeInfo = {
    name,
    node,
    allocatable: amountsOf(node.status.allocatable),
    podsMax: podsMaxOf(node.status.allocatable),
    requested: amountsOf(undefined),
    nonZeroCpu: 0,
    nonZeroMemory: 0,
    ports: new Map(),
    pods: new Map(),
    images,
  };
  cache.byName.set(name, info);
  changeImages(cache, NO_IMAGES, images);
  for (const placed of cache.placed.values()) if (placed.nodeName === name) countPod(info, placed, 1);
}

function removeNode(cache: NodeCache, info: NodeInfo): void {
  cache.byName.delete(info.name);
  changeImages(cache, info.images, NO_IMAGES);
}

const NO_IMAGES: ReadonlyMap<string, number> = new Map();

function imagesOf(node: Node): ReadonlyMap<string, number> {
  const images = new Map<string, number>();
  for (const { names, sizeBytes = 0 } of node.status.images ?? []) for (const name of names) images.set(name, sizeBytes);
  return images;
}

function changeImages(cache: NodeCache, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
  if (before === after) return;
  for (const name of before.keys()) cache.imageNodes.set(name, (cache.imageNodes.get(name) ?? 0) - 1);
  for (const name of after.keys()) cache.imageNodes.set(name, (cache.imageNodes.get(name) ?? 0) + 1);
}

function podsMaxOf(allocatable: StringMap | undefined): number {
  return quantityToNumber(allocatable?.['pods']);
}

/** C840: zones in turn, one node of each at a time; nodes and zones in order of creation. */
function visitingOrder(cache: NodeCache): readonly NodeInfo[] {
  const infos = [...cache.byName.values()].sort(compareCreation);
  const zones = new Map<string, NodeInfo[]>();
  for (const info of infos) {
    const zone = zoneKeyOf(info.node);
    const members = zones.get(zone);
    if (members === undefined) zones.set(zone, [info]);
    else members.push(info);
  }
  const order: NodeInfo[] = [];
  for (let round = 0; order.length < infos.length; round += 1) {
    for (const members of zones.values()) {
      const info = members[round];
      if (info !== undefined) order.push(info);
    }
  }
  return order;
}

/** Region and zone as one text; empty without both labels. */
export function zoneKeyOf(node: Node): string {
  const region = labelOf(node, 'topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region');
  const zone = labelOf(node, 'topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone');
  return region === '' && zone === '' ? '' : `${region}:${zone}`;
}

function labelOf(node: Node, name: string, formerName: string): string {
  return node.metadata.labels?.[formerName] ?? node.metadata.labels?.[name] ?? '';
}

function compareCreation(a: NodeInfo, b: NodeInfo): number {
  return compareText(a.node.metadata.creationTimestamp, b.node.metadata.creationTimestamp) || compareText(a.name, b.name);
}
