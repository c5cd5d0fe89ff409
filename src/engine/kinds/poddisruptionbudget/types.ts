// The shape of a PodDisruptionBudget. Upstream: staging/src/k8s.io/api/policy/v1/types.go (v1.33).

import type { IntOrPercent } from '../../apimachinery/int-or-percent.ts';
import type { Condition, KubeObject, StringMap } from '../../apimachinery/meta.ts';
import type { LabelSelector } from '../shared/types.ts';

export interface PodDisruptionBudget extends KubeObject {
  readonly kind: 'PodDisruptionBudget';
  readonly apiVersion: 'policy/v1';
  readonly spec: PodDisruptionBudgetSpec;
  readonly status: PodDisruptionBudgetStatus;
}

export interface PodDisruptionBudgetSpec {
  readonly minAvailable?: IntOrPercent;
  readonly selector?: LabelSelector;
  readonly maxUnavailable?: IntOrPercent;
  readonly unhealthyPodEvictionPolicy?: string;
}

export interface PodDisruptionBudgetStatus {
  readonly observedGeneration?: number;
  /** Pod name → when its eviction was granted. */
  readonly disruptedPods?: StringMap;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly conditions?: readonly Condition[];
}
