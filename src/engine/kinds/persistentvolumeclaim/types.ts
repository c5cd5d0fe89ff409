// The shape of a PersistentVolumeClaim. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { Condition, KubeObject, StringMap } from '../../apimachinery/meta.ts';
import type { LabelSelector } from '../shared/types.ts';

export interface PersistentVolumeClaim extends KubeObject {
  readonly kind: 'PersistentVolumeClaim';
  readonly apiVersion: 'v1';
  readonly spec: PersistentVolumeClaimSpec;
  readonly status: PersistentVolumeClaimStatus;
}

export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly string[];
  readonly selector?: LabelSelector;
  readonly resources?: { readonly requests?: StringMap; readonly limits?: StringMap };
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly volumeAttributesClassName?: string;
  readonly [field: string]: unknown;
}

export interface PersistentVolumeClaimStatus {
  readonly phase?: 'Pending' | 'Bound' | 'Lost';
  readonly accessModes?: readonly string[];
  readonly capacity?: StringMap;
  readonly conditions?: readonly Condition[];
  readonly allocatedResources?: StringMap;
}
