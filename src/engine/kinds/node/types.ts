// The shape of a Node. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { Condition, KubeObject, StringMap } from '../../apimachinery/meta.ts';
import type { TaintEffect } from '../shared/pod-spec.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: TaintEffect;
  readonly timeAdded?: string;
}

export interface Node extends KubeObject {
  readonly kind: 'Node';
  readonly apiVersion: 'v1';
  readonly spec: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
  };
  readonly status: {
    readonly capacity?: StringMap;
    readonly allocatable?: StringMap;
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes?: number }[];
    readonly nodeInfo?: StringMap;
    readonly [field: string]: unknown;
  };
}
