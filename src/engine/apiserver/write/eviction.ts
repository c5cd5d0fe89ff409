// Evictions: a graceful delete that asks the pod's disruption budget first.
// Upstream: pkg/registry/core/pod/storage/eviction.go (v1.33). Rules: C752-C754, L13, L15, U10. Nothing else asks a budget (C757). A drain is the
// client's work: it cordons the node (C750, a field that the scheduler heeds), finds this subresource by discovery (L14), and evicts until nobody
// is left (C751, C758, C763).

import { matchesSelector, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { isJsonObject, type JsonObject, type KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, CREATED, failure, forbiddenObject, notFound, ok, plainFailure, type Status } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { podKind } from '../../kinds/pod/index.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import { syncFailureOf, withAllowedCondition } from '../../kinds/poddisruptionbudget/conditions.ts';
import { podDisruptionBudgetKind } from '../../kinds/poddisruptionbudget/index.ts';
import type { PodDisruptionBudget } from '../../kinds/poddisruptionbudget/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { deleteObject, getObject, listObjects, writeObject, writeStatus } from '../api.ts';
import { mutateByWebhooks } from '../webhooks/index.ts';
import { checkPreconditions, type DeleteOptions } from './deletion.ts';
import { draftObject } from './draft.ts';
import { judgeChange } from './judge.ts';
import { type ApiRequest, refuse, type RequestOutcome } from '../request-types.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction', schema: 'policy.v1.Eviction', namespaced: true, hasStatus: false };

const BLOCKED = "Cannot evict pod as it would violate the pod's disruption budget.";
const AMBIGUOUS = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';

/** Evictions that one budget may have granted and not seen the end of. */
const DISRUPTED_PODS_MAX = 2000;

/** L13. Fails: BadRequest, NotFound, Conflict, TooManyRequests. */
export function evictPod(state: ClusterState, request: ApiRequest): RequestOutcome {
  const { name = '', namespace } = request;
  const drafted = draftObject(EVICTION, request, request.body ?? null);
  if (!drafted.ok) return refuse(drafted.status);
  const warnings = [...drafted.warnings];
  const change = { operation: 'CREATE', objectKind: EVICTION, object: drafted.draft as KubeObject, oldObject: undefined } as const;
  const mutated = mutateByWebhooks(state, podKind, request, change, warnings, ok);
  if (!mutated.ok) return refuse(mutated.status, warnings);
  const eviction = mutated.value ?? change.object;
  if (eviction.metadata.name !== name) return refuse(badRequest('name in URL does not match name in Eviction object'), warnings);
  const denied = judgeChange(state, podKind, request, { ...change, object: eviction }, warnings);
  if (denied !== undefined) return refuse(denied, warnings);
  const pod = getObject(state, podKind, namespace, name);
  if (pod === undefined) return refuse(notFound(podKind, name), warnings);
  const options = deleteOptionsOf(eviction as JsonObject, request.options.dryRun === true);
  const isDryRun = options.dryRun === true;
  const refused = checkPreconditions(podKind, pod, options);
  if (refused?.ok === false) return refuse(refused.status, warnings);
  const blocked = isPastBudgets(pod) ? undefined : askBudget(state, pod, isDryRun);
  if (blocked !== undefined) return refuse(blocked, warnings);
  if (!isDryRun) writeObject(state, podKind, disruptedPod(pod, state.nowMs), { keepsGeneration: true }); // The pod says why it goes (C754).
  const { preconditions: _checked, ...deletion } = options;
  const deleted = deleteObject(state, podKind, namespace, name, deletion);
  return deleted.ok ? { ok: true, code: 201, object: CREATED, warnings } : refuse(deleted.status, warnings);
}

/** The deletion that the body asks for. */
function deleteOptionsOf(body: JsonObject, isDryRun: boolean): DeleteOptions {
  const given = isJsonObject(body['deleteOptions']) ? body['deleteOptions'] : {};
  const { gracePeriodSeconds, preconditions, dryRun } = given;
  const { uid, resourceVersion } = isJsonObject(preconditions) ? preconditions : {};
  return {
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(isDryRun || (Array.isArray(dryRun) && dryRun.length > 0) ? { dryRun: true } : {}),
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  };
}

/** C752: who does not serve yet or any more is no loss. */
function isPastBudgets({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || ['Pending', 'Succeeded', 'Failed'].includes(status.phase);
}

/** C752, C753: takes one disruption from the pod's budget, unless the pod needs none. A Status refuses. */
function askBudget(state: ClusterState, pod: Pod, isDryRun: boolean): Status | undefined {
  const [budget, second] = budgetsOf(state, pod);
  if (second !== undefined) return plainFailure(AMBIGUOUS);
  if (budget === undefined || isPassedUnhealthy(pod, budget)) return undefined;
  return checkAndDecrement(state, pod, budget, isDryRun);
}

function budgetsOf(state: ClusterState, { metadata }: Pod): readonly PodDisruptionBudget[] {
  if (Object.keys(metadata.labels ?? {}).length === 0) return [];
  return listObjects(state, podDisruptionBudgetKind, metadata.namespace).filter(({ spec }) =>
    matchesSelector(selectorFromLabelSelector(spec.selector), metadata.labels),
  );
}

/** C753: a pod that is not ready passes if its budget says so, or if enough others are healthy. */
function isPassedUnhealthy({ status }: Pod, budget: PodDisruptionBudget): boolean {
  const isReady = status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
  if (isReady) return false;
  const { currentHealthy, desiredHealthy } = budget.status;
  return budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

/** Takes one of the disruptions that the budget allows, or refuses (C753). */
function checkAndDecrement(state: ClusterState, pod: Pod, budget: PodDisruptionBudget, isDryRun: boolean): Status | undefined {
  const { status } = budget;
  const { name, generation = 0 } = budget.metadata;
  if ((status.observedGeneration ?? 0) < generation)
    return blockedBy(`The disruption budget ${name} is still being processed by the server.`, 10);
  const resource = { ...podDisruptionBudgetKind, plural: 'poddisruptionbudget' };
  if (status.disruptionsAllowed < 0) return forbiddenObject(resource, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > DISRUPTED_PODS_MAX)
    return forbiddenObject(resource, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (status.disruptionsAllowed === 0) {
    const problem = syncFailureOf(status);
    return blockedBy(
      problem === undefined
        ? `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`
        : `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${problem}`,
    );
  }
  if (isDryRun) return undefined;
  const { observedGeneration = 0, disruptedPods, disruptionsAllowed, ...counts } = status;
  const next = {
    observedGeneration,
    disruptedPods: { ...disruptedPods, [pod.metadata.name]: formatTime(state.nowMs) },
    disruptionsAllowed: disruptionsAllowed - 1,
    ...counts,
  };
  writeStatus(state, podDisruptionBudgetKind, budget, next.disruptionsAllowed === 0 ? withAllowedCondition(next, state.nowMs) : next);
  return undefined;
}

/** A refusal for the sake of a budget (L15). */
function blockedBy(message: string, retryAfterSeconds?: number): Status {
  const causes = [{ reason: 'DisruptionBudget', message }];
  return failure(429, 'TooManyRequests', BLOCKED, { causes, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}

/** The pod with the condition that says why it goes (C754). */
function disruptedPod(pod: Pod, nowMs: number): Pod {
  const conditions = pod.status.conditions ?? [];
  const before = conditions.find(({ type }) => type === 'DisruptionTarget');
  const condition = {
    type: 'DisruptionTarget',
    status: 'True' as const,
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'True' ? (before.lastTransitionTime ?? null) : formatTime(nowMs),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const next = before === undefined ? [...conditions, condition] : conditions.map((item) => (item === before ? condition : item));
  return { ...pod, status: { ...pod.status, conditions: next } };
}
