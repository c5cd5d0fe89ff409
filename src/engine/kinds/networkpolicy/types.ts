// Types of NetworkPolicies. Upstream: networking/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { LabelSelector } from '../shared/types.ts';

export interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface IpBlock {
  readonly cidr?: string;
  readonly except?: readonly string[];
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: IpBlock;
}

export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector: LabelSelector;
    readonly ingress?: readonly { readonly ports?: readonly PolicyPort[]; readonly from?: readonly PolicyPeer[] }[];
    readonly egress?: readonly { readonly ports?: readonly PolicyPort[]; readonly to?: readonly PolicyPeer[] }[];
    readonly policyTypes?: readonly string[];
  };
}
