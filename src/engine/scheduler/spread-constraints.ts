// The spread constraints of a pod: its own, or those that every pod of a workload has without asking.
// Upstream: pkg/scheduler/framework/plugins/podtopologyspread/{plugin,common}.go, plugins/helper/spread.go (v1.33). Rules: C835, C838.

import { controllerOf } from '../apimachinery/meta.ts';
import { isEverything, matchesSelector, type Selector, selectorFromLabelSelector, selectorFromMap } from '../apimachinery/labels.ts';
import { getObject, listBySelector, unorderedByTerm } from '../apiserver/api.ts';
import type { Node } from '../kinds/node/types.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import { replicaSetKind } from '../kinds/replicaset/index.ts';
import { replicationControllerKind } from '../kinds/replicationcontroller/index.ts';
import { selectorTerm, serviceKind } from '../kinds/service/index.ts';
import { matchesRequiredAffinity } from '../kinds/shared/node-affinity.ts';
import type { TopologySpreadConstraint } from '../kinds/shared/pod-spec.ts';
import { firstUntolerated } from '../kinds/shared/taints.ts';
import { statefulSetKind } from '../kinds/statefulset/index.ts';
import type { ClusterState } from '../kernel/state.ts';
import { keyOf } from '../kernel/store.ts';
import type { NodeCache, PlacedPod } from './node-cache.ts';
import type { NodeCounts } from './node-counts.ts';
import { countsOf, type PodCondition } from './pod-groups.ts';

export const HOSTNAME_LABEL = 'kubernetes.io/hostname';

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  /** Whether nodes that the pod's affinity, or its tolerations, keep it off are left out of the count. */
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** The constraints of the pod's own that are (`DoNotSchedule`) or are not (`ScheduleAnyway`) conditions. */
export function ownConstraints(pod: Pod, action: TopologySpreadConstraint['whenUnsatisfiable']): readonly SpreadConstraint[] {
  const own = (pod.spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
  return own.map((constraint) => ({
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    selector: selectorOfConstraint(pod, constraint),
    honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
  }));
}

/** C838: matchLabelKeys add the pod's own values to the selector. */
function selectorOfConstraint(pod: Pod, { labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint): Selector {
  const selector = selectorFromLabelSelector(labelSelector);
  const labels = pod.metadata.labels ?? {};
  const same = Object.fromEntries(matchLabelKeys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])));
  return { ...selector, requirements: [...selectorFromMap(same).requirements, ...selector.requirements] };
}

const DEFAULTS = [
  { topologyKey: HOSTNAME_LABEL, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
] as const;

/** C835: what the pods of a workload have by default; nothing for other pods. */
export function defaultConstraints(state: ClusterState, pod: Pod): readonly SpreadConstraint[] {
  const selector = workloadSelectorOf(state, pod);
  if (selector.matchesNothing === true || isEverything(selector)) return [];
  return DEFAULTS.map((constraint) => ({ ...constraint, minDomains: 1, selector, honorsAffinity: true, honorsTaints: false }));
}

/** C835: the selectors of the pod's services and of its owner, merged. */
function workloadSelectorOf(state: ClusterState, pod: Pod): Selector {
  const { namespace = '' } = pod.metadata;
  const labels: Record<string, string> = {};
  for (const selector of serviceSelectors(state, pod)) Object.assign(labels, selector);
  const owner = controllerOf(pod);
  if (owner?.kind === 'ReplicationController' && owner.apiVersion === 'v1') {
    Object.assign(labels, getObject(state, replicationControllerKind, namespace, owner.name)?.spec.selector);
    return selectorFromMap(labels);
  }
  const common = selectorFromMap(labels);
  if (owner === undefined || owner.apiVersion !== 'apps/v1') return common;
  const workload =
    owner.kind === 'ReplicaSet'
      ? getObject(state, replicaSetKind, namespace, owner.name)
      : owner.kind === 'StatefulSet'
        ? getObject(state, statefulSetKind, namespace, owner.name)
        : undefined;
  if (workload === undefined) return common;
  const own = selectorFromLabelSelector(workload.spec.selector);
  return { ...own, requirements: [...common.requirements, ...own.requirements] };
}

/** Selectors of the services that select the pod, found by one of its labels each. */
function serviceSelectors(state: ClusterState, { metadata }: Pod): readonly Readonly<Record<string, string>>[] {
  const { namespace = '', labels } = metadata;
  return Object.entries(labels ?? {})
    .flatMap((label) => unorderedByTerm(state, serviceKind, selectorTerm(namespace, label)))
    .flatMap(({ spec }) => (spec.selector !== undefined && matchesSelector(selectorFromMap(spec.selector), labels) ? [spec.selector] : []));
}

/** True when the pods on a node count for a constraint. */
export function isNodeIncluded(constraint: SpreadConstraint, pod: Pod, hasAffinity: boolean, node: Node): boolean {
  if (constraint.honorsAffinity && hasAffinity && !matchesRequiredAffinity(pod, node)) return false;
  return !constraint.honorsTaints || firstUntolerated(node.spec.taints ?? [], pod.spec.tolerations ?? []) === undefined;
}

/** Whether a node has the labels of all constraints. */
export function hasTopologyKeys(node: Node, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
}

/** The pods that a constraint counts; those that are being deleted do not. */
export function spreadCounts(state: ClusterState, cache: NodeCache, pod: Pod, { selector }: SpreadConstraint): NodeCounts {
  const condition = { namespaces: [pod.metadata.namespace ?? ''], selector };
  return countsOf(cache.groups, cache.byName, { conditions: [condition], countsTerminating: false }, (first) =>
    placedUnder(state, cache, first),
  );
}

/** The placed pods that a condition selects. */
export function placedUnder(state: ClusterState, cache: NodeCache, { namespaces, selector }: PodCondition): readonly PlacedPod[] {
  return namespaces.flatMap((namespace) =>
    listBySelector(state, podKind, namespace, selector).flatMap((pod) => cache.placed.get(keyOf(pod)) ?? []),
  );
}
