// The shape of a ReplicationController. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { Condition, KubeObject, StringMap } from '../../apimachinery/meta.ts';
import type { PodTemplateSpec } from '../shared/types.ts';

export interface ReplicationController extends KubeObject {
  readonly kind: 'ReplicationController';
  readonly apiVersion: 'v1';
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly selector: StringMap;
    readonly template: PodTemplateSpec;
  };
  readonly status: {
    readonly replicas: number;
    readonly fullyLabeledReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}
