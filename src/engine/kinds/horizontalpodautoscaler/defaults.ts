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

/** One replica at least, and 80 % of the CPU requests, unless something else is said (C602). */
export function applyAutoscalerDefaults({ spec }: Draft<HorizontalPodAutoscaler>): void {
  if (spec === undefined) return;
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0)
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  if (spec.behavior === undefined || spec.behavior === null) return;
  const { scaleUp, scaleDown } = spec.behavior;
  spec.behavior = { scaleUp: completed(scaleUp, SCALE_UP), scaleDown: completed(scaleDown, SCALE_DOWN) };
}

/** Members in upstream's order. */
function completed(given: Draft<ScalingRules> = {}, rules: ScalingRules): Draft<ScalingRules> {
  const window = given.stabilizationWindowSeconds ?? rules.stabilizationWindowSeconds;
  // C635: a tolerance of its own is an alpha feature, which is off: the field is dropped.
  const { selectPolicy = rules.selectPolicy, policies = rules.policies ?? [] } = given;
  return {
    ...(window === undefined ? {} : { stabilizationWindowSeconds: window }),
    ...(selectPolicy === undefined ? {} : { selectPolicy }),
    policies: policies.map((policy) => ({ ...policy })),
  };
}
