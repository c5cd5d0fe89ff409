// The shape of a Namespace. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { Condition, KubeObject } from '../../apimachinery/meta.ts';

export interface Namespace extends KubeObject {
  readonly kind: 'Namespace';
  readonly apiVersion: 'v1';
  readonly spec: { readonly finalizers?: readonly string[] };
  readonly status: { readonly phase?: 'Active' | 'Terminating'; readonly conditions?: readonly Condition[] };
}
