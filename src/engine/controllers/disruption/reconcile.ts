// One sync of a budget. Upstream: pkg/controller/disruption/disruption.go trySync, failSafe, getExpectedScale (v1.33). Rules: C755, C756.

import { selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { controllerOf, type KubeObject, type OwnerReference } from '../../apimachinery/meta.ts';
import { getObject, listBySelector, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { kindByGvk } from '../../kinds/index.ts';
import { type Kind, resourceOf } from '../../kinds/kind.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { withFailedCondition } from '../../kinds/poddisruptionbudget/conditions.ts';
import { podDisruptionBudgetKind } from '../../kinds/poddisruptionbudget/index.ts';
import { DONE, GONE, type Reconciled, requeueAfter } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { splitKey } from '../shared/pod-control.ts';
import { countHealthy, countsOwners, disruptedOf, expectationOf, statusOf } from './plan.ts';

export const QUEUE = 'disruption';

/** In whose name Events are told (C021). */
export const EVENT_SOURCE = { component: 'controllermanager' };

/** Brings the status of one budget up to date. */
export function reconcileBudget(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const budget = getObject(state, podDisruptionBudgetKind, namespace, name);
  if (budget === undefined) return GONE;
  const pods = listBySelector(state, podKind, namespace, selectorFromLabelSelector(budget.spec.selector));
  if (pods.length === 0) record(state, budget, 'Normal', 'NoPods', 'No matching pods found'); // A budget without pods is told of (C756).
  const total = countsOwners(budget.spec) ? sumOfScales(state, pods) : pods.length;
  if (typeof total === 'string') {
    record(state, budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${total}`);
    const status = withFailedCondition({ ...budget.status, disruptionsAllowed: 0 }, total, state.nowMs);
    writeStatus(state, podDisruptionBudgetKind, budget, status);
    return DONE;
  }
  const disrupted = disruptedOf(budget.status.disruptedPods, pods, state.nowMs);
  for (const pod of disrupted.overdue) {
    const message = `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`;
    record(state, pod, 'Warning', 'NotDeleted', message);
  }
  const healthy = countHealthy(pods, disrupted.pods);
  const status = statusOf(budget, expectationOf(budget.spec, total), healthy, disrupted.pods, state.nowMs);
  writeStatus(state, podDisruptionBudgetKind, budget, status);
  return disrupted.recheckMs === undefined ? DONE : requeueAfter(disrupted.recheckMs - state.nowMs);
}

function record(state: ClusterState, regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(state, { source: EVENT_SOURCE, regarding, type, reason, message });
}

/** C755: replicas of all the controllers of the pods, each counted once; a text when one cannot be told. Bare pods count nothing. */
function sumOfScales(state: ClusterState, pods: readonly Pod[]): number | string {
  const seen = new Set<string>();
  const replicas = new Map<string, number>();
  for (const pod of pods) {
    const reference = controllerOf(pod);
    if (reference === undefined || seen.has(reference.uid)) continue;
    seen.add(reference.uid);
    const scale = scaleOf(state, reference, pod.metadata.namespace);
    if (typeof scale === 'string') return scale;
    if (scale === undefined) return `found no controllers for pod "${pod.metadata.name}"`;
    replicas.set(scale.uid, scale.replicas);
  }
  return [...replicas.values()].reduce((sum, count) => sum + count, 0);
}

interface OwnerScale {
  readonly uid: string;
  readonly replicas: number;
}

/** What an owner wants; that of a Deployment stands for its ReplicaSets. Undefined when the owner is gone, a text when it has no scale. */
function scaleOf(state: ClusterState, reference: OwnerReference, namespace: string | undefined): OwnerScale | string | undefined {
  const kind = kindByGvk(reference.apiVersion, reference.kind);
  if (kind === undefined) return `no matches for kind "${reference.kind}" in version "${reference.apiVersion}"`;
  const { scale } = kind;
  if (scale === undefined) return `${resourceOf(kind)} does not implement the scale subresource`;
  const owner = objectOf(state, kind, reference, namespace);
  if (owner === undefined) return undefined;
  const above = controllerOf(owner);
  if (above?.kind === 'Deployment') {
    const found = scaleOf(state, above, namespace);
    if (typeof found === 'object') return found;
  }
  return { uid: owner.metadata.uid, replicas: scale.replicas(owner) };
}

function objectOf(state: ClusterState, kind: Kind, { name, uid }: OwnerReference, namespace: string | undefined): KubeObject | undefined {
  const owner = getObject(state, kind, namespace, name);
  return owner?.metadata.uid === uid ? owner : undefined;
}
