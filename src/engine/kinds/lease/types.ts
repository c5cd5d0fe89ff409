// The shape of a Lease. Upstream: staging/src/k8s.io/api/coordination/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';

export interface Lease extends KubeObject {
  readonly kind: 'Lease';
  readonly apiVersion: 'coordination.k8s.io/v1';
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}
