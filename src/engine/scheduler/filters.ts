// Which nodes a pod may go to, and in which words the others refuse it. Per node the first plugin that refuses ends the check.
// Upstream: pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration,nodeaffinity,nodeports,noderesources,podtopologyspread,
// interpodaffinity} (v1.33). Rules: C810-C815. Omits: NodeName (a pod with a node name never gets here, C815).

import type { Pod } from '../kinds/pod/types.ts';
import type { ClusterState } from '../kernel/state.ts';
import { type AffinityFacts, affinityFactsOf, affinityRefusalOf } from './affinity-filter.ts';
import { arePortsFree, type HostPort, hostPortsOf } from '../kinds/shared/host-ports.ts';
import { hasRequiredAffinity, matchesRequiredAffinity, requiredNodeNames } from '../kinds/shared/node-affinity.ts';
import type { NodeCache, NodeInfo } from './node-cache.ts';
import type { Refusal } from './refusal.ts';
import { type VolumeFacts, volumeReasons } from './volume-binding.ts';
import { type Amounts, type PodRequests, podRequestsOf } from './resources.ts';
import { type SpreadFacts, spreadFactsOf, spreadRefusalOf } from './spread-filter.ts';
import { firstUntolerated, isTolerated, type Tolerations, UNSCHEDULABLE_TAINT } from '../kinds/shared/taints.ts';

/** What the scheduler needs to know of a pod, computed once per attempt. */
export interface PodFacts extends PodRequests {
  readonly pod: Pod;
  readonly ports: readonly HostPort[];
  readonly tolerations: Tolerations;
  readonly hasAffinity: boolean;
  /** The only nodes that may be looked at; undefined: all. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  /** Of a pod with claims. */
  readonly volumes: VolumeFacts | undefined;
  readonly spread: SpreadFacts | undefined;
  readonly affinity: AffinityFacts | undefined;
}

/** Reads the facts of a pod, and how the placed pods stand to it. */
export function podFactsOf(state: ClusterState, cache: NodeCache, pod: Pod, volumes: VolumeFacts | undefined): PodFacts {
  const hasAffinity = hasRequiredAffinity(pod);
  return {
    pod,
    volumes,
    ports: hostPortsOf(pod),
    tolerations: pod.spec.tolerations ?? [],
    hasAffinity,
    spread: spreadFactsOf(state, cache, pod, hasAffinity),
    affinity: affinityFactsOf(state, cache, pod),
    nodeNames: requiredNodeNames(pod),
    ...podRequestsOf(pod),
  };
}

/** The first refusal of a node, or undefined when the pod fits. */
export function refusalOf(facts: PodFacts, info: NodeInfo): Refusal | undefined {
  const { spec } = info.node;
  // Cordoned comes before the taint that says so (C813).
  if (spec.unschedulable === true && !isTolerated(UNSCHEDULABLE_TAINT, facts.tolerations)) return UNSCHEDULABLE;
  if (spec.taints !== undefined && spec.taints.length > 0) {
    const taint = firstUntolerated(spec.taints, facts.tolerations);
    if (taint !== undefined) {
      return { plugin: 'TaintToleration', reasons: [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`], isFinal: true };
    }
  }
  if (facts.hasAffinity && !matchesRequiredAffinity(facts.pod, info.node)) return AFFINITY;
  if (facts.ports.length > 0 && !arePortsFree(info.ports, facts.ports)) return PORTS;
  return (
    fitRefusalOf(facts, info) ??
    volumeRefusalOf(facts, info) ??
    (facts.spread === undefined ? undefined : spreadRefusalOf(facts.spread, info.node)) ??
    (facts.affinity === undefined ? undefined : affinityRefusalOf(facts.affinity, info.node))
  );
}

/** The refusal of a node that the pod's affinity does not even name (C811). */
export const NOT_NAMED: Refusal = {
  plugin: 'NodeAffinity',
  reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"],
  isFinal: true,
};

const UNSCHEDULABLE: Refusal = { plugin: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'], isFinal: true };
const AFFINITY: Refusal = { plugin: 'NodeAffinity', reasons: ["node(s) didn't match Pod's node affinity/selector"], isFinal: true };
const PORTS: Refusal = { plugin: 'NodePorts', reasons: ["node(s) didn't have free ports for the requested pod ports"], isFinal: false };

const EXCLUSIVE_CLAIM: Refusal = {
  plugin: 'VolumeRestrictions',
  reasons: ['node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'],
  isFinal: false,
};

function volumeRefusalOf(facts: PodFacts, info: NodeInfo): Refusal | undefined {
  if (facts.volumes?.isExclusiveTaken === true) return EXCLUSIVE_CLAIM;
  const reasons = volumeReasons(facts.volumes, info.node);
  return reasons === undefined ? undefined : { plugin: 'VolumeBinding', reasons, isFinal: true };
}

/** C812: requests against what is allocatable and not requested yet; every shortage is named. */
export function fitRefusalOf(facts: PodRequests, info: NodeInfo): Refusal | undefined {
  const { requests } = facts;
  const { allocatable, requested } = info;
  const isFitting =
    info.pods.size < info.podsMax &&
    (requests.milliCpu === 0 || requests.milliCpu <= allocatable.milliCpu - requested.milliCpu) &&
    (requests.memory === 0 || requests.memory <= allocatable.memory - requested.memory) &&
    (requests.ephemeralStorage === 0 || requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage) &&
    requests.scalars === undefined;
  if (isFitting) return undefined;
  const reasons = shortagesOf(requests, info);
  return reasons.length === 0 ? undefined : { plugin: 'NodeResourcesFit', reasons, isFinal: false };
}

/** True when the pod would fit on the node if it were empty (C803). */
export function fitsEmptyNode(requests: Readonly<Amounts>, allocatable: Readonly<Amounts>, podsMax: number): boolean {
  if (podsMax < 1 || requests.milliCpu > allocatable.milliCpu || requests.memory > allocatable.memory) return false;
  if (requests.ephemeralStorage > allocatable.ephemeralStorage) return false;
  for (const [name, value] of requests.scalars ?? []) if (value > (allocatable.scalars?.get(name) ?? 0)) return false;
  return true;
}

function shortagesOf(requests: Readonly<Amounts>, info: NodeInfo): string[] {
  const { allocatable, requested } = info;
  const reasons: string[] = [];
  if (info.pods.size + 1 > info.podsMax) reasons.push('Too many pods');
  if (requests.milliCpu > 0 && requests.milliCpu > allocatable.milliCpu - requested.milliCpu) reasons.push('Insufficient cpu');
  if (requests.memory > 0 && requests.memory > allocatable.memory - requested.memory) reasons.push('Insufficient memory');
  if (requests.ephemeralStorage > 0 && requests.ephemeralStorage > allocatable.ephemeralStorage - requested.ephemeralStorage) {
    reasons.push('Insufficient ephemeral-storage');
  }
  for (const [name, value] of requests.scalars ?? []) {
    const free = (allocatable.scalars?.get(name) ?? 0) - (requested.scalars?.get(name) ?? 0);
    if (value > 0 && value > free) reasons.push(`Insufficient ${name}`);
  }
  return reasons;
}
