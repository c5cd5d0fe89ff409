// HorizontalPodAutoscalers that do not scale. The controller says why in its conditions; here is what stands behind them.
// Upstream: pkg/controller/podautoscaler/horizontal.go (v1.33).

import type { Condition } from '../../apimachinery/meta.ts';
import { TOLERANCE } from '../../controllers/horizontal-pod-autoscaler/calculator.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { horizontalPodAutoscalerKind } from '../../kinds/horizontalpodautoscaler/index.ts';
import type { HorizontalPodAutoscaler } from '../../kinds/horizontalpodautoscaler/types.ts';
import { conditionOf, type Finding, NOTHING, page, quoted, refer } from './finding.ts';

const PAGE = 'tasks/run-application/horizontal-pod-autoscale/';

/** Why an autoscaler leaves its target as it is, or does not do what its metrics say. */
export function explainAutoscaler(_state: ClusterState, scaler: HorizontalPodAutoscaler): readonly Finding[] {
  const able = conditionOf(scaler, 'AbleToScale');
  if (able === undefined) return NOTHING;
  if (able.status !== 'True')
    return [
      say(
        scaler,
        'target-unavailable',
        `it cannot read or set the scale of ${targetOf(scaler)}: ${quoted(able.message)}`,
        able,
        `Create ${targetOf(scaler)}, or correct scaleTargetRef.`,
      ),
    ];
  const active = conditionOf(scaler, 'ScalingActive');
  if (active !== undefined && active.status !== 'True') return [inactive(scaler, active)];
  const limited = conditionOf(scaler, 'ScalingLimited');
  return [...(limited?.status === 'True' ? [limit(scaler, limited)] : NOTHING), ...stabilized(scaler, able), ...tolerated(scaler)];
}

function say(scaler: HorizontalPodAutoscaler, code: string, text: string, condition: Condition, wouldChange: string): Finding {
  return {
    code,
    sentence: `The autoscaler does not scale${condition.status === 'True' ? ' further' : ''}: ${text}.`,
    because: [refer(horizontalPodAutoscalerKind, scaler, `status.conditions[${condition.type}].reason`, condition.reason ?? '')],
    wouldChange,
    documentation: page(PAGE),
  };
}

function targetOf({ spec: { scaleTargetRef } }: HorizontalPodAutoscaler): string {
  return `${scaleTargetRef.kind}/${scaleTargetRef.name}`;
}

function inactive(scaler: HorizontalPodAutoscaler, active: Condition): Finding {
  const message = quoted(active.message);
  if (active.reason === 'ScalingDisabled')
    return say(
      scaler,
      'scaling-disabled',
      `${targetOf(scaler)} has 0 replicas, which switches it off`,
      active,
      `kubectl scale ${targetOf(scaler).toLowerCase()} --replicas=1`,
    );
  const isMissing = message.includes('missing request');
  return say(
    scaler,
    isMissing ? 'requests-missing' : 'metrics-missing',
    isMissing ? `a utilization is a share of the request, and a container has none: ${message}` : `its metrics cannot be read: ${message}`,
    active,
    isMissing
      ? 'Give every container of the pods a request of the resource, or use a target of type AverageValue.'
      : 'Let its pods run and be ready, or correct the metric; the controller looks again every 15 seconds.',
  );
}

function limit(scaler: HorizontalPodAutoscaler, limited: Condition): Finding {
  const { minReplicas, maxReplicas } = scaler.spec;
  const { reason = '' } = limited;
  if (reason === 'TooManyReplicas')
    return say(scaler, 'at-maximum', `its metrics ask for more than its maxReplicas of ${maxReplicas}`, limited, 'Raise maxReplicas.');
  if (reason === 'TooFewReplicas')
    return say(scaler, 'at-minimum', `its metrics ask for less than its minReplicas of ${minReplicas}`, limited, 'Lower minReplicas.');
  return say(scaler, 'rate-limited', quoted(limited.message), limited, 'Change the policies in spec.behavior, or let time pass.');
}

function stabilized(scaler: HorizontalPodAutoscaler, able: Condition): readonly Finding[] {
  if (able.reason !== 'ScaleDownStabilized' && able.reason !== 'ScaleUpStabilized') return NOTHING;
  const isDown = able.reason === 'ScaleDownStabilized';
  const seconds =
    (isDown ? scaler.spec.behavior?.scaleDown : scaler.spec.behavior?.scaleUp)?.stabilizationWindowSeconds ?? (isDown ? 300 : 0);
  return [
    say(
      scaler,
      'stabilized',
      `within its stabilization window of ${seconds}s, ${quoted(able.message)}`,
      able,
      `Let time pass, or lower spec.behavior.${isDown ? 'scaleDown' : 'scaleUp'}.stabilizationWindowSeconds.`,
    ),
  ];
}

/** The part by which a metric may miss its target. */
const TOLERANCE_PERCENT = TOLERANCE * 100;

/** Utilizations that are not the target, and near enough. */
function tolerated(scaler: HorizontalPodAutoscaler): readonly Finding[] {
  const { currentReplicas = 0, desiredReplicas, currentMetrics } = scaler.status;
  if (currentReplicas !== desiredReplicas) return NOTHING;
  return (currentMetrics ?? []).flatMap((metric, index) => {
    const target = scaler.spec.metrics[index]?.resource?.target.averageUtilization;
    const current = metric.resource?.current.averageUtilization;
    if (
      target === undefined ||
      current === undefined ||
      current === target ||
      Math.abs(current - target) * 100 > target * TOLERANCE_PERCENT
    )
      return [];
    return [
      {
        code: 'within-tolerance',
        sentence: `The autoscaler leaves ${targetOf(scaler)} at ${currentReplicas}: its ${metric.resource?.name} is at ${current}% of the request, the target is ${target}%, and a difference of up to ${TOLERANCE_PERCENT}% of the target is tolerated.`,
        because: [
          refer(
            horizontalPodAutoscalerKind,
            scaler,
            `status.currentMetrics[${index}].resource.current.averageUtilization`,
            String(current),
          ),
          refer(horizontalPodAutoscalerKind, scaler, `spec.metrics[${index}].resource.target.averageUtilization`, String(target)),
        ],
        wouldChange: 'Change the target.',
        documentation: page(`${PAGE}#algorithm-details`),
      },
    ];
  });
}
