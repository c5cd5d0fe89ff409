// The shape of a PersistentVolume. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import type { NodeSelectorTerm } from '../shared/pod-spec.ts';

export interface PersistentVolume extends KubeObject {
  readonly kind: 'PersistentVolume';
  readonly apiVersion: 'v1';
  readonly spec: PersistentVolumeSpec;
  readonly status: {
    readonly phase?: VolumePhase;
    readonly message?: string;
    readonly reason?: string;
    readonly lastPhaseTransitionTime?: string;
  };
}

export type VolumePhase = 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed';

export interface PersistentVolumeSpec {
  readonly capacity?: StringMap;
  readonly accessModes?: readonly string[];
  readonly claimRef?: ClaimReference;
  readonly persistentVolumeReclaimPolicy: string;
  readonly storageClassName?: string;
  readonly mountOptions?: readonly string[];
  readonly volumeMode?: string;
  readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] } };
  readonly volumeAttributesClassName?: string;
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly local?: { readonly path: string };
  readonly [source: string]: unknown;
}

/** The claim a volume is bound to, or kept for while there is no uid. */
export interface ClaimReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly apiVersion?: string;
  readonly resourceVersion?: string;
}
