// The shape of a DaemonSet. Upstream: staging/src/k8s.io/api/apps/v1/types.go (v1.33).

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { LabelSelector, PodTemplateSpec } from '../shared/types.ts';

export interface DaemonSet extends KubeObject {
  readonly kind: 'DaemonSet';
  readonly apiVersion: 'apps/v1';
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly updateStrategy: DaemonSetUpdateStrategy;
    readonly minReadySeconds?: number;
    readonly revisionHistoryLimit: number;
  };
  readonly status: DaemonSetStatus;
}

export interface DaemonSetUpdateStrategy {
  readonly type: 'RollingUpdate' | 'OnDelete';
  readonly rollingUpdate?: { readonly maxUnavailable: number | string; readonly maxSurge: number | string };
}

export interface DaemonSetStatus {
  readonly currentNumberScheduled: number;
  readonly numberMisscheduled: number;
  readonly desiredNumberScheduled: number;
  readonly numberReady: number;
  readonly observedGeneration?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly numberUnavailable?: number;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
}
