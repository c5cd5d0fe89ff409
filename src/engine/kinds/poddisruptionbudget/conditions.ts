// The condition DisruptionAllowed of a budget (C756), which both the disruption controller and evictions write.
// Upstream: staging/src/k8s.io/component-helpers/apps/poddisruptionbudget/helpers.go (v1.33).

import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { PodDisruptionBudgetStatus } from './types.ts';

const TYPE = 'DisruptionAllowed';

/** C756: the condition that follows from the number of disruptions allowed. */
export function withAllowedCondition(status: PodDisruptionBudgetStatus, nowMs: number): PodDisruptionBudgetStatus {
  const isAllowed = status.disruptionsAllowed > 0;
  return withCondition(status, isAllowed ? 'True' : 'False', isAllowed ? 'SufficientPods' : 'InsufficientPods', '', nowMs);
}

/** C756: the condition of a budget that could not be worked out. */
export function withFailedCondition(status: PodDisruptionBudgetStatus, message: string, nowMs: number): PodDisruptionBudgetStatus {
  return withCondition(status, 'False', 'SyncFailed', message, nowMs);
}

/** What a budget that could not be worked out says about it. */
export function syncFailureOf({ conditions }: PodDisruptionBudgetStatus): string | undefined {
  const condition = conditions?.find(({ type }) => type === TYPE);
  const isFailure = condition?.status === 'False' && condition.reason === 'SyncFailed' && condition.message !== '';
  return isFailure ? condition.message : undefined;
}

function withCondition(
  status: PodDisruptionBudgetStatus,
  told: 'True' | 'False',
  reason: string,
  message: string,
  nowMs: number,
): PodDisruptionBudgetStatus {
  const { conditions = [], observedGeneration } = status;
  const before = conditions.find(({ type }) => type === TYPE);
  const condition: Condition = {
    type: TYPE,
    status: told,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: before?.status === told ? (before.lastTransitionTime ?? null) : formatTime(nowMs),
    reason,
    message,
  };
  const next = before === undefined ? [...conditions, condition] : conditions.map((item) => (item === before ? condition : item));
  return { ...status, conditions: next };
}
