// Defaults of HorizontalPodAutoscalers. Upstream: pkg/apis/autoscaling/v2/defaults.go (v1.33). Rules: C602, O13.

import type { Draft } from '../kind.ts';
import type { HorizontalPodAutoscaler, ScalingRules } from './types.ts';

const SCALE_UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};

/** The window stays open: the controller has its own, 300 s. */
const SCALE_DOWN: ScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

/** C602. */
export function applyAutoscalerDefaults({ spec }: Draft<HorizontalPodAutoscaler>): void {
  if (spec === undefined) return;
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0)
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  if (spec.behavior === undefined || spec.behavior === null) return;
  spec.behavior.scaleUp = completed(spec.behavior.scaleUp, SCALE_UP);
  spec.behavior.scaleDown = completed(spec.behavior.scaleDown, SCALE_DOWN);
}

function completed(given: Draft<ScalingRules> | undefined, rules: ScalingRules): Draft<ScalingRules> {
  const policies = (given?.policies ?? rules.policies ?? []).map((policy) => ({ ...policy }));
  return { ...rules, ...given, policies };
}
