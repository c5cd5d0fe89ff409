// The shape of a ResourceQuota. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';

export interface ResourceQuota extends KubeObject {
  readonly kind: 'ResourceQuota';
  readonly apiVersion: 'v1';
  readonly spec: ResourceQuotaSpec;
  readonly status: { readonly hard?: StringMap; readonly used?: StringMap };
}

export interface ResourceQuotaSpec {
  readonly hard?: StringMap;
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
}

export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
