// The shape of a StatefulSet. Upstream: staging/src/k8s.io/api/apps/v1/types.go (v1.33).

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';
import type { LabelSelector, PodTemplateSpec } from '../shared/types.ts';

export interface StatefulSet extends KubeObject {
  readonly kind: 'StatefulSet';
  readonly apiVersion: 'apps/v1';
  readonly spec: StatefulSetSpec;
  readonly status: StatefulSetStatus;
}

export interface StatefulSetSpec {
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly volumeClaimTemplates?: readonly VolumeClaimTemplate[];
  readonly serviceName: string;
  readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
  readonly updateStrategy: {
    readonly type: 'RollingUpdate' | 'OnDelete';
    readonly rollingUpdate?: { readonly partition: number; readonly maxUnavailable?: number | string };
  };
  readonly revisionHistoryLimit: number;
  readonly minReadySeconds?: number;
  readonly persistentVolumeClaimRetentionPolicy: { readonly whenDeleted: string; readonly whenScaled: string };
  readonly ordinals?: { readonly start: number };
}

/** A PersistentVolumeClaim without a place. */
export interface VolumeClaimTemplate {
  readonly kind: 'PersistentVolumeClaim';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly name?: string; readonly [field: string]: unknown };
  readonly spec?: { readonly [field: string]: unknown };
  readonly status?: { readonly [field: string]: unknown };
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number;
  readonly replicas: number;
  readonly readyReplicas?: number;
  readonly currentReplicas?: number;
  readonly updatedReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
  readonly availableReplicas: number;
}
