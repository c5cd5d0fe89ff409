// Secrets with the token of a ServiceAccount. Upstream: staging/src/k8s.io/api/core/v1/types.go (SecretTypeServiceAccountToken), v1.33.

import type { Secret } from './types.ts';

export const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';

/** The annotations that say whose token it is. */
export const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
export const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

export function isTokenSecret({ type }: Secret): boolean {
  return type === ACCOUNT_TOKEN;
}
