// The shape of a ControllerRevision. Upstream: staging/src/k8s.io/api/apps/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';

/** A snapshot of the state that a DaemonSet or StatefulSet rolls out. */
export interface ControllerRevision extends KubeObject {
  readonly kind: 'ControllerRevision';
  readonly apiVersion: 'apps/v1';
  readonly data?: unknown;
  readonly revision: number;
}
