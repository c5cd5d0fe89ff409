// The shape of a PriorityClass. Upstream: staging/src/k8s.io/api/scheduling/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';

export type PreemptionPolicy = 'PreemptLowerPriority' | 'Never';

export interface PriorityClass extends KubeObject {
  readonly kind: 'PriorityClass';
  readonly apiVersion: 'scheduling.k8s.io/v1';
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy: PreemptionPolicy;
}
