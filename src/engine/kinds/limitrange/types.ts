// The shape of a LimitRange. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';

export interface LimitRange extends KubeObject {
  readonly kind: 'LimitRange';
  readonly apiVersion: 'v1';
  readonly spec: { readonly limits: readonly LimitRangeItem[] };
}

export interface LimitRangeItem {
  /** `Container`, `Pod`, `PersistentVolumeClaim` or a qualified name. */
  readonly type: string;
  readonly max?: StringMap;
  readonly min?: StringMap;
  readonly default?: StringMap;
  readonly defaultRequest?: StringMap;
  readonly maxLimitRequestRatio?: StringMap;
}
