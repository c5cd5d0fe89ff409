// The shape of an APIService. Upstream: staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';

export interface ApiServiceCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ApiService extends KubeObject {
  readonly spec: {
    readonly group?: string;
    readonly version?: string;
    readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number };
    readonly insecureSkipTLSVerify?: boolean;
    readonly caBundle?: string;
    readonly groupPriorityMinimum: number;
    readonly versionPriority: number;
  };
  readonly status: { readonly conditions?: readonly ApiServiceCondition[] };
}
