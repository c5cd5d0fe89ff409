// The shape of a StorageClass. Upstream: staging/src/k8s.io/api/storage/v1/types.go (v1.33).

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';

export interface StorageClass extends KubeObject {
  readonly kind: 'StorageClass';
  readonly apiVersion: 'storage.k8s.io/v1';
  readonly provisioner: string;
  readonly parameters?: StringMap;
  readonly reclaimPolicy: string;
  readonly mountOptions?: readonly string[];
  readonly allowVolumeExpansion?: boolean;
  readonly volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowedTopologies?: readonly TopologyTerm[];
}

export interface TopologyTerm {
  readonly matchLabelExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[];
}
