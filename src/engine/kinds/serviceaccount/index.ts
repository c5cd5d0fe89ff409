// The kind ServiceAccount. Upstream: pkg/registry/core/serviceaccount/strategy.go (v1.33). Rules: C925, N8.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';

export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly { readonly name?: string }[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly automountServiceAccountToken?: boolean;
}

/** Whether an account names a Secret, as it does those that clusters before v1.24 made for it. */
export function namesSecret({ secrets = [] }: ServiceAccount, name: string): boolean {
  return secrets.some((reference) => reference.name === name);
}

const ENFORCE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';
const ENFORCE_TEXT = 'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets';

export const serviceAccountKind: Kind<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.ServiceAccount',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  returnsDeletedObject: true,
  subresources: { token: { verbs: ['create'], kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' } },
  applyDefaults: () => {},
  validate: () => [],
  warnings: ({ metadata }, previous) =>
    metadata.annotations?.[ENFORCE_ANNOTATION] !== undefined && previous?.metadata.annotations?.[ENFORCE_ANNOTATION] === undefined
      ? [`metadata.annotations[${ENFORCE_ANNOTATION}]: ${ENFORCE_TEXT}`]
      : [],
  columns: [NAME_COLUMN, column('Secrets'), AGE_COLUMN],
  cells: (account, nowMs) => [account.metadata.name, account.secrets?.length ?? 0, ageOf(account, nowMs)],
};
