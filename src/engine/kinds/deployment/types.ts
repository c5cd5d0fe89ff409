// The shape of a Deployment. Upstream: staging/src/k8s.io/api/apps/v1/types.go (v1.33).

import type { IntOrPercent } from '../../apimachinery/int-or-percent.ts';
import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { LabelSelector, PodTemplateSpec } from '../shared/types.ts';

export interface Deployment extends KubeObject {
  readonly kind: 'Deployment';
  readonly apiVersion: 'apps/v1';
  readonly spec: DeploymentSpec;
  readonly status: DeploymentStatus;
}

export interface DeploymentSpec {
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly strategy: DeploymentStrategy;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
}

export interface DeploymentStrategy {
  readonly type: 'RollingUpdate' | 'Recreate';
  readonly rollingUpdate?: { readonly maxUnavailable: IntOrPercent; readonly maxSurge: IntOrPercent };
}

export interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly conditions?: readonly Condition[];
  readonly collisionCount?: number;
}
