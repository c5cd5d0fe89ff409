// One look at an HPA. Upstream: pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler (v1.33). Rules: C601-C621.
// Omits conflicts of the scale's write: nobody comes in between.

import { parseSelector } from '../../apimachinery/labels.ts';
import type { Condition } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { getObject, writeStatus } from '../../apiserver/api.ts';
import { recordEvent } from '../../apiserver/event-recorder.ts';
import { horizontalPodAutoscalerKind } from '../../kinds/horizontalpodautoscaler/index.ts';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus, MetricStatus } from '../../kinds/horizontalpodautoscaler/types.ts';
import type { Pod } from '../../kinds/pod/types.ts';
import type { PodUsage } from '../../kinds/shared/pod-metrics.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { splitKey } from '../shared/pod-control.ts';
import { limitProposal, type Reason } from './limits.ts';
import { forget, memoryOf, remember } from './memory.ts';
import { computeReplicas } from './metrics.ts';
import { autoscalersOf, podsOfTarget, readTarget, type TargetScale, writeTarget } from './target.ts';

export const QUEUE = 'horizontal-pod-autoscaler';

/** What the metrics server tells of pods; undefined where there is none. */
export type MetricsSource = (state: ClusterState, pods: readonly Pod[]) => readonly PodUsage[] | undefined;

/** An HPA on the way to its next status. */
interface Look {
  readonly state: ClusterState;
  readonly key: string;
  readonly autoscaler: HorizontalPodAutoscaler;
  conditions: readonly Condition[];
}

/** Brings one HPA up to date; false when it is gone. */
export function reconcileAutoscaler(state: ClusterState, key: string, usagesOf: MetricsSource): boolean {
  const [namespace, name] = splitKey(key);
  const autoscaler = getObject(state, horizontalPodAutoscalerKind, namespace, name);
  if (autoscaler === undefined) forget(state, key);
  else lookAt(state, key, autoscaler, usagesOf);
  return autoscaler !== undefined;
}

function lookAt(state: ClusterState, key: string, autoscaler: HorizontalPodAutoscaler, usagesOf: MetricsSource): void {
  const look: Look = { state, key, autoscaler, conditions: autoscaler.status.conditions ?? [] };
  const target = readTarget(state, autoscaler);
  if (typeof target === 'string') {
    record(look, 'Warning', 'FailedGetScale', target);
    const message = `the HPA controller was unable to get the target's current scale: ${target}`;
    setCondition(look, 'AbleToScale', false, { reason: 'FailedGetScale', message });
    writeStatus(state, horizontalPodAutoscalerKind, autoscaler, { ...autoscaler.status, conditions: look.conditions });
    return;
  }
  const message = "the HPA controller was able to get the target's current scale";
  setCondition(look, 'AbleToScale', true, { reason: 'SucceededGetScale', message });
  const memory = memoryOf(state, key);
  // C611: the number at the first look counts as a proposal.
  if (memory.recommendations.length === 0)
    remember(state, key, { ...memory, recommendations: [{ atMs: state.nowMs, replicas: target.replicas }] });
  decide(look, target, usagesOf);
}

/** Limits first, then metrics; an autoscaler of nothing rests (C603). */
function decide(look: Look, target: TargetScale, usagesOf: MetricsSource): void {
  const { minReplicas, maxReplicas } = look.autoscaler.spec;
  const { replicas } = target;
  if (replicas === 0 && minReplicas !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    setCondition(look, 'ScalingActive', false, { reason: 'ScalingDisabled', message });
    finish(look, replicas, replicas, null, false);
  } else if (replicas > maxReplicas) {
    rescale(look, target, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', null);
  } else if (replicas < minReplicas) {
    rescale(look, target, minReplicas, 'Current number of replicas below Spec.MinReplicas', null);
  } else decideByMetrics(look, target, usagesOf);
}

function decideByMetrics(look: Look, target: TargetScale, usagesOf: MetricsSource): void {
  const { state, key, autoscaler } = look;
  const { replicas: currentReplicas } = target;
  const pods = podsFor(look, target);
  if (pods === undefined) return finish(look, currentReplicas, autoscaler.status.desiredReplicas, null, false);
  const computed = computeReplicas(autoscaler, { currentReplicas, pods, usages: usagesOf(state, pods), nowMs: state.nowMs });
  for (const failure of computed.failures) record(look, 'Warning', failure.reason, failure.message);
  const { proposed } = computed;
  setCondition(look, 'ScalingActive', proposed !== undefined, computed.activity);
  if (proposed === undefined) {
    finish(look, currentReplicas, autoscaler.status.desiredReplicas, computed.statuses, false);
    record(look, 'Warning', 'FailedComputeMetricsReplicas', computed.error); // What could not be computed is told of (C618).
    return;
  }
  const memory = memoryOf(state, key);
  const { minReplicas, maxReplicas, behavior } = autoscaler.spec;
  const range = { currentReplicas, proposed: proposed.replicas, minReplicas, maxReplicas, behavior, nowMs: state.nowMs };
  const limited = limitProposal({ ...range, ...memory });
  const recommendations = [...memory.recommendations, { atMs: state.nowMs, replicas: proposed.replicas }];
  remember(state, key, { ...memory, recommendations });
  setCondition(look, 'AbleToScale', true, limited.ability);
  setCondition(look, 'ScalingLimited', limited.isLimited, limited.limit);
  if (limited.replicas === currentReplicas) return finish(look, currentReplicas, currentReplicas, computed.statuses, false);
  const reason =
    proposed.replicas > currentReplicas
      ? `${proposed.metric} above target`
      : proposed.replicas < currentReplicas
        ? 'All metrics below target'
        : '';
  rescale(look, target, limited.replicas, reason, computed.statuses);
}

/** C615: the pods of the target, if they are this HPA's alone. */
function podsFor(look: Look, { selector }: TargetScale): readonly Pod[] | undefined {
  const { state, key, autoscaler } = look;
  const namespace = autoscaler.metadata.namespace ?? '';
  const refuse = (event: string, reason: string, message: string, error = message): undefined => {
    record(look, 'Warning', event, error);
    setCondition(look, 'ScalingActive', false, { reason, message });
    record(look, 'Warning', 'FailedComputeMetricsReplicas', error);
    return undefined;
  };
  if (selector === '')
    return refuse('SelectorRequired', 'InvalidSelector', "the HPA target's scale is missing a selector", 'selector is required');
  const parsed = parseSelector(selector);
  if (!parsed.ok) {
    const message = `couldn't convert selector into a corresponding internal selector object: ${parsed.error}`;
    return refuse('InvalidSelector', 'InvalidSelector', message);
  }
  const memory = memoryOf(state, key);
  if (memory.selector !== selector) remember(state, key, { ...memory, selector });
  const pods = podsOfTarget(state, namespace, parsed.value);
  const rivals = autoscalersOf(state, namespace, pods);
  if (rivals.length <= 1) return pods;
  const message = `pods by selector ${selector} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
  return refuse('AmbiguousSelector', 'AmbiguousSelector', message);
}

/** Scales, and tells of it (C618, C620). */
function rescale(look: Look, target: TargetScale, replicas: number, reason: string, metrics: readonly MetricStatus[] | null): void {
  const { state, key, autoscaler } = look;
  writeTarget(state, target, replicas);
  const message = `the HPA controller was able to update the target scale to ${replicas}`;
  setCondition(look, 'AbleToScale', true, { reason: 'SucceededRescale', message });
  record(look, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
  if (autoscaler.spec.behavior !== undefined) {
    const memory = memoryOf(state, key);
    const change = replicas - target.replicas;
    const step = { atMs: state.nowMs, change: Math.abs(change) };
    const steps = change > 0 ? { ups: [...memory.ups, step] } : { downs: [...memory.downs, step] };
    remember(state, key, { ...memory, ...steps });
  }
  finish(look, target.replicas, replicas, metrics, true);
}

/** Writes the status with its three conditions (C613). */
function finish(
  look: Look,
  currentReplicas: number,
  desiredReplicas: number,
  metrics: readonly MetricStatus[] | null,
  hasScaled: boolean,
): void {
  const { state, autoscaler } = look;
  const lastScaleTime = hasScaled ? formatTime(state.nowMs) : autoscaler.status.lastScaleTime;
  const status: HorizontalPodAutoscalerStatus = {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    desiredReplicas,
    currentMetrics: metrics,
    conditions: look.conditions,
  };
  writeStatus(state, horizontalPodAutoscalerKind, autoscaler, status);
}

/** C613: the time of a condition is that of its last turn. */
function setCondition(look: Look, type: string, isTrue: boolean, { reason, message }: Reason): void {
  const status = isTrue ? 'True' : 'False';
  const before = look.conditions.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? null) : formatTime(look.state.nowMs);
  const condition: Condition = { type, status, lastTransitionTime, reason, message };
  look.conditions =
    before === undefined ? [...look.conditions, condition] : look.conditions.map((item) => (item === before ? condition : item));
}

function record({ state, autoscaler }: Look, type: 'Normal' | 'Warning', reason: string, message: string): void {
  recordEvent(state, { source: { component: QUEUE }, regarding: autoscaler, type, reason, message });
}
