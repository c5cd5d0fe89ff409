// HorizontalPodAutoscalers that do not scale. The controller says why in its conditions; here is what stands behind them.
// Upstream: pkg/controller/podautoscaler/horizontal.go (v1.33).

import type { Condition } from '../../apimachinery/meta.ts';
import { TOLERANCE } from '../../controllers/horizontal-pod-autoscaler/calculator.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { horizontalPodAutoscalerKind } from '../../kinds/horizontalpodautoscaler/index.ts';
import type { HorizontalPodAutoscaler } from '../../kinds/horizontalpodautoscaler/types.ts';
import { type Message, say } from '../words/message.ts';
import { conditionOf, NOTHING, page, quoted, refer, type Unsaid } from './finding.ts';

const PAGE = 'tasks/run-application/horizontal-pod-autoscale/';

/** Why an autoscaler leaves its target as it is, or does not do what its metrics say. */
export function explainAutoscaler(_state: ClusterState, scaler: HorizontalPodAutoscaler): readonly Unsaid[] {
  const able = conditionOf(scaler, 'AbleToScale');
  if (able === undefined) return NOTHING;
  if (able.status !== 'True')
    return [
      found(
        scaler,
        'target-unavailable',
        say('targetUnavailable', { target: targetOf(scaler), message: quoted(able.message) }),
        able,
        say('createTarget', { target: targetOf(scaler) }),
      ),
    ];
  const active = conditionOf(scaler, 'ScalingActive');
  if (active !== undefined && active.status !== 'True') return [inactive(scaler, active)];
  const limited = conditionOf(scaler, 'ScalingLimited');
  return [...(limited?.status === 'True' ? [limit(scaler, limited)] : NOTHING), ...stabilized(scaler, able), ...tolerated(scaler)];
}

function found(
  scaler: HorizontalPodAutoscaler,
  code: string,
  sentence: Message,
  condition: Condition,
  wouldChange: NonNullable<Unsaid['wouldChange']>,
): Unsaid {
  return {
    code,
    sentence,
    because: [refer(horizontalPodAutoscalerKind, scaler, `status.conditions[${condition.type}].reason`, condition.reason ?? '')],
    wouldChange,
    documentation: page(PAGE),
  };
}

function targetOf({ spec: { scaleTargetRef } }: HorizontalPodAutoscaler): string {
  return `${scaleTargetRef.kind}/${scaleTargetRef.name}`;
}

function inactive(scaler: HorizontalPodAutoscaler, active: Condition): Unsaid {
  const message = quoted(active.message);
  if (active.reason === 'ScalingDisabled')
    return found(
      scaler,
      'scaling-disabled',
      say('scalingDisabled', { target: targetOf(scaler) }),
      active,
      `kubectl scale ${targetOf(scaler).toLowerCase()} --replicas=1`,
    );
  const isMissing = message.includes('missing request');
  return found(
    scaler,
    isMissing ? 'requests-missing' : 'metrics-missing',
    say(isMissing ? 'requestsMissing' : 'metricsMissing', { message }),
    active,
    say(isMissing ? 'giveRequests' : 'letPodsRun'),
  );
}

function limit(scaler: HorizontalPodAutoscaler, limited: Condition): Unsaid {
  const { minReplicas, maxReplicas } = scaler.spec;
  const { reason = '' } = limited;
  if (reason === 'TooManyReplicas')
    return found(scaler, 'at-maximum', say('atMaximum', { replicas: maxReplicas }), limited, say('raiseMaximum'));
  if (reason === 'TooFewReplicas')
    return found(scaler, 'at-minimum', say('atMinimum', { replicas: minReplicas }), limited, say('lowerMinimum'));
  return found(scaler, 'rate-limited', say('rateLimited', { message: quoted(limited.message) }), limited, say('changePolicies'));
}

function stabilized(scaler: HorizontalPodAutoscaler, able: Condition): readonly Unsaid[] {
  if (able.reason !== 'ScaleDownStabilized' && able.reason !== 'ScaleUpStabilized') return NOTHING;
  const isDown = able.reason === 'ScaleDownStabilized';
  const seconds =
    (isDown ? scaler.spec.behavior?.scaleDown : scaler.spec.behavior?.scaleUp)?.stabilizationWindowSeconds ?? (isDown ? 300 : 0);
  return [
    found(
      scaler,
      'stabilized',
      say('stabilized', { seconds, message: quoted(able.message) }),
      able,
      say('lowerWindow', { field: `spec.behavior.${isDown ? 'scaleDown' : 'scaleUp'}.stabilizationWindowSeconds` }),
    ),
  ];
}

/** The part by which a metric may miss its target. */
const TOLERANCE_PERCENT = TOLERANCE * 100;

/** Utilizations that are not the target, and near enough. */
function tolerated(scaler: HorizontalPodAutoscaler): readonly Unsaid[] {
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
        sentence: say('withinTolerance', {
          target: targetOf(scaler),
          replicas: currentReplicas,
          resource: metric.resource?.name,
          current,
          wanted: target,
          tolerance: TOLERANCE_PERCENT,
        }),
        because: [
          refer(
            horizontalPodAutoscalerKind,
            scaler,
            `status.currentMetrics[${index}].resource.current.averageUtilization`,
            String(current),
          ),
          refer(horizontalPodAutoscalerKind, scaler, `spec.metrics[${index}].resource.target.averageUtilization`, String(target)),
        ],
        wouldChange: say('changeTarget'),
        documentation: page(`${PAGE}#algorithm-details`),
      },
    ];
  });
}
