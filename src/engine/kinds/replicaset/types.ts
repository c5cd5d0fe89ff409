// The shape of a ReplicaSet. Upstream: staging/src/k8s.io/api/apps/v1/types.go (v1.33).

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { LabelSelector, PodTemplateSpec } from '../shared/types.ts';

export interface ReplicaSet extends KubeObject {
  readonly kind: 'ReplicaSet';
  readonly apiVersion: 'apps/v1';
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
  };
  readonly status: ReplicaSetStatus;
}

export interface ReplicaSetStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}
