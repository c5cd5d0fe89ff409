// The shape of Endpoints. Upstream: staging/src/k8s.io/api/core/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';

export interface Endpoints extends KubeObject {
  readonly kind: 'Endpoints';
  readonly apiVersion: 'v1';
  readonly subsets?: readonly EndpointSubset[];
}

/** Every address with every port. */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly notReadyAddresses?: readonly EndpointAddress[];
  readonly ports?: readonly EndpointPort[];
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

export interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}
