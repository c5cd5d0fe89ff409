// The shape of a CertificateSigningRequest. Upstream: staging/src/k8s.io/api/certificates/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';

export interface CertificateSigningRequestCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string | null;
  readonly lastTransitionTime?: string | null;
}

export interface CertificateSigningRequest extends KubeObject {
  readonly spec: {
    /** Base64 of a request in PEM. */
    readonly request: string;
    readonly signerName: string;
    readonly expirationSeconds?: number;
    readonly usages?: readonly string[];
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly status: {
    readonly conditions?: readonly CertificateSigningRequestCondition[];
    /** Base64 of certificates in PEM. */
    readonly certificate?: string;
  };
}
