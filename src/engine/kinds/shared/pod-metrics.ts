// What the metrics server knows of a pod: who measures and who asks share this shape.
// Upstream: staging/src/k8s.io/metrics/pkg/apis/metrics/v1beta1/types.go (v1.33). Rules: C630, T5.

import type { Pod } from './pod-spec.ts';

export interface ContainerUsage {
  readonly name: string;
  readonly cpuNano: number;
  readonly memoryBytes: number;
}

export interface PodUsage {
  readonly pod: Pod;
  /** End of the window, virtual milliseconds. */
  readonly timestampMs: number;
  readonly windowMs: number;
  readonly containers: readonly ContainerUsage[];
}
