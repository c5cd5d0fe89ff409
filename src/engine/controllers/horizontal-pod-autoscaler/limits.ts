// From a proposal to what is wanted, as pure functions: stabilization, then limits of range and rate.
// Upstream: pkg/controller/podautoscaler/horizontal.go normalizeDesiredReplicas, stabilizeRecommendationWithBehaviors,
// convertDesiredReplicasWithBehaviorRate (v1.33). Rules: C602, C611, C612, C614, C616.

import type { ScalingRules } from '../../kinds/horizontalpodautoscaler/types.ts';
import type { Recommendation, ScaleStep } from './memory.ts';

/** `--horizontal-pod-autoscaler-downscale-stabilization`. */
const DOWN_WINDOW_MS = 300_000;

export interface Proposal {
  readonly currentReplicas: number;
  readonly proposed: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly behavior: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules } | undefined;
  readonly recommendations: readonly Recommendation[];
  readonly ups: readonly ScaleStep[];
  readonly downs: readonly ScaleStep[];
  readonly nowMs: number;
}

/** A reason and its message. */
export interface Reason {
  readonly reason: string;
  readonly message: string;
}

export interface Limited {
  readonly replicas: number;
  /** Of AbleToScale, which is True. */
  readonly ability: Reason;
  readonly isLimited: boolean;
  /** Of ScalingLimited. */
  readonly limit: Reason;
}

const READY = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const DOWN_STABILIZED = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const UP_STABILIZED = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const WITHIN = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
const TOO_MANY = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const TOO_FEW = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };
const UP_RATE = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' };
const DOWN_RATE = { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' };

/** What becomes of a proposal. */
export function limitProposal(proposal: Proposal): Limited {
  const { behavior, proposed, currentReplicas } = proposal;
  const stabilized = behavior === undefined ? stabilizeDown(proposal) : stabilize(proposal, behavior);
  const isUp = behavior !== undefined && proposed >= currentReplicas;
  const ability = stabilized === proposed ? READY : isUp ? UP_STABILIZED : DOWN_STABILIZED;
  const [replicas, limit] = behavior === undefined ? limitPlainly(proposal, stabilized) : limitRate(proposal, stabilized, behavior);
  return { replicas, ability, isLimited: replicas !== stabilized, limit };
}

/** C611: the highest proposal of the last five minutes, so that replicas stay as long after the load is gone (C625). */
function stabilizeDown({ proposed, recommendations, nowMs }: Proposal): number {
  const recent = recommendations.filter(({ atMs }) => atMs >= nowMs - DOWN_WINDOW_MS);
  return recent.reduce((max, { replicas }) => Math.max(max, replicas), proposed);
}

/** C611: the range, and at most twice the present number or 4. */
function limitPlainly({ currentReplicas, minReplicas, maxReplicas }: Proposal, wanted: number): [number, Reason] {
  const rate = Math.max(2 * currentReplicas, 4);
  const [max, reason] = maxReplicas > rate ? [rate, UP_RATE] : [maxReplicas, TOO_MANY];
  if (wanted < minReplicas) return [minReplicas, TOO_FEW];
  return wanted > max ? [max, reason] : [wanted, WITHIN];
}

type Behavior = NonNullable<Proposal['behavior']>;

/** C612: the present number, moved between the lowest proposal of the one window and the highest of the other. */
function stabilize({ currentReplicas, proposed, recommendations, nowMs }: Proposal, { scaleUp, scaleDown }: Behavior): number {
  const upMs = nowMs - (scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downSeconds = scaleDown?.stabilizationWindowSeconds;
  const downMs = nowMs - (downSeconds === undefined ? DOWN_WINDOW_MS : downSeconds * 1000);
  let up = proposed;
  let down = proposed;
  for (const { atMs, replicas } of recommendations) {
    if (atMs > upMs) up = Math.min(up, replicas);
    if (atMs > downMs) down = Math.max(down, replicas);
  }
  return Math.min(Math.max(currentReplicas, up), down);
}

/** The limits that policies set to a change, and the reason when one held it up (C612). */
function limitRate(proposal: Proposal, wanted: number, { scaleUp, scaleDown }: Behavior): [number, Reason] {
  const { currentReplicas, minReplicas, maxReplicas } = proposal;
  if (wanted > currentReplicas) {
    const rate = Math.max(currentReplicas, upLimit(proposal, scaleUp ?? {}));
    const [max, reason] = maxReplicas > rate ? [rate, UP_RATE] : [maxReplicas, TOO_MANY];
    if (wanted > max) return [max, reason];
  } else if (wanted < currentReplicas) {
    const rate = Math.min(currentReplicas, downLimit(proposal, scaleDown ?? {}));
    const [min, reason] = minReplicas < rate ? [rate, DOWN_RATE] : [minReplicas, TOO_FEW];
    if (wanted < min) return [min, reason];
  }
  return [wanted, WITHIN];
}

/** C612: where the policies let the number rise to. */
function upLimit(proposal: Proposal, { selectPolicy, policies = [] }: ScalingRules): number {
  if (selectPolicy === 'Disabled') return proposal.currentReplicas;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = periodStart(proposal, periodSeconds);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

/** C612: where the policies let the number fall to. The smallest change is the highest number. */
function downLimit(proposal: Proposal, { selectPolicy, policies = [] }: ScalingRules): number {
  if (selectPolicy === 'Disabled') return proposal.currentReplicas;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = periodStart(proposal, periodSeconds);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

/** The number of replicas when the period of a policy began. */
function periodStart({ currentReplicas, ups, downs, nowMs }: Proposal, periodSeconds: number): number {
  const changeOf = (steps: readonly ScaleStep[]): number =>
    steps.filter(({ atMs }) => atMs > nowMs - periodSeconds * 1000).reduce((sum, { change }) => sum + change, 0);
  return currentReplicas - changeOf(ups) + changeOf(downs);
}
